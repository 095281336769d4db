"""The card of independence: every measure of dependence of some latents, with interval, null and reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array
from rom.metrics.activity import active_components
from rom.metrics.correlation import correlation_matrix
from rom.metrics.information import FEWEST_DISTINCT, NEIGHBOURS
from rom.metrics.ranks import distinct_share
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
from rom.registry import METRICS, Metric, load

if TYPE_CHECKING:
    import pandas as pd

#: For measures without a fast null: n times pairs times evaluations at most, draws at least and at most.
WORK, FEWEST_DRAWS, MOST_DRAWS = 4_000_000, 3, 99
#: Draws from which a p value is given.
ENOUGH_DRAWS = 19
#: Trajectories have at least so many snapshots on average: times that fall more often are not in order.
RESTARTS = 10
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
    reason : why something is NaN
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


def independence(
    Z: ArrayLike,
    *,
    active: ArrayLike | None = None,
    times: ArrayLike | None = None,
    log_variance: ArrayLike | None = None,
) -> pd.DataFrame:
    """How independent latent variables are: every measure of the package, with its null, interval and p value.

    For latents of any method and any origin. Each measure is taken of all latents and of the active ones alone,
    because latents that do nothing can make the others look better or worse.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        Latents (posterior means of a VAE). Rows in the order of time, if they have one. Latents that are constant or
        hold NaN make the numbers of all latents NaN, with the reason.
    active : bool array (n_components,) or numbers of the active latents, optional
        Default: those that are finite and vary.
    times : array (n_snapshots,), optional
        Sorts the rows, unless the times rise, or rise anew in each trajectory.
    log_variance : array (n_snapshots, n_components), optional
        ln sigma^2 of the posterior of a VAE, Z its means. Then active is by default what its KL divergence says
        (:func:`rom.metrics.active_components`), and there are rows for "sampled" latents, one draw of the posterior of
        all of them: noise makes latents look more independent, most of all those that are switched off.

    Returns
    -------
    DataFrame
        One row for each of "all", "active" (and "sampled") latents and measure; columns: the attributes of
        :class:`rom.metrics.card.Measurement`. Distances and neighbours are measured on 2,000 evenly spaced snapshots
        where there are more: see column `n`.

    Raises
    ------
    InputError
        If Z is no matrix of numbers, or `active` or `times` do not fit it.

    Examples
    --------
    Two latents on a circle: uncorrelated, and each is a function of the other.

    >>> import numpy as np, rom
    >>> phase = np.random.default_rng(0).uniform(0, 2 * np.pi, 300)
    >>> card = rom.independence(np.column_stack([np.cos(phase), np.sin(phase)]))
    >>> rows = card[card.latents == "active"].set_index("metric")
    >>> rows.loc[["mean_abs_correlation", "informational_correlation[mean]"], "value"].round(2).tolist()
    [0.05, 0.99]
    >>> print(rows.p_value["mean_abs_correlation"] > 0.05, rows.p_value["informational_correlation[mean]"] < 0.05)
    True True
    """
    import pandas as pd  # here: importing the package must not load pandas

    latents = real_array("Z", Z).astype(np.float64)
    if latents.ndim != 2 or 0 in latents.shape:
        raise InputError(f"Z must have shape (n_snapshots, n_components), not {latents.shape}")
    spread = None if log_variance is None else real_array("log_variance", log_variance).astype(np.float64)
    if spread is not None and (spread.shape != latents.shape or not np.isfinite(spread).all()):
        raise InputError(f"log_variance must hold a finite number for each of the latents {latents.shape}")
    mask = _usable(latents) if active is None else _mask(active, latents.shape[1])
    if active is None and spread is not None:
        mask[mask] = active_components(latents[:, mask], spread[:, mask]) if mask.any() else False
    if times is not None:
        order = _in_time(real_array("times", times).astype(np.float64), len(latents))
        latents, spread = latents[order], None if spread is None else spread[order]
    rows = measure_independence(latents, mask)
    if spread is not None:
        sampled = latents + np.exp(spread / 2) * np.random.default_rng(SEED).normal(size=latents.shape)
        rows += _measurements("sampled", sampled, np.ones(latents.shape[1], dtype=bool), full=True)
    return pd.DataFrame([asdict(row) for row in rows])


def measure_independence(
    latents: NDArray[np.float64], active: NDArray[np.bool_], *, full: bool = True
) -> list[Measurement]:
    """The rows of the card; without `full`, the numbers alone: no intervals, nulls and p values."""
    every = list(_measurements("all", latents, np.ones(latents.shape[1], dtype=bool), full))
    if active.all():
        return every + [replace(row, latents="active") for row in every]
    return every + list(_measurements("active", latents, active, full))


def _measurements(
    name: str, latents: NDArray[np.float64], mask: NDArray[np.bool_], full: bool
) -> Iterator[Measurement]:
    """Every measure of the registry for the latents of a mask; reasons name latents by their numbers among all."""
    chosen = latents[:, mask]
    for metric_name, metric in METRICS.items():
        if metric.takes != "latents":
            continue
        rows = _spaced(chosen, metric.most_rows)
        common: dict[str, Any] = {"latents": name, "n": len(rows), "n_components": int(mask.sum()), "unit": metric.unit}
        reason = _refusal(rows, np.flatnonzero(mask)) or _too_many(rows, metric)
        values = {} if reason else _named(load(metric.function)(rows))
        if reason or all(np.isnan(value) for value in values.values()):
            keys = list(values) or _keys(metric)
            reason = reason or _why_undefined(rows, np.flatnonzero(mask))
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
            bounds[key] = {"low": low, "high": high, "reason": f"no interval: {reason}" if reason else ""}
    if slow:
        draws = int(np.clip(WORK // work, FEWEST_DRAWS, MOST_DRAWS))
        found = [_named(function(shifted(rows, one))) for one in random_shifts(n, d, draws, SEED)]
        null = {key: np.array([one[key] for one in found]) for key in values}
    else:
        null = {key: np.asarray(drawn) for key, drawn in _named(load(metric.null)(rows, DRAWS, SEED)).items()}
    return bounds, {key: _against(null[key], value, metric.smaller) for key, value in values.items()}


def _against(null: NDArray[np.float64], value: float, smaller: bool) -> dict[str, Any]:
    if len(null) < ENOUGH_DRAWS:
        return {"null": float(np.mean(null)), "why": f"no p value: {len(null)} draws of the null are too few"}
    return {"null": float(np.mean(null)), "p_value": p_value(value, null, smaller=smaller)}


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


def _refusal(rows: NDArray[np.float64], numbers: NDArray[np.intp]) -> str:
    """Why nothing can be measured of these latents, or nothing."""
    if not rows.shape[1]:
        return "no latent is active"
    broken = numbers[~np.isfinite(rows).all(axis=0)]
    if broken.size:
        return f"{_latents(broken)} NaN or infinite values"
    return f"{len(rows)} snapshot is too few" if len(rows) < 2 else ""


def _too_many(rows: NDArray[np.float64], metric: Metric) -> str:
    most, d = metric.most_latents, rows.shape[1]
    return f"for at most {most} latents, not {d}" if most is not None and d > most else ""


def _why_undefined(rows: NDArray[np.float64], numbers: NDArray[np.intp]) -> str:
    """Why a measure of finite latents is NaN."""
    n, d = rows.shape
    constant = numbers[np.isnan(np.diag(correlation_matrix(rows)))]
    if constant.size:
        return f"{_latents(constant)} one value in all snapshots"
    if d == 1:
        return "one latent has no pair"
    if n <= max(d, NEIGHBOURS):
        return f"{n} snapshots are too few for {d} latents"
    tied = numbers[distinct_share(rows) < FEWEST_DISTINCT]
    return f"{_latents(tied)} too many equal values" if tied.size else "not defined"


def _latents(numbers: NDArray[np.intp]) -> str:
    """Names of latents, counted from 0, and their verb."""
    names = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    return f"latents {names} hold" if len(numbers) > 1 else f"latent {names} holds"


def _usable(latents: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Latents that are finite and vary."""
    finite = np.asarray(np.isfinite(latents).all(axis=0), dtype=bool)
    usable = finite.copy()
    if len(latents) > 1 and finite.any():
        usable[finite] = ~np.isnan(np.diag(correlation_matrix(latents[:, finite])))
    return usable


def _mask(active: ArrayLike, d: int) -> NDArray[np.bool_]:
    given = np.asarray(active)
    if given.dtype.kind == "b" and given.shape == (d,):
        return given
    if given.ndim == 1 and given.dtype.kind in "iu" and given.size and (given >= 0).all() and (given < d).all():
        return np.isin(np.arange(d), given)
    raise InputError(f"active must be a mask of {d} latents, or numbers from 0 to {d - 1}, not {given.tolist()}")


def _in_time(times: NDArray[np.float64], n: int) -> NDArray[np.intp]:
    """The order of rows in time; as they stand where times rise, or rise anew in each trajectory."""
    if times.shape != (n,) or not np.isfinite(times).all():
        raise InputError(f"times must hold one finite number for each of {n} snapshots")
    falls = int((np.diff(times) <= 0).sum())
    return np.arange(n) if falls <= n // RESTARTS else np.argsort(times, kind="stable")
