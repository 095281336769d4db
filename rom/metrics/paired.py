"""Do two methods differ on the same test snapshots, be they trained with seeds or without?

Two methods without seeds, as POD with two numbers of modes, have one number each on a split. What
scatters are the snapshots. They are the same for both methods, and hard ones are hard for both:
blocks of snapshots are drawn for both at once.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array
from rom.metrics.block_bootstrap import standard_error
from rom.metrics.seeds import Difference
from rom.metrics.significance import DRAWS

Array = NDArray[np.float64]


def paired_error_difference(
    error: ArrayLike,
    other: ArrayLike,
    energy: ArrayLike,
    *,
    trajectories: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> Difference:
    """Difference of the pooled relative errors of two methods, by a paired moving-block bootstrap.

    ``D = sqrt(sum_t e_t / sum_t r_t) - sqrt(sum_t f_t / sum_t r_t)``. Blocks of K consecutive
    snapshots are drawn with replacement, each with the errors of both methods and the energy, until
    there are n snapshots; K is how long the influence of a snapshot on D remembers
    (:func:`rom.metrics.memory`). The standard error is the spread of D over the draws, or that of a
    mean of m independent snapshots if this is larger: blocks of a short series hide part of its
    memory. m is :func:`rom.metrics.memory.cautious_sample_size`. Interval and p value are those of
    t with m - 1 degrees of freedom.

    It says whether the methods differ on test snapshots like these. It knows nothing of other
    seeds and training rows: for those, :func:`rom.metrics.resampled_difference`.

    Parameters
    ----------
    error, other : arrays (n_snapshots,)
        Squared errors e_t and f_t of the two methods, rows in the order of time.
    energy : array (n_snapshots,)
        r_t, squared distance of each snapshot from the reference.
    trajectories : array (n_snapshots,), optional
        Which trajectory each snapshot belongs to; a number of its own for each makes them
        independent. No block crosses from one into the next.
    draws, seed : of the bootstrap

    Returns
    -------
    Difference
        `n` is the number of snapshots. NaN with a reason below 5 snapshots or m = 2, and where
        both have the same errors.

    Raises
    ------
    InputError
        If the arrays are not of one length, or hold negative or infinite numbers.

    References
    ----------
    Künsch 1989, The jackknife and the bootstrap for general stationary observations, Ann. Stat.
    17, 1217.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import paired_error_difference
    >>> energy = np.random.default_rng(0).chisquare(5, 200)
    >>> found = paired_error_difference(0.04 * energy**1.1, 0.05 * energy, energy)
    >>> round(found.value, 4), round(found.low, 4), round(found.high, 4), found.p_value < 0.05
    (-0.005, -0.0062, -0.0038, True)
    """
    sums = _checked(error, other, energy)
    n, nan = sums.shape[1], float("nan")
    if not sums[2].sum() > 0:
        return Difference(nan, nan, nan, nan, n, "no energy to relate errors to")
    value = float(_difference(sums.sum(axis=1)))
    influence = _influence(sums)
    if np.abs(influence).max() <= 1e-12 * np.sqrt(sums[:2].sum() / sums[2].sum()):
        return Difference(value, nan, nan, nan, n, "the difference is the same for every snapshot")
    # one error is enough: a difference forgets sooner than what it is made of
    found = standard_error(
        _difference, sums, influence, trajectories, draws=draws, seed=seed, errors=1.0
    )
    if found.reason:
        return Difference(value, nan, nan, nan, n, found.reason)
    half = found.half_width()
    return Difference(value, value - half, value + half, found.p_value(value), n)


def _difference(sums: Array) -> Array:
    """D from sums of e, f and r: (3, ...)."""
    found = np.sqrt(sums[0] / sums[2]) - np.sqrt(sums[1] / sums[2])
    return np.asarray(found)


def _influence(sums: Array) -> Array:
    """What each snapshot adds to D, to first order, times n."""
    error, other, energy = sums
    total = energy.sum()
    found = np.zeros_like(energy)
    for sign, squares in ((1, error), (-1, other)):
        ratio = squares.sum() / total
        if ratio > 0:  # a method without any error moves nothing
            found += (
                sign * (squares - ratio * energy) * (len(energy) / total) / (2 * np.sqrt(ratio))
            )
    return found


def _checked(error: ArrayLike, other: ArrayLike, energy: ArrayLike) -> Array:
    named = {"error": error, "other": other, "energy": energy}
    rows = [real_array(name, values).astype(np.float64) for name, values in named.items()]
    for name, values in zip(named, rows, strict=True):
        if values.ndim != 1 or not len(values) or values.shape != rows[0].shape:
            raise InputError(f"{name} must hold one number for each of {len(rows[0])} snapshots")
        if not np.isfinite(values).all() or (values < 0).any():
            raise InputError(f"{name} must hold finite sums of squares, not negative ones")
    return np.stack(rows)
