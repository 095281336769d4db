"""How certain the pooled errors are: intervals over the time of the snapshots they were measured
on.

The pooled ratio R = sum_t e_t / sum_t r_t changes with the snapshots that happen to be in it. To
first order the snapshot t moves it by its *influence* d_t = (e_t - R r_t) / sum_t r_t, so the
course in time of d_t says for how long snapshots repeat each other, and how many independent ones
there are. The interval says how much the number depends on the test snapshots of this data set. It
knows nothing of other seeds, and nothing of a regime that the test set does not show.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.block_bootstrap import standard_error
from rom.metrics.reconstruction import snapshot_sums
from rom.metrics.sums import SquaredErrors


class Uncertainty(NamedTuple):
    """A 95 % interval of a number from snapshots in time; NaN with a reason where there is none.

    `n_eff` is the number of independent snapshots that would be as certain, at most `n`.
    """

    low: float
    high: float
    n: int
    n_eff: float
    reason: str = ""


def relative_error_interval(
    errors: SquaredErrors, trajectories: ArrayLike | None = None
) -> Uncertainty:
    """Interval of `pooled_relative_error` over the snapshots, in time.

    ``R exp(± t_{m-1} s)`` with s the spread of ln R over the draws of a moving-block bootstrap, or
    that of a mean of m independent snapshots if this is larger (blocks of a short series hide part
    of its memory); m counts cautiously, :func:`rom.metrics.memory.cautious_sample_size`. In the
    scale of the logarithm errors, which are positive and skewed, scatter evenly. There is no
    interval below m = 2. Coverages that were measured stand in docs/independence.md.

    Parameters
    ----------
    errors : SquaredErrors, rows in the order of time
    trajectories : array (n_snapshots,), optional. Snapshots of different trajectories do not follow
        each other; a number of its own for each makes them independent.

    Returns
    -------
    Uncertainty
        NaN with a reason for fewer than 5 snapshots or 2 independent ones, or where R is not
        defined. `n_eff` is the estimate, without caution.

    References
    ----------
    Künsch 1989, The jackknife and the bootstrap for general stationary observations, Ann. Stat.
    17, 1217; Madras, Sokal 1988, see :func:`rom.metrics.memory.cautious_sample_size`.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import relative_error_interval
    >>> from rom.metrics.sums import squared_errors
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> found = relative_error_interval(squared_errors(X, X * [0.9, 0.9, 0.8]))
    >>> round(found.low, 3), round(found.high, 3), found.n
    (0.133, 0.148, 200)
    >>> relative_error_interval(squared_errors(X, 0.9 * X)).reason
    'the same for every snapshot'
    """
    ratio = _ratio_interval(errors, trajectories)
    return ratio._replace(low=float(np.sqrt(ratio.low)), high=float(np.sqrt(ratio.high)))


def energy_captured_interval(
    errors: SquaredErrors, trajectories: ArrayLike | None = None
) -> Uncertainty:
    """Interval of `pooled_energy_captured`: one minus the squares of those of
    :func:`relative_error_interval`.
    """
    ratio = _ratio_interval(errors, trajectories)
    return ratio._replace(low=1 - ratio.high, high=1 - ratio.low)


def _ratio_interval(errors: SquaredErrors, trajectories: ArrayLike | None) -> Uncertainty:
    error, energy = snapshot_sums(errors)
    n, total, nan = len(error), energy.sum(), float("nan")
    if not total > 0:
        why = "the snapshots are the reference: no energy to relate errors to"
        return Uncertainty(nan, nan, n, nan, why)
    ratio = error.sum() / total
    influence = (error - ratio * energy) * (n / total)
    if np.abs(influence).max() <= 1e-12 * n * ratio:
        return Uncertainty(nan, nan, n, float(n), "the same for every snapshot")
    found = standard_error(_log_ratio, np.stack([error, energy]), influence / ratio, trajectories)
    low, high = ratio * np.exp(np.array([-1, 1]) * found.half_width())
    return Uncertainty(float(low), float(high), n, found.n_eff, found.reason)


def _log_ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.log(sums[0] / sums[1]))
