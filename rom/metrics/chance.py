"""Intervals of the measures of dependence, and their null distributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rom.metrics.jackknife import (
    BLOCKS,
    Interval,
    between_blocks,
    jackknife_interval,
    without_blocks,
)
from rom.metrics.scales import SAME, SCALES
from rom.metrics.significance import DRAWS, random_shifts, shifted
from rom.metrics.trajectories import pairings
from rom.metrics.verdict import ENOUGH_EFFECTIVE
from rom.registry import Metric, load

Array = NDArray[np.float64]
#: For measures without a fast null: n times pairs times evaluations at most, draws at least and at
#: most.
WORK, FEWEST_DRAWS, MOST_DRAWS = 4_000_000, 3, 99
#: For pairs of trajectories: multiplications at most, and draws at least.
MULTIPLICATIONS, ENOUGH_DRAWS = 40_000_000, 19
#: Estimates that stop at zero have intervals from the same without a stop.
SIGNED = {"informational_correlation": "rom.metrics.information:signed_informational_correlations"}
#: Estimates by neighbours are off by their bias with fewer rows than these for each latent.
BY_NEIGHBOURS, ROWS_PER_LATENT = ("informational_correlation", "neighbour_total_correlation"), 20
#: How near an open end of an interval is to the value that it leaves out.
OPEN = float(np.finfo(np.float64).eps)
SEED = 0
NAN = float("nan")


def intervals(
    name: str, metric: Metric, rows: Array, values: Mapping[str, float], n_eff: float
) -> dict[str, Interval]:
    """By key, 95 % intervals by leaving out blocks of rows; NaN with a reason where there is none.

    There is none below ten independent snapshots; see docs/independence.md for what was measured.
    """
    n, d = rows.shape
    why = ""
    if n < 2 * BLOCKS:
        why = f"no interval: {n} snapshots are too few"
    elif n_eff < ENOUGH_EFFECTIVE:
        return dict.fromkeys(values, Interval(NAN, NAN))  # the verdict says why
    elif not metric.null and n * d * (d - 1) // 2 * BLOCKS > WORK:
        why = f"no interval: {d} latents have too many pairs"
    elif name in BY_NEIGHBOURS and n < ROWS_PER_LATENT * d:
        why = f"no interval: {n} snapshots are too few for neighbours of {d} latents"
    if why:
        return dict.fromkeys(values, Interval(NAN, NAN, why))
    function, scale = load(SIGNED.get(name, metric.function)), SCALES.get(name, SAME)
    centre = named(function(rows))
    without = [named(function(part)) for part in without_blocks(rows, BLOCKS)]
    wider, found = between_blocks(n, n_eff), {}
    for key, value in values.items():
        if np.isinf(value):
            found[key] = Interval(NAN, NAN, "a linear function of other latents")
            continue
        low, high, why = jackknife_interval(
            centre[key], [one[key] for one in without], scale,
            # a block of fewer than three independent snapshots says nothing of its own
            wider=wider, bias=True, independent=n_eff / 3,
        )  # fmt: skip
        if why:
            found[key] = Interval(NAN, NAN, f"no interval: {why}")
            continue
        low, high = np.clip([min(low, value), max(high, value)], *metric.bounds).tolist()
        found[key] = Interval(low, high)
    return found


def reaching(low: float, high: float, independent: float) -> tuple[float, float]:
    """The interval, as far as the value of independent latents, from which they were not told.

    Of several pairs the mean or the largest |r| is above zero by chance, and an interval around it
    ends before zero: what the test cannot exclude, the interval must not.
    """
    return min(low, independent), max(high, independent)  # NaN, which comes first, stays


def excluding(low: float, high: float, independent: float) -> tuple[float, float]:
    """The interval without the value of independent latents, from which they were told.

    The end there is open: the test has excluded this one value alone.

    >>> excluding(0.0, 0.5, 0.0)[0] > 0, excluding(0.2, 0.5, 0.0)
    (True, (0.2, 0.5))
    """
    if independent > 0:
        return low, min(high, independent - OPEN)
    return max(low, independent + OPEN), high


def null_draws(metric: Metric, rows: Array, labels: NDArray[np.intp] | None) -> dict[str, Array]:
    """By key, the null distribution of the measure, of independent latents.

    Latents of different trajectories where there are labels, else each shifted by its own time.
    """
    n, d = rows.shape
    if labels is None and metric.null:
        found = named(load(metric.null)(rows, DRAWS, SEED))
        return {key: np.asarray(drawn) for key, drawn in found.items()}
    function = load(metric.function)
    if labels is None:
        count = int(np.clip(WORK // (n * d * (d - 1) // 2), FEWEST_DRAWS, MOST_DRAWS))
        moved = (shifted(rows, one) for one in random_shifts(n, d, count, SEED))
    else:
        cost = n * d * d if metric.most_rows is None else n * d * max(n, d * d)
        most = DRAWS if metric.most_rows is None else MOST_DRAWS
        count = int(np.clip(MULTIPLICATIONS // cost, ENOUGH_DRAWS, most))
        several = pairings(labels, d, count, SEED)
        moved = (np.take_along_axis(rows, one, axis=0) for one in several)
    drawn = [named(function(one)) for one in moved]
    return {key: np.array([one[key] for one in drawn]) for key in drawn[0]}


def named(found: Any) -> dict[str, Any]:
    """What a metric or its null returns, by key; "" where it is one."""
    return dict(found) if isinstance(found, Mapping) else {"": found}
