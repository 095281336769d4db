"""Every measure of dependence of the registry for some latents, with interval, null and p value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rom.metrics.significance import (
    BLOCKS,
    DRAWS,
    effective_sample_size,
    jackknife_interval,
    p_value,
    random_shifts,
    shifted,
    without_blocks,
)
from rom.metrics.undefined import refusal, too_many, why_undefined
from rom.registry import METRICS, Metric, load

#: For measures without a fast null: n times pairs times evaluations at most, draws at least and at most.
WORK, FEWEST_DRAWS, MOST_DRAWS = 4_000_000, 3, 99
#: Draws from which a p value is given.
ENOUGH_DRAWS = 19
SEED = 0
NAN = float("nan")


@dataclass(frozen=True)
class Measurement:
    """One number of the card.

    Attributes
    ----------
    latents : "all", "active" or "sampled"
    metric : name in the registry, with a key in brackets where the metric gives several numbers
    value : the estimate, NaN with a reason
    low, high : 95 % interval by leaving out blocks of snapshots
    null : what the same latents give on average if they have nothing to do with each other (circular shifts)
    p_value : how often they then give a number that says as much or more of dependence
    n : snapshots used
    n_eff : median over the pairs of the number of independent snapshots that they are worth
    n_components : latents used
    unit : "1" or "nat"
    reason : why something is NaN or infinite
    """

    latents: str
    metric: str
    value: float
    low: float = NAN
    high: float = NAN
    null: float = NAN
    p_value: float = NAN
    n: int = 0
    n_eff: float = NAN
    n_components: int = 0
    unit: str = "1"
    reason: str = ""


def measure_independence(
    latents: NDArray[np.float64], active: NDArray[np.bool_], *, full: bool = True
) -> list[Measurement]:
    """The rows of the card; without `full`, the numbers alone: no intervals, nulls and p values."""
    every = list(measurements("all", latents, np.ones(latents.shape[1], dtype=bool), full))
    if active.all():
        return every + [replace(row, latents="active") for row in every]
    return every + list(measurements("active", latents, active, full))


def measurements(name: str, latents: NDArray[np.float64], mask: NDArray[np.bool_], full: bool) -> Iterator[Measurement]:
    """Every measure of the registry for the latents of a mask; reasons name latents by their numbers among all."""
    chosen, numbers = latents[:, mask], np.flatnonzero(mask)
    refused = refusal(chosen, numbers)  # of all rows: those that are measured may lack the one that is NaN
    for metric_name, metric in METRICS.items():
        if metric.takes != "latents":
            continue
        rows = _spaced(chosen, metric.most_rows)
        common: dict[str, Any] = {"latents": name, "n": len(rows), "n_components": int(mask.sum()), "unit": metric.unit}
        reason = refused or too_many(rows, metric.most_latents)
        values = {} if reason else _named(load(metric.function)(rows))
        if reason or all(np.isnan(value) for value in values.values()):
            keys = list(values) or _keys(metric)
            reason = reason or why_undefined(rows, numbers)
            for key in keys:
                yield Measurement(metric=_full(metric_name, key), value=NAN, reason=reason, **common)
            continue
        common["n_eff"] = float(np.nanmedian(effective_sample_size(rows))) if rows.shape[1] > 1 else NAN
        bounds, nulls = _uncertainty(rows, metric, values) if full and rows.shape[1] > 1 else ({}, {})
        for key, value in values.items():
            found = bounds.get(key, {}) | nulls.get(key, {})
            reason = "; ".join(text for text in (found.pop("why", ""), found.pop("reason", "")) if text)
            yield Measurement(metric=_full(metric_name, key), value=value, reason=reason, **found, **common)


def _uncertainty(
    rows: NDArray[np.float64], metric: Metric, values: Mapping[str, float]
) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, Any]]]:
    """By key: interval, and null with p value. What would take too long is left out, with the reason."""
    n, d = rows.shape
    function, work = load(metric.function), n * d * (d - 1) // 2
    slow = not metric.null
    bounds: dict[str, dict[str, Any]] = {}
    if slow and work * BLOCKS > WORK:
        bounds = {key: {"reason": f"no interval: {d} latents have too many pairs"} for key in values}
    elif n < 2 * BLOCKS:
        bounds = {key: {"reason": f"no interval: {n} snapshots are too few"} for key in values}
    else:
        without = [_named(function(part)) for part in without_blocks(rows, BLOCKS)]
        for key, value in values.items():
            low, high, reason = jackknife_interval(value, [one[key] for one in without])
            low, high = np.clip([low, high], *metric.bounds).tolist()
            reason = "a linear function of other latents" if np.isinf(value) else reason and f"no interval: {reason}"
            bounds[key] = {"low": low, "high": high, "reason": reason}
    if slow:
        draws = int(np.clip(WORK // work, FEWEST_DRAWS, MOST_DRAWS))
        found = [_named(function(shifted(rows, one))) for one in random_shifts(n, d, draws, SEED)]
        null = {key: np.array([one[key] for one in found]) for key in values}
    else:
        null = {key: np.asarray(drawn) for key, drawn in _named(load(metric.null)(rows, DRAWS, SEED)).items()}
    return bounds, {key: _against(null[key], value, metric.smaller) for key, value in values.items()}


def _against(null: NDArray[np.float64], value: float, smaller: bool) -> dict[str, Any]:
    finite = null[np.isfinite(null)]  # of two equal latents a draw may shift both by the same time
    mean = {"null": float(finite.mean()) if finite.size else NAN}
    if len(null) < ENOUGH_DRAWS:
        return mean | {"why": f"no p value: {len(null)} draws of the null are too few"}
    return mean | {"p_value": p_value(value, null, smaller=smaller)}


def _named(found: Any) -> dict[str, Any]:
    """What a metric or its null returns, by key; "" where it is one."""
    return dict(found) if isinstance(found, Mapping) else {"": found}


def _keys(metric: Metric) -> list[str]:
    """The keys of a metric, from latents that have every number."""
    return list(_named(load(metric.function)(np.random.default_rng(0).normal(size=(20, 2)))))


def _full(name: str, key: str) -> str:
    return f"{name}[{key}]" if key else name


def _spaced(rows: NDArray[np.float64], most: int | None) -> NDArray[np.float64]:
    """At most so many rows, evenly spaced."""
    if most is None or len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).round().astype(int)]
