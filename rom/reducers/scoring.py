"""The score of a fitted reducer, for scikit-learn's searches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rom.data.snapshots import Snapshots
from rom.reducers.rows import as_rows

if TYPE_CHECKING:
    from rom.reducers.base import Reducer


def energy_of(reducer: Reducer, X: np.ndarray | Snapshots) -> float:
    """Energy captured, 1 - sum |x - x_hat|^2 / sum |x - mean|^2, block by block.

    The mean is that of `X`: it is gathered in the same pass, from sum |x|^2 and sum x.
    """
    rows = as_rows(reducer, X, reset=False)
    error = squares = 0.0
    n, total = 0, np.zeros(rows.shape[1])
    for block in rows.blocks():
        decoded = reducer.inverse_transform(reducer.transform(block))
        block = block.astype(np.float64)
        error += float(np.square(block - decoded).sum())
        squares += float(np.square(block).sum())
        total += block.sum(axis=0)
        n += len(block)
    scatter = squares - float(total @ total) / n
    return 1 - error / scatter if scatter > 0 else float(error == 0)
