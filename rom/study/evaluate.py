"""The numbers of one fitted model: every row of METRICS on a part of the data, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.snapshots import Snapshots
from rom.metrics import SquaredErrors, squared_errors
from rom.reducers.field_model import FieldModel
from rom.registry import METRICS, load
from rom.study.prepare import Prepared


@dataclass(frozen=True)
class Evaluation:
    """Values (name, value, unit) on one part, its latents (posterior means) and log-variances."""

    values: list[tuple[str, float, str]]
    latents: np.ndarray
    log_variance: np.ndarray | None


def evaluate(model: FieldModel, prepared: Prepared, part: str) -> Evaluation:
    """Every metric of the registry that the model has the input for, on one part of the split.

    Reconstructions are of posterior means, errors in physical units; energies are relative to the mean of
    the training rows, and pooled numbers divide each variable by the pipeline's scale. Rows are read and
    decoded block by block.
    """
    rows = prepared.part(part)
    start = time.perf_counter()
    latents, log_variance = _encode(model, rows)
    encoded = time.perf_counter()
    errors, decode_seconds = _errors(model, prepared, rows, latents)
    inputs: dict[str, Any] = {"errors": (errors,), "latents": (latents,)}
    if log_variance is not None:
        inputs["posterior"] = (latents, log_variance)
    values = [("encode_seconds", encoded - start, "s"), ("decode_seconds", decode_seconds, "s")]
    layout = prepared.pipeline.layout_
    units = dict(zip(layout.variables, layout.units, strict=True))
    for name, metric in METRICS.items():
        if metric.takes in inputs:
            for key, number in _entries(load(metric.function)(*inputs[metric.takes])):
                unit = units[key] if metric.unit == "variable" else metric.unit
                values.append((f"{name}[{key}]" if key else name, number, unit))
    return Evaluation(values, latents, log_variance)


def _entries(value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        yield from ((str(key), float(number)) for key, number in value.items())
    elif np.ndim(value) == 1:
        yield from ((str(i), float(number)) for i, number in enumerate(value))
    else:
        yield "", float(value)


def _encode(model: FieldModel, rows: Snapshots) -> tuple[np.ndarray, np.ndarray | None]:
    posterior = getattr(model.reducer, "posterior", None)
    if posterior is None:
        return model.transform(rows), None
    mean, log_variance = posterior(model.pipeline.transform(rows))
    return mean, log_variance


def _errors(model: FieldModel, prepared: Prepared, rows: Snapshots, latents: np.ndarray) -> tuple[SquaredErrors, float]:
    packed = rows.pack()
    layout = packed.layout
    valid = rows.layout.valid
    seconds, parts = 0.0, []
    for block in packed.block_slices():
        start = time.perf_counter()
        decoded = model.inverse_transform(latents[block])
        seconds += time.perf_counter() - start
        parts.append(
            squared_errors(
                packed[block],
                decoded[:, valid],
                reference=prepared.train_mean,
                weights=layout.feature_weights,
                variable_index=layout.variable_index,
                n_variables=layout.n_variables,
                scales=prepared.pipeline.scales,
                names=layout.variables,
            )
        )
    return SquaredErrors.concatenate(parts), seconds
