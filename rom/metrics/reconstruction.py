"""How much of the snapshots a reconstruction keeps: relative errors and captured energy.

Principle: measured from the training mean, predicting that mean scores energy 0 and a perfect model
scores 1. A model worse than the mean scores below 0; nothing is clipped.

Two averages over snapshots are in use, even within one research group, and differ widely on bursty
data. *Pooled* is 1 - sum_t e_t / sum_t r_t (Solera-Rico et al. 2024, Nat. Commun. 15, 1361): the
headline, and the only one which equals the cumulative fraction of squared singular values for POD.
*Snapshot mean* is mean_t(1 - e_t / r_t) (Eivazi et al. 2022, Expert Syst. Appl. 202, 117038).

Notation: e_tv and r_tv are the sums of `SquaredErrors`, s_v its scales; e_t = sum_v e_tv / s_v^2,
and r_t likewise.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.sums import SquaredErrors, squared_errors

SMALLEST_SNAPSHOT_ENERGY = 1e-12
"""Below this share of the mean reference energy, a snapshot has no energy fraction of its own."""


def relative_error(
    X: ArrayLike,
    X_hat: ArrayLike,
    *,
    reference: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> float:
    """Relative error ``||X - X_hat|| / ||X - reference||`` in the weighted Frobenius norm.

    Equal to sqrt(1 - `energy_captured`).

    Parameters
    ----------
    X, X_hat : array (n_snapshots, n_features)
        Snapshots and their reconstruction, in physical units. More axes are flattened behind the
        first.
    reference : scalar or array (n_features,), optional
        Give the training mean. The default, zero, counts the mean as energy: a large one flatters
        every model.
    weights : array (n_features,), optional
        Weight of each feature, e.g. its cell volume. Default: ones. Features of weight 0 are
        excluded, and may be NaN.

    Returns
    -------
    float
        0 for a perfect model, 1 for predicting `reference`; no upper bound. NaN if X equals the
        reference exactly: there is no energy to relate the error to.

    Raises
    ------
    InputError
        If shapes differ, or a feature that counts is NaN or infinite.

    Examples
    --------
    >>> from rom.metrics import relative_error
    >>> relative_error([[3.0, 0.0], [0.0, 4.0]], [[3.0, 0.0], [0.0, 1.0]])
    0.6
    """
    return pooled_relative_error(squared_errors(X, X_hat, reference=reference, weights=weights))


def energy_captured(
    X: ArrayLike,
    X_hat: ArrayLike,
    *,
    reference: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> float:
    """Energy captured, ``1 - sum w |x - x_hat|^2 / sum w |x - reference|^2``, pooled over all
    snapshots.

    Parameters, errors and the meaning of NaN are those of `relative_error`; the value is
    1 - relative_error^2.

    Returns
    -------
    float
        1 for a perfect model, 0 for predicting `reference`, negative for anything worse. Never
        clipped.

    Examples
    --------
    >>> from rom.metrics import energy_captured
    >>> energy_captured([[3.0, 0.0], [0.0, 4.0]], [[3.0, 0.0], [0.0, 1.0]])
    0.64
    >>> energy_captured([[1.0], [3.0]], [[4.0], [0.0]], reference=[2.0])
    -8.0
    """
    return pooled_energy_captured(squared_errors(X, X_hat, reference=reference, weights=weights))


def pooled_relative_error(errors: SquaredErrors) -> float:
    """sqrt(sum_t e_t / sum_t r_t); NaN if the reference energy is zero."""
    return float(np.sqrt(_pooled_ratio(errors)))


def pooled_energy_captured(errors: SquaredErrors) -> float:
    """1 - sum_t e_t / sum_t r_t, the headline; NaN if the reference energy is zero.

    Examples
    --------
    A strong snapshot caught well and a weak one missed: pooled and snapshot mean disagree.

    >>> from rom.metrics.reconstruction import energy_captured_snapshot_mean
    >>> from rom.metrics.reconstruction import pooled_energy_captured
    >>> from rom.metrics.sums import squared_errors
    >>> errors = squared_errors([[10.0], [1.0]], [[10.0], [3.0]])
    >>> round(pooled_energy_captured(errors), 4), energy_captured_snapshot_mean(errors)
    (0.9604, -1.0)
    """
    return float(1 - _pooled_ratio(errors))


def relative_error_per_variable(errors: SquaredErrors) -> dict[str, float]:
    """sqrt(sum_t e_tv / sum_t r_tv) for each variable; NaN for a variable equal to its
    reference.
    """
    return _by_variable(errors, np.sqrt(_variable_ratio(errors)))


def energy_captured_per_variable(errors: SquaredErrors) -> dict[str, float]:
    """1 - sum_t e_tv / sum_t r_tv for each variable; NaN for a variable equal to its reference.

    Examples
    --------
    >>> from rom.metrics.reconstruction import energy_captured_per_variable
    >>> from rom.metrics.sums import squared_errors
    >>> options = dict(variable_index=[0, 1], n_variables=2, names=["u", "v"])
    >>> errors = squared_errors([[2.0, 0.0], [0.0, 4.0]], [[2.0, 0.0], [0.0, 2.0]], **options)
    >>> energy_captured_per_variable(errors)
    {'u': 1.0, 'v': 0.75}
    """
    return _by_variable(errors, 1 - _variable_ratio(errors))


def mean_squared_error(errors: SquaredErrors) -> float:
    """Error per value, sum_t e_t / (n_snapshots sum_v cells_v).

    In units squared with the default scales of one; without unit if each variable has its own
    scale.
    """
    return float(_scaled(errors, errors.error).sum() / (errors.n_snapshots * errors.cells.sum()))


def rmse_per_variable(errors: SquaredErrors) -> dict[str, float]:
    """sqrt(sum_t e_tv / (n_snapshots cells_v)) for each variable, in its unit.

    NaN for a variable without cells of positive weight.
    """
    return _by_variable(
        errors, np.sqrt(_ratio(errors.error.sum(axis=0), errors.n_snapshots * errors.cells))
    )


def energy_captured_per_snapshot(errors: SquaredErrors) -> NDArray[np.float64]:
    """1 - e_t / r_t, shape (n_snapshots,).

    NaN where r_t is zero or below 1e-12 times its mean over the snapshots: such a snapshot is the
    reference up to rounding, and its ratio would be noise.
    """
    return 1 - _snapshot_ratio(errors)


def energy_captured_snapshot_mean(errors: SquaredErrors) -> float:
    """mean_t(1 - e_t / r_t), over the snapshots for which `energy_captured_per_snapshot` is a
    number.

    Weak snapshots count as much as strong ones. NaN if no snapshot has energy.
    """
    energy = _defined(energy_captured_per_snapshot(errors))
    return float(energy.mean()) if energy.size else float("nan")


def energy_captured_snapshot_quantiles(errors: SquaredErrors) -> dict[str, float]:
    """Quantiles of 1 - e_t / r_t over the snapshots, low is bad; NaN if no snapshot has energy.

    Keys: `median`; `p05`, the 5th percentile (5 % of the snapshots are worse; interpolated
    linearly); `worst`, the minimum.

    Examples
    --------
    >>> from rom.metrics.reconstruction import energy_captured_snapshot_quantiles
    >>> from rom.metrics.sums import squared_errors
    >>> errors = squared_errors([[1.0], [2.0], [4.0]], [[2.0], [1.0], [4.0]])
    >>> quantiles = energy_captured_snapshot_quantiles(errors)
    >>> quantiles["median"], quantiles["worst"]
    (0.75, 0.0)
    """
    energy = _defined(energy_captured_per_snapshot(errors))
    levels = {"median": 0.5, "p05": 0.05, "worst": 0.0}
    return {
        name: float(np.quantile(energy, level)) if energy.size else float("nan")
        for name, level in levels.items()
    }


def relative_error_per_snapshot(errors: SquaredErrors) -> NDArray[np.float64]:
    """sqrt(e_t / r_t), shape (n_snapshots,); NaN where `energy_captured_per_snapshot` is."""
    return np.sqrt(_snapshot_ratio(errors))


def relative_error_snapshot_quantiles(errors: SquaredErrors) -> dict[str, float]:
    """Quantiles of sqrt(e_t / r_t) over the snapshots, high is bad; NaN if no snapshot has energy.

    Keys: `median`; `p95`, the 95th percentile (5 % of the snapshots are worse; interpolated
    linearly); `worst`, the maximum.

    Examples
    --------
    >>> from rom.metrics.reconstruction import relative_error_snapshot_quantiles
    >>> from rom.metrics.sums import squared_errors
    >>> errors = squared_errors([[1.0], [2.0], [4.0]], [[2.0], [1.0], [4.0]])
    >>> quantiles = relative_error_snapshot_quantiles(errors)
    >>> quantiles["median"], round(quantiles["p95"], 3), quantiles["worst"]
    (0.5, 0.95, 1.0)
    """
    error = _defined(relative_error_per_snapshot(errors))
    levels = {"median": 0.5, "p95": 0.95, "worst": 1.0}
    return {
        name: float(np.quantile(error, level)) if error.size else float("nan")
        for name, level in levels.items()
    }


def _scaled(errors: SquaredErrors, sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return sums / errors.scales / errors.scales


def snapshot_sums(errors: SquaredErrors) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """e_t and r_t, both (n_snapshots,)."""
    return _scaled(errors, errors.error).sum(axis=1), _scaled(errors, errors.reference).sum(axis=1)


def _snapshot_ratio(errors: SquaredErrors) -> NDArray[np.float64]:
    """e_t / r_t, NaN for snapshots without energy."""
    error, energy = snapshot_sums(errors)
    return _ratio(error, np.where(energy < SMALLEST_SNAPSHOT_ENERGY * energy.mean(), 0.0, energy))


def _pooled_ratio(errors: SquaredErrors) -> NDArray[np.float64]:
    return _ratio(_scaled(errors, errors.error).sum(), _scaled(errors, errors.reference).sum())


def _variable_ratio(errors: SquaredErrors) -> NDArray[np.float64]:
    return _ratio(errors.error.sum(axis=0), errors.reference.sum(axis=0))


def _by_variable(errors: SquaredErrors, values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(errors.names, values.tolist(), strict=True))


def _ratio(numerator: ArrayLike, denominator: ArrayLike) -> NDArray[np.float64]:
    """Quotient in float64, NaN wherever the denominator is zero, without a warning."""
    above, below = np.broadcast_arrays(
        np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    )
    quotient = np.full(above.shape, np.nan)
    np.divide(above, below, out=quotient, where=below > 0)
    return quotient


def _defined(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return values[~np.isnan(values)]
