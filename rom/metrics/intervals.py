"""How certain the pooled errors are: intervals over the time of the snapshots they were measured on.

The pooled ratio R = sum_t e_t / sum_t r_t changes with the snapshots that happen to be in it. To first order the
snapshot t moves it by its *influence* d_t = (e_t - R r_t) / sum_t r_t, so the course in time of d_t says for how long
snapshots repeat each other: the length of the blocks of a moving-block bootstrap, and the effective number of
snapshots. The interval says how much the number depends on the test snapshots of this data set. It knows nothing of
other seeds, and nothing of a regime that the test part does not show.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.reconstruction import snapshot_sums
from rom.metrics.significance import moving_block_bootstrap
from rom.metrics.sums import SquaredErrors

#: Fewer snapshots than this say nothing of their own scatter.
FEWEST = 5


class Uncertainty(NamedTuple):
    """A 95 % interval of a number from snapshots in time; NaN with a reason where there is none.

    `n_eff` is the number of independent snapshots that would be as certain, at most `n`.
    """

    low: float
    high: float
    n: int
    n_eff: float
    reason: str = ""


def relative_error_interval(errors: SquaredErrors, trajectories: ArrayLike | None = None) -> Uncertainty:
    """Interval of `pooled_relative_error` by the moving-block bootstrap over the snapshots.

    Blocks are as long as d_t takes to forget itself (the first lag at which its autocorrelation is not positive). In
    simulations of autoregressive series the interval covers the truth in 93 to 95 % of the cases if they do not
    remember, in 88 to 90 % for `n_eff` from 20 to 100: of few effective snapshots, take it as a lower bound.

    Parameters
    ----------
    errors : SquaredErrors, rows in the order of time
    trajectories : array (n_snapshots,), optional. Snapshots of different trajectories do not follow each other; a
        number of its own for each makes them independent.

    Returns
    -------
    Uncertainty
        NaN with a reason for fewer than 5 snapshots or two blocks, or where R is not defined.

    References
    ----------
    Künsch 1989, The jackknife and the bootstrap for general stationary observations, Ann. Stat. 17, 1217.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import relative_error_interval, squared_errors
    >>> X = np.random.default_rng(0).normal(size=(200, 3))
    >>> found = relative_error_interval(squared_errors(X, 0.9 * X))
    >>> found.n, found.reason
    (200, 'the same for every draw')
    """
    ratio = _ratio_interval(errors, trajectories)
    return ratio._replace(low=float(np.sqrt(ratio.low)), high=float(np.sqrt(ratio.high)))


def energy_captured_interval(errors: SquaredErrors, trajectories: ArrayLike | None = None) -> Uncertainty:
    """Interval of `pooled_energy_captured`: one minus the squares of those of :func:`relative_error_interval`."""
    ratio = _ratio_interval(errors, trajectories)
    return ratio._replace(low=1 - ratio.high, high=1 - ratio.low)


def _ratio_interval(errors: SquaredErrors, trajectories: ArrayLike | None) -> Uncertainty:
    error, energy = snapshot_sums(errors)
    n, total = len(error), energy.sum()
    if not total > 0:
        return Uncertainty(np.nan, np.nan, n, np.nan, "the snapshots are the reference: no energy to relate errors to")
    if n < FEWEST:
        return Uncertainty(np.nan, np.nan, n, np.nan, f"{n} snapshots are too few, at least {FEWEST} are needed")
    influence = error / total - error.sum() / total * (energy / total)
    if np.abs(influence).max() <= 1e-12 * error.sum() / total:
        return Uncertainty(np.nan, np.nan, n, float(n), "the same for every draw")
    remembered, n_eff = memory(influence, trajectories)
    low, high, reason = moving_block_bootstrap(
        lambda rows: float(error[rows].sum() / energy[rows].sum()), n, remembered, trajectories=trajectories
    )
    return Uncertainty(low, high, n, n_eff, reason)


def memory(series: ArrayLike, trajectories: ArrayLike | None = None) -> tuple[int, float]:
    """For how many snapshots a series remembers, and the effective number of snapshots for its mean.

    The first is the first lag K whose autocorrelation rho is not positive (at least 1); the second
    ``n / (1 + 2 sum_{0 < k < K} rho(k))``. With trajectories, products of snapshots of one and the same only.
    """
    values = np.asarray(series, dtype=np.float64)
    centred = values - values.mean()
    size = np.abs(centred).max()
    if not size > 0:
        return 1, float(len(values))
    rho = _autocovariance(centred / size, trajectories)
    rho /= rho[0]
    fallen = np.flatnonzero(rho <= 0)
    remembered = int(fallen[0]) if fallen.size else len(rho)
    return max(remembered, 1), float(len(values) / (1 + 2 * rho[1:remembered].sum()))


def _autocovariance(centred: NDArray[np.float64], trajectories: ArrayLike | None) -> NDArray[np.float64]:
    parts = list(_parts(centred, trajectories))
    total = np.zeros(max(map(len, parts)))
    if len(total) == 1:
        return np.array([np.square(centred).sum()])
    for part in parts:
        power = np.abs(np.fft.rfft(part, 2 * len(part))) ** 2
        total[: len(part)] += np.fft.irfft(power, 2 * len(part))[: len(part)]
    return total


def _parts(values: NDArray[np.float64], trajectories: ArrayLike | None) -> Iterator[NDArray[np.float64]]:
    if trajectories is None:
        yield values
        return
    labels = np.asarray(trajectories)
    order = np.argsort(labels, kind="stable")
    _, first = np.unique(labels[order], return_index=True)
    yield from np.split(values[order], first[1:])
