"""Everything that is measured of one stored fit; nothing is trained here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.evaluation.accumulate import is_image
from rom.evaluation.activity import measure_activity
from rom.evaluation.factors import measure_factors
from rom.evaluation.latents import measure_latents, measure_whitened
from rom.evaluation.reconstruct import Reconstruction, reconstruct
from rom.metrics.reconstruction import relative_error_per_snapshot, snapshot_sums
from rom.registry import METRICS, load
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.source import check_source
from rom.study.store import COLUMNS, ENCODED, IDENTITY, STATISTICS, Store
from rom.study.values import Values, number

if TYPE_CHECKING:
    import pandas as pd

#: Raised by whoever changes what is measured besides METRICS.
VERSION = 6


def measures() -> str:
    """Digest of what is measured: a store that says another one is measured again, and not trained
    again.
    """
    rows = [VERSION, sorted((name, metric.version) for name, metric in METRICS.items())]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def measure_run(store: Store, prepared: Prepared, run: Run) -> None:
    """Measure a fitted run and keep what was found."""
    fitted, model = store.run_info(run), store.model(run)
    parts = {
        part: reconstruct(
            model, prepared, part, store.latents(run, part), store.log_variance(run, part)
        )
        for part in ENCODED
    }
    latents = {part: found.latents for part, found in parts.items()}
    activity = measure_activity(model, prepared, latents)
    layout = prepared.snapshots.layout
    units = dict(zip(layout.variables, layout.units, strict=True))
    values: dict[str, Values] = {part: [] for part in ENCODED}
    for cost in fitted["costs"]:  # as they stand in the folders of older versions, too
        more = {"reason": cost["reason"]} if "reason" in cost else {}
        values["train"].append(number(cost["metric"], cost["value"], **more))
    for part, found in parts.items():
        full = part == "test"
        values[part] += [number("encode_seconds", fitted["encode_seconds"][part])]
        values[part] += [number("decode_seconds", found.decode_seconds)]
        values[part] += metrics_of(found, units, full=full)
        values[part] += measure_latents(found, activity.active, full=full)
        values[part] += activity.values[part]
    values["test"] += measure_whitened(latents["train"], latents["test"], activity.active)
    values["test"] += measure_factors(
        latents["test"], activity.active, prepared.part("test").parameters
    )
    info: dict[str, Any] = {
        "active": np.flatnonzero(activity.active).tolist(),
        "order": activity.ranking.order.tolist(),
        "signs": activity.signs.astype(int).tolist(),
        "latent_means": activity.fill.tolist(),
    }
    if is_image(layout):
        info["data_range"] = prepared.train_range  # that of the SSIM
    test = parts["test"]
    squared, energy = snapshot_sums(test.errors)
    fields = {
        "relative_error": relative_error_per_snapshot(test.errors),
        "squared_error": squared,
        "energy": energy,
        "error_map": test.gathered["error_map"],
    }
    if test.trajectories is not None:
        fields["trajectories"] = np.asarray(test.trajectories)
    check_source(prepared)
    store.write_measures(run, measures(), info, _table(prepared, run, fitted, values), fields)


def metrics_of(found: Reconstruction, units: Mapping[str, str], *, full: bool) -> Values:
    """Every metric of the registry that there is input for, but those of latents, on one part;
    intervals in `full`.
    """
    return list(_metrics(found, units, full))


def _metrics(
    found: Reconstruction, units: Mapping[str, str], full: bool
) -> Iterator[dict[str, Any]]:
    for name, metric in METRICS.items():
        if metric.of_latents or not all(one in found.gathered for one in metric.gathers):
            continue
        arguments = [found.gathered[one] for one in metric.gathers]
        more = {}
        if full and metric.interval:
            more = load(metric.interval)(*arguments, found.trajectories)._asdict()
        for key, value in _entries(load(metric.function)(*arguments)):
            unit = units[key] if metric.unit == "variable" else metric.unit
            yield number(name, value, key=key, unit=unit, **more)


def _entries(value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        yield from ((str(key), float(number)) for key, number in value.items())
    elif np.ndim(value) == 1:
        yield from ((str(i), float(number)) for i, number in enumerate(value))
    else:
        yield "", float(value)


def _table(
    prepared: Prepared, run: Run, fitted: Mapping[str, Any], values: Mapping[str, Values]
) -> pd.DataFrame:
    """The rows of the results: what is measured, and of what."""
    import pandas as pd

    identity = {
        "dataset": prepared.snapshots.name,
        "reducer": run.reducer,
        "n_components": run.n_components,
    }
    identity |= {
        "beta": run.beta,
        "seed": run.seed,
        "run": run.id,
        "split_kind": prepared.split.kind,
    }
    identity |= fitted["betas"]
    rows = [identity | {"split": part, **row} for part, found in values.items() for row in found]
    return pd.DataFrame(rows).reindex(columns=COLUMNS + STATISTICS + IDENTITY)
