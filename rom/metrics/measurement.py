"""Every measure of dependence of the registry for some latents, with interval, null and p value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics.chance import excluding, intervals, named, null_draws, reaching
from rom.metrics.significance import effective_sample_size, p_value
from rom.metrics.trajectories import several
from rom.metrics.undefined import refusal, too_many, why_undefined
from rom.metrics.verdict import (
    CANNOT,
    DEPENDENT,
    ENOUGH_EFFECTIVE,
    NO_DEPENDENCE,
    dependence_verdict,
)
from rom.registry import METRICS, Metric, load
from rom.spaced import evenly_spaced

#: Draws from which a p value is given.
ENOUGH_DRAWS = 19
NAN = float("nan")


@dataclass(frozen=True)
class Measurement:
    """One number of the card.

    Attributes
    ----------
    latents : "all", "active" or "sampled"
    metric : name of the number: that of its measure, with its key in brackets if it has one
    measure : name in :mod:`rom.measures`
    key : which of the numbers of the measure, "" where it has one
    value : the estimate, NaN with a reason
    low, high : 95 % interval by leaving out blocks of snapshots; NaN below ten independent
        snapshots
    null : mean of the null distribution: the same latents shifted in time, or those of different
        trajectories
    p_value : how often they then give a number that says as much or more of dependence
    n : snapshots used
    n_eff : median over the pairs of the effective sample size
    n_components : latents used
    unit : "1" or "nat"
    reason : why something is NaN or infinite, or cannot be tested
    verdict : see :func:`rom.metrics.verdict.dependence_verdict`; "" without a null
    """

    latents: str
    metric: str
    measure: str
    key: str
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
    verdict: str = ""


def measure_independence(
    latents: NDArray[np.float64],
    active: NDArray[np.bool_],
    *,
    full: bool = True,
    trajectories: ArrayLike | None = None,
) -> list[Measurement]:
    """The rows of the card; without `full`, the numbers alone: no intervals, nulls, p values and
    verdicts.

    From five trajectories on, the null is what latents of different trajectories give.
    """
    every = np.ones(latents.shape[1], dtype=bool)
    rows = list(measurements("all", latents, every, full, trajectories))
    if active.all():
        return rows + [replace(row, latents="active") for row in rows]
    return rows + list(measurements("active", latents, active, full, trajectories))


def measurements(
    name: str,
    latents: NDArray[np.float64],
    mask: NDArray[np.bool_],
    full: bool,
    trajectories: ArrayLike | None = None,
) -> Iterator[Measurement]:
    """Every measure of the registry for the latents of a mask; reasons name latents by their
    numbers among all.
    """
    labels = several(trajectories, len(latents))
    if labels is not None:
        order = np.argsort(labels, kind="stable")
        latents, labels = latents[order], labels[order]
    chosen, numbers = latents[:, mask], np.flatnonzero(mask)
    # of all rows: those that are measured may lack the one that is NaN
    refused = refusal(chosen, numbers)
    for metric_name, metric in METRICS.items():
        if not metric.of_latents:
            continue
        kept = evenly_spaced(len(chosen), metric.most_rows or len(chosen))
        rows, own = chosen[kept], None if labels is None else several(labels[kept], len(kept))
        common: dict[str, Any] = {
            "latents": name,
            "n": len(rows),
            "n_components": int(mask.sum()),
            "unit": metric.unit,
        }
        reason = refused or too_many(rows, metric.most_latents)
        values = {} if reason else named(load(metric.function)(rows))
        if reason or all(np.isnan(value) for value in values.values()):
            reason = reason or why_undefined(rows, numbers)
            for key in list(values) or _keys(metric):
                verdict = CANNOT if full else ""
                yield Measurement(
                    **_name(metric_name, key),
                    value=NAN,
                    reason=reason,
                    verdict=verdict,
                    **common,
                )
            continue
        pairs = rows.shape[1] > 1
        common["n_eff"] = float(np.nanmedian(effective_sample_size(rows, own))) if pairs else NAN
        found = (
            _against_chance(metric_name, rows, own, common["n_eff"], values)
            if full and pairs
            else {}
        )
        for key, value in values.items():
            yield Measurement(
                **_name(metric_name, key), value=value, **found.get(key, {}), **common
            )


def _against_chance(
    name: str,
    rows: NDArray[np.float64],
    labels: NDArray[np.intp] | None,
    n_eff: float,
    values: Mapping[str, float],
) -> dict[str, dict[str, Any]]:
    """By key: interval, null, p value, verdict and the reasons of what is missing."""
    metric = METRICS[name]
    smaller = metric.better == "higher"  # dependence then makes the number smaller
    bounds = intervals(name, metric, rows, values, n_eff)
    null = null_draws(metric, rows, labels)
    found = {}
    for key, value in values.items():
        low, high, no_interval = bounds[key]
        columns = _against(null[key], value, smaller)
        verdict, cannot = dependence_verdict(columns.get("p_value", NAN), n_eff)
        independent = 1.0 if smaller else 0.0
        if verdict == NO_DEPENDENCE:
            low, high = reaching(low, high, independent)
        elif verdict == DEPENDENT:
            low, high = excluding(low, high, independent)
        reasons = [columns.pop("why", ""), no_interval]
        if n_eff < ENOUGH_EFFECTIVE:
            reasons.append(f"{verdict}: {cannot}")
        reason = "; ".join(text for text in reasons if text)
        found[key] = {"low": low, "high": high, "verdict": verdict, "reason": reason} | columns
    return found


def _against(null: NDArray[np.float64], value: float, smaller: bool) -> dict[str, Any]:
    finite = null[np.isfinite(null)]  # of two equal latents a draw may shift both by the same time
    mean = {"null": float(finite.mean()) if finite.size else NAN}
    if len(null) < ENOUGH_DRAWS:
        return mean | {"why": f"no p value: {len(null)} draws of the null are too few"}
    return mean | {"p_value": p_value(value, null, smaller=smaller)}


def _keys(metric: Metric) -> list[str]:
    """The keys of a metric, from latents that have every number."""
    return list(named(load(metric.function)(np.random.default_rng(0).normal(size=(20, 2)))))


def _name(measure: str, key: str) -> dict[str, Any]:
    return {"metric": f"{measure}[{key}]" if key else measure, "measure": measure, "key": key}
