"""Intervals by leaving out blocks of consecutive snapshots, none of which then occurs twice.

Estimates by distances and neighbours could not bear snapshots that repeat, as in a bootstrap.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.scales import SAME, Scale

#: Blocks of a jackknife.
BLOCKS = 10


class Interval(NamedTuple):
    """Bounds of a 95 % interval, NaN with a reason where there is none."""

    low: float
    high: float
    reason: str = ""


def without_blocks(latents: NDArray[np.float64], blocks: int) -> Iterator[NDArray[np.float64]]:
    """The latents without each block of consecutive snapshots in turn."""
    for low, high in pairwise(np.linspace(0, len(latents), blocks + 1).round().astype(int)):
        yield np.delete(latents, slice(low, high), axis=0)


def jackknife_interval(
    value: float,
    without: ArrayLike,
    scale: Scale = SAME,
    *,
    wider: float = 1.0,
    bias: bool = False,
    independent: float = np.inf,
) -> Interval:
    """``value ± t_{g-1} se`` from the values without each of g blocks, ``se^2 = (g - 1)/g sum (v_b
    - mean)^2``.

    In a `scale` (see :mod:`rom.metrics.scales`); the ends are taken back from it. `wider`
    multiplies se, see :func:`between_blocks`. With `bias` the interval reaches from the smaller to
    the larger of value and ``value - (g - 1) (mean - value)``, which the jackknife takes to be
    without bias. Of g blocks no more than `independent` count for the degrees of freedom of t.
    Blocks should be longer than the latents remember.

    References
    ----------
    Künsch 1989, The jackknife and the bootstrap for general stationary observations, Ann. Stat. 17,
    1217.
    """
    from scipy.stats import t  # here: importing the package must not load scipy

    values = np.asarray(without, dtype=np.float64)
    if not np.isfinite(values).all() or not np.isfinite(value):
        return Interval(float("nan"), float("nan"), "not defined without some of the blocks")
    g, centre, values = len(values), float(scale.to(value)), scale.to(values)
    mean = float(values.mean())
    error = wider * np.sqrt((g - 1) / g * np.square(values - mean).sum())
    half = float(t.ppf(0.975, min(g, independent) - 1) * error)
    shift = (g - 1) * (centre - mean) if bias else 0.0
    ends = [centre + min(shift, 0.0) - half, centre + max(shift, 0.0) + half]
    low, high = np.sort(scale.back(np.array(ends))).tolist()
    return Interval(low, high)


def between_blocks(n: int, n_eff: float) -> float:
    """By how much the standard error of a jackknife is too small because blocks remember each
    other.

    The g blocks, of L = n / g snapshots, give the variance of a mean less the share ``sum_k |k|
    rho(k) / (L sum_k rho(k))``. Of an autoregressive series with ``sum_k rho(k) = T = n / n_eff``
    this is ``(T - 1/T) / (2 L)``. At most one half, which is reached at n_eff = g.

    Examples
    --------
    >>> from rom.metrics.jackknife import between_blocks
    >>> between_blocks(200, 200.0), round(between_blocks(200, 21.0), 3)
    (1.0, 1.144)
    """
    memory = max(n / n_eff, 1.0)
    share = min((memory - 1 / memory) / (2 * n / BLOCKS), 0.5)
    return float(1 / np.sqrt(1 - share))
