"""Standard errors of ratios of sums over snapshots in time, by moving blocks, counted
cautiously.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.blocks import blocks_of
from rom.metrics.memory import cautious_sample_size, memory
from rom.metrics.significance import DRAWS

Array = NDArray[np.float64]
#: Fewer snapshots than this say nothing of their own scatter.
FEWEST = 5
#: Fewer independent snapshots than this, counted cautiously, have no scatter. No more may be asked
#: for: of series with a long memory those that seem to have a short one would be left, whose
#: intervals are too narrow.
FEWEST_EFFECTIVE = 2
#: Blocks that are looked up at once.
AT_ONCE = 500_000


class StandardError(NamedTuple):
    """Of a statistic of n snapshots: its spread, degrees of freedom of t, n_eff, why there is
    none.
    """

    value: float
    freedom: float
    n_eff: float
    reason: str = ""

    def half_width(self) -> float:
        """Half of the 95 % interval."""
        from scipy.stats import t  # here: importing the package must not load scipy

        return float(t.ppf(0.975, self.freedom)) * self.value

    def p_value(self, value: float) -> float:
        """Two-sided, of the statistic being zero."""
        from scipy.stats import t

        return float(2 * t.sf(abs(value) / self.value, self.freedom))


def standard_error(
    statistic: Callable[[Array], Array],
    sums: Array,
    influence: Array,
    trajectories: ArrayLike | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    errors: float = 2.0,
) -> StandardError:
    """Of a smooth function of sums over snapshots, such as a ratio of two of them.

    The larger of two: its spread over moving blocks of K snapshots, and that of a mean of m
    independent snapshots, ``std(influence) / sqrt(m)``. K is how long the influence remembers, m is
    :func:`rom.metrics.memory.cautious_sample_size`; t has m - 1 degrees of freedom. Blocks of a
    short series hide part of its memory: hence the second. NaN with a reason below m = 2.

    Parameters
    ----------
    statistic : function of sums (k, draws) that gives (draws,)
    sums : array (k, n_snapshots), what is added up, rows in the order of time
    influence : array (n_snapshots,), n times what each snapshot adds to the statistic
    trajectories : array (n_snapshots,), optional
    draws, seed : of the bootstrap
    errors : by which snapshots may remember longer than they seem to
    """
    n, nan = len(influence), float("nan")
    if n < FEWEST:
        why = f"{n} snapshots are too few, at least {FEWEST} are needed"
        return StandardError(nan, nan, nan, why)
    remembered, n_eff = memory(influence, trajectories)
    cautious = cautious_sample_size(n, remembered, n_eff, errors)
    if cautious < FEWEST_EFFECTIVE:
        why = (
            f"{n} snapshots are too few: their effective sample size n_eff is {cautious:.0f} (a"
            f" cautious estimate), at least {FEWEST_EFFECTIVE} is needed"
        )
        return StandardError(nan, nan, n_eff, why)
    drawn = statistic(block_draws(sums, remembered, trajectories, draws, seed))
    of_mean = float(influence.std(ddof=1) / np.sqrt(cautious))
    spread = float(drawn.std(ddof=1)) if np.isfinite(drawn).all() else 0.0
    return StandardError(max(spread, of_mean), cautious - 1, n_eff)


def block_draws(
    sums: Array, block: int, trajectories: ArrayLike | None, draws: int, seed: int
) -> Array:
    """Sums over n snapshots from blocks that are drawn with replacement: (k, draws).

    Every block is a difference of two running sums; the last one of a draw is cut where n is full.
    """
    k, n = sums.shape
    order, first, lengths, chances = blocks_of(n, max(block, 1), trajectories)
    running = np.concatenate([np.zeros((k, 1)), np.cumsum(sums[:, order], axis=1)], axis=1)
    generator, per_draw = np.random.default_rng(seed), -(-n // int(lengths.min()))
    found = np.empty((k, draws))
    step = max(1, AT_ONCE // per_draw)
    for low in range(0, draws, step):
        size = (min(step, draws - low), per_draw)
        chosen = np.searchsorted(chances, generator.random(size), side="right")
        chosen = np.minimum(chosen, len(first) - 1)
        long = lengths[chosen]
        before = np.cumsum(long, axis=1) - long
        long = np.clip(n - before, 0, long)
        start = first[chosen]
        found[:, low : low + size[0]] = (running[:, start + long] - running[:, start]).sum(axis=2)
    return found
