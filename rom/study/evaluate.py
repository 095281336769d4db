"""The numbers of one fitted model: every row of METRICS on a part of the data, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.memory import pass_bytes
from rom.metrics import SquaredErrors, active_components, squared_errors
from rom.reducers.field_model import FieldModel
from rom.registry import METRICS, load
from rom.study.prepare import Prepared

PIECE_BYTES = 2**23


@dataclass(frozen=True)
class Evaluation:
    """Values (name, value, unit) on one part, its latents (posterior means) and log-variances."""

    values: list[tuple[str, float, str]]
    latents: np.ndarray
    log_variance: np.ndarray | None


def evaluate(model: FieldModel, prepared: Prepared, part: str) -> Evaluation:
    """Every metric of the registry that the model has the input for, on one part of the split.

    Reconstructions are of posterior means, errors in physical units; energies are relative to the mean of
    the training rows, and pooled numbers divide each variable by the pipeline's scale. Independence is
    measured on all latents and on the active ones alone, which are all where there is no posterior: a
    latent that is switched off can make the others look better or worse. Rows are read block by block,
    and encoded and decoded in smaller parts; reading does not count as time.
    """
    rows = prepared.part(part)
    layout, valid = rows.layout.pack(), rows.layout.valid
    options: dict[str, Any] = {
        "reference": prepared.train_mean,
        "weights": layout.feature_weights,
        "variable_index": layout.variable_index,
        "n_variables": layout.n_variables,
        "scales": prepared.pipeline.scales,
        "names": layout.variables,
    }
    errors, means, log_variances = [], [], []
    encode_seconds = decode_seconds = 0.0
    for block in _pieces(rows.blocks(pass_bytes(prepared.study.memory_limit))):
        start = time.perf_counter()
        latents, log_variance = _encode(model, block)
        encoded = time.perf_counter()
        decoded = model.inverse_transform(latents)
        encode_seconds += encoded - start
        decode_seconds += time.perf_counter() - encoded
        errors.append(squared_errors(block[:, valid], decoded[:, valid], **options))
        means.append(latents)
        log_variances.append(log_variance)
    mean = np.concatenate(means)
    found = [v for v in log_variances if v is not None]
    spread = np.concatenate(found) if found else None
    values = [("encode_seconds", encode_seconds, "s"), ("decode_seconds", decode_seconds, "s")]
    units = dict(zip(layout.variables, layout.units, strict=True))
    return Evaluation(values + list(_metrics(SquaredErrors.concatenate(errors), mean, spread, units)), mean, spread)


def _pieces(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The blocks in parts: what is computed of each, several copies in double precision among it, stays small."""
    for block in blocks:
        step = max(1, PIECE_BYTES // max(1, block[0].nbytes))
        yield from (block[start : start + step] for start in range(0, len(block), step))


def _metrics(
    errors: SquaredErrors, latents: np.ndarray, log_variance: np.ndarray | None, units: dict[str, str]
) -> Iterator[tuple[str, float, str]]:
    inputs: dict[str, tuple] = {"errors": (errors,), "latents": (latents,), "active": (latents,)}
    if log_variance is not None:
        inputs["posterior"] = (latents, log_variance)
        inputs["active"] = (latents[:, active_components(latents, log_variance)],)
    for name, metric in METRICS.items():
        if metric.takes == "active" and inputs["active"][0].shape[1] == 0:
            yield name, float("nan"), metric.unit  # nothing is active
        elif metric.takes in inputs:
            for key, number in _entries(load(metric.function)(*inputs[metric.takes])):
                unit = units[key] if metric.unit == "variable" else metric.unit
                yield (f"{name}[{key}]" if key else name), number, unit


def _entries(value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        yield from ((str(key), float(number)) for key, number in value.items())
    elif np.ndim(value) == 1:
        yield from ((str(i), float(number)) for i, number in enumerate(value))
    else:
        yield "", float(value)


def _encode(model: FieldModel, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray | None]:
    """Posterior means of rows, and log-variances where the reducer has them."""
    posterior = getattr(model.reducer, "posterior", None)
    if posterior is None:
        return model.transform(rows), None
    mean, log_variance = posterior(model.pipeline.apply(rows))
    return mean, log_variance
