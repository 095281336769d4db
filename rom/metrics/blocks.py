"""Blocks of snapshots that follow each other, for a bootstrap to draw from."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.trajectories import labels_of


def blocks_of(
    n: int, block: int, trajectories: ArrayLike | None
) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Rows in the order of the trajectories; of all blocks the first place in it, the length and
    the summed chances.
    """
    labels = np.zeros(n, dtype=int) if trajectories is None else labels_of(trajectories, n)
    _, sizes = np.unique(labels, return_counts=True)
    lengths = np.minimum(block, sizes)
    counts, starts = sizes - lengths + 1, np.cumsum(sizes) - sizes
    first = np.concatenate(
        [start + np.arange(count) for start, count in zip(starts, counts, strict=True)]
    )
    chances = np.cumsum(np.repeat(sizes / lengths / counts, counts))
    return (
        np.argsort(labels, kind="stable"),
        first,
        np.repeat(lengths, counts),
        chances / chances[-1],
    )
