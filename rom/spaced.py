"""Evenly spaced numbers: how every room of the package takes a few of many rows."""

import numpy as np
from numpy.typing import NDArray


def evenly_spaced(n: int, most: int) -> NDArray[np.intp]:
    """Numbers of at most `most` of n rows, evenly spaced, the first and the last among them.

    >>> evenly_spaced(9, 3), evenly_spaced(2, 3)
    (array([0, 4, 8]), array([0, 1]))
    """
    return np.unique(np.linspace(0, n - 1, min(n, most)).round().astype(np.intp))
