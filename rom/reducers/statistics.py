"""What a network has to know of its training rows before it starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from rom.data.moments import PANEL_BYTES, Moments
from rom.data.snapshots import Snapshots
from rom.reducers.coordinates import Coefficients


@dataclass(frozen=True)
class Statistics:
    """Of the training rows.

    Attributes
    ----------
    mean : (n_features,) float32
    deviations : (n_features,) float64, of each feature
    spread : float, one root mean square of all fluctuations; 1 where there are none
    variance : float, the sum of the features' variances
    in_unit_interval : bool, whether all values lie in [0, 1]
    left_out : float, the part of the variance that POD coordinates leave out
    """

    mean: np.ndarray
    deviations: np.ndarray
    spread: float
    variance: float
    in_unit_interval: bool
    left_out: float = 0.0


def of_rows(rows: Snapshots, max_bytes: int) -> Statistics:
    """Of the rows in float32, as the network sees them; one pass.

    They are added up in panels of the same size wherever they come from: it makes no difference to
    the last bit how they are stored.
    """
    moments = Moments()
    low, high = np.inf, -np.inf
    for block in _recut(rows.blocks(max_bytes), max(1, PANEL_BYTES // (8 * rows.shape[1]))):
        low, high = min(low, block.min()), max(high, block.max())
        moments.add(block)
    spread = float(np.sqrt(moments.variance.mean())) or 1.0
    return Statistics(
        moments.mean.astype(np.float32),
        np.sqrt(moments.variance),
        spread,
        spread**2 * rows.shape[1],
        bool(low >= 0 and high <= 1),
    )


def of_coefficients(coefficients: Coefficients) -> Statistics:
    """Of rows in POD coordinates: the variance is that of the fields, what is left out included."""
    inside = coefficients.rows[:, :-1].astype(np.float64)
    left = float(coefficients.rows[:, -1].mean(dtype=np.float64))
    deviations = np.sqrt(np.square(inside).mean(axis=0))
    variance = float(np.square(deviations).sum()) + left
    mean = inside.mean(axis=0).astype(np.float32)
    return Statistics(mean, deviations, float(np.sqrt(variance)) or 1.0, variance, False, left)


def _recut(blocks: Iterable[np.ndarray], n: int) -> Iterator[np.ndarray]:
    """The same rows in float32, cut at multiples of n rows only."""
    rest = None
    for block in blocks:
        with np.errstate(
            over="ignore"
        ):  # what float32 cannot hold becomes infinite, and so does the loss
            block = block.astype(np.float32, copy=False)
        if rest is not None and len(rest):
            rest, block = np.concatenate([rest, block[: n - len(rest)]]), block[n - len(rest) :]
            if len(rest) < n:
                continue
            yield rest
        whole = len(block) // n * n
        if whole:
            yield block[:whole]
        rest = block[whole:]
    if rest is not None and len(rest):
        yield rest
