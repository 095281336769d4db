"""Errors relative to what a snapshot is like in space: NRMSE and VRMSE, as the benchmark The Well
defines them.

They are measured snapshot by snapshot and variable by variable, and averaged afterwards. VRMSE
divides by the variance of a snapshot *in space*, not by its distance from the training mean: where
a steady mean flow carries most of that variance, predicting the training mean alone gives a value
near 0. They are here to compare with what others publish; to rank methods, take the relative error.

Notation: m_tv = sum_i w_i (x_ti - xhat_ti)^2 / sum_i w_i over the cells i of variable v in snapshot
t.

References
----------
Ohana et al. 2024, The Well: a large-scale collection of diverse physics simulations for machine
learning, NeurIPS.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array
from rom.metrics.sums import SquaredErrors, weight_matrix

#: Added to the mean square or variance below the root, in the square of the variable's unit.
EPSILON = 1e-7


@dataclass(frozen=True, eq=False)
class SpatialMoments:
    """Mean square and variance in space of each snapshot and variable, both (n_snapshots,
    n_variables).

    The variance is that of n - 1 cells (sum_i w_i (x - mean)^2 / sum_i w_i times n / (n - 1)); NaN
    for a single cell.
    """

    mean_square: NDArray[np.float64]
    variance: NDArray[np.float64]

    @classmethod
    def concatenate(cls, blocks: Sequence[Self]) -> Self:
        """Join those of consecutive blocks of rows."""
        if not blocks:
            raise InputError("there are no blocks of spatial moments to concatenate")
        mean_square = np.concatenate([block.mean_square for block in blocks])
        return cls(mean_square, np.concatenate([block.variance for block in blocks]))


def spatial_moments(
    X: ArrayLike,  # (n_snapshots, n_features)
    *,
    weights: ArrayLike | None = None,
    variable_index: ArrayLike | None = None,
    n_variables: int = 1,
) -> SpatialMoments:
    """Mean square and variance over the cells of each variable, snapshot by snapshot, in float64.

    Parameters are those of :func:`rom.metrics.sums.squared_errors`; features of weight 0 may hold
    NaN.

    Examples
    --------
    >>> from rom.metrics.spatial import spatial_moments
    >>> moments = spatial_moments([[1.0, 3.0, 5.0]])
    >>> moments.mean_square.round(4).tolist(), moments.variance.tolist()
    ([[11.6667]], [[4.0]])
    """
    rows = real_array("X", X)
    if rows.size == 0 or rows.ndim != 2:
        raise InputError(
            f"X must have shape (n_snapshots, n_features) and hold values, not {rows.shape}"
        )
    W = weight_matrix(rows.shape[1:], weights, variable_index, n_variables)
    counts, belongs, used = (W > 0).sum(axis=0), W.argmax(axis=1), W.any(axis=1)
    share = W / np.where(counts > 0, W.sum(axis=0), 1.0)
    values = np.array(rows, dtype=np.float64)
    values[:, ~used] = 0.0
    mean = values @ share
    values -= mean[:, belongs]
    values[:, ~used] = 0.0
    values *= values
    variance = values @ share
    exists = np.where(counts > 0, 1.0, np.nan)
    correction = np.where(counts > 1, counts / np.maximum(counts - 1, 1), np.nan)
    return SpatialMoments((variance + mean**2) * exists, variance * correction)


def nrmse_per_variable(errors: SquaredErrors, moments: SpatialMoments) -> dict[str, float]:
    """mean_t sqrt(m_tv / (mean square of x_tv + 1e-7)) for each variable."""
    return _by_variable(errors, moments.mean_square)


def vrmse_per_variable(errors: SquaredErrors, moments: SpatialMoments) -> dict[str, float]:
    """mean_t sqrt(m_tv / (variance in space of x_tv + 1e-7)) for each variable; NaN for variables
    of one cell.

    Predicting each snapshot's own spatial mean gives sqrt((n - 1) / n), 1 for many cells.

    Examples
    --------
    >>> from rom.metrics.spatial import spatial_moments, vrmse_per_variable
    >>> from rom.metrics.sums import squared_errors
    >>> X, X_hat = [[1.0, 3.0, 5.0]], [[3.0, 3.0, 3.0]]
    >>> vrmse = vrmse_per_variable(squared_errors(X, X_hat, names=["u"]), spatial_moments(X))
    >>> round(vrmse["u"], 4)
    0.8165
    """
    return _by_variable(errors, moments.variance)


def nrmse(errors: SquaredErrors, moments: SpatialMoments) -> float:
    """The mean of :func:`nrmse_per_variable` over the variables."""
    return float(np.mean(list(nrmse_per_variable(errors, moments).values())))


def vrmse(errors: SquaredErrors, moments: SpatialMoments) -> float:
    """The mean of :func:`vrmse_per_variable` over the variables."""
    return float(np.mean(list(vrmse_per_variable(errors, moments).values())))


def _by_variable(errors: SquaredErrors, norm: NDArray[np.float64]) -> dict[str, float]:
    if norm.shape != errors.error.shape:
        raise InputError(
            f"errors of shape {errors.error.shape} and moments of shape {norm.shape} do not fit"
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean_square = errors.error / errors.cells
    found = np.sqrt(mean_square / (norm + EPSILON)).mean(axis=0)
    return dict(zip(errors.names, found.tolist(), strict=True))
