"""The numbers of one fitted model: every row of METRICS on a part of the data, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.metrics import SquaredErrors
from rom.reducers.coding import latents_of
from rom.reducers.field_model import FieldModel
from rom.registry import METRICS, load
from rom.study.accumulate import accumulators, errors_of
from rom.study.prepare import Prepared

PIECE_BYTES = 2**23
#: Rows of the results, see :func:`number`.
Values = list[dict[str, Any]]


@dataclass(frozen=True)
class Reconstruction:
    """What a model makes of one part of the data.

    Attributes
    ----------
    gathered : by name, the result of each of rom.study.accumulate.accumulators, in physical units
    sampled : SquaredErrors of what is decoded from a sample of the posterior; None without one, and on training rows
    latents : (n, d), posterior means where there is a posterior
    log_variance : (n, d), None without a posterior
    trajectories : (n,), None where all snapshots are of one; a number of its own for each where they have no order
    encode_seconds, decode_seconds : float; reading does not count
    """

    gathered: dict[str, Any]
    sampled: SquaredErrors | None
    latents: np.ndarray
    log_variance: np.ndarray | None
    trajectories: np.ndarray | None
    encode_seconds: float
    decode_seconds: float

    @property
    def errors(self) -> SquaredErrors:
        errors: SquaredErrors = self.gathered["errors"]
        return errors

    @property
    def inputs(self) -> dict[str, tuple[Any, ...]]:
        """What metrics take -> their arguments, for all that there is."""
        found: dict[str, tuple[Any, ...]] = {"errors": (self.errors,)}
        if "moments" in self.gathered:
            found["spatial"] = (self.errors, self.gathered["moments"])
        found |= {name: (self.gathered[name],) for name in ("bands", "images") if name in self.gathered}
        if self.sampled is not None:
            found["sampled"] = (self.sampled,)
        if self.log_variance is not None:
            found["posterior"] = (self.latents, self.log_variance)
        return found


def reconstruct(model: FieldModel, prepared: Prepared, part: str) -> Reconstruction:
    """Encode and decode one part of the split, block by block.

    Reconstructions are of posterior means; energies are relative to the mean of the training rows, and pooled numbers
    divide each variable by the pipeline's scale. Of the test part, one sample of each posterior is decoded too, with a
    fixed seed and whatever the blocks.
    """
    rows, valid = prepared.part(part), prepared.snapshots.layout.valid
    gathering, sampled = accumulators(prepared, part), errors_of(prepared)
    generator = np.random.default_rng(0)
    means, log_variances = [], []
    encode_seconds = decode_seconds = 0.0
    for block in _pieces(rows.blocks(pass_bytes(prepared.study.memory_limit))):
        start = time.perf_counter()
        latents, log_variance = latents_of(model, block)
        encoded = time.perf_counter()
        decoded = model.inverse_transform(latents)
        encode_seconds += encoded - start
        decode_seconds += time.perf_counter() - encoded
        packed, decoded = block[:, valid], decoded[:, valid]
        for accumulator in gathering.values():
            accumulator.add(packed, decoded)
        if log_variance is not None and part == "test":
            sample = latents + np.exp(log_variance / 2) * generator.standard_normal(latents.shape)
            sampled.add(packed, model.inverse_transform(sample.astype(latents.dtype))[:, valid])
        means.append(latents)
        log_variances.append(log_variance)
    found = [v for v in log_variances if v is not None]
    return Reconstruction(
        {name: accumulator.result() for name, accumulator in gathering.items()},
        sampled.result() if found and part == "test" else None,
        np.concatenate(means),
        np.concatenate(found) if found else None,
        _trajectories(rows, prepared.split.kind),
        encode_seconds,
        decode_seconds,
    )


def measure(found: Reconstruction, units: Mapping[str, str], *, full: bool) -> Values:
    """Every metric of the registry that there is input for, but those of latents, on one part; intervals in `full`."""
    values = [number("encode_seconds", found.encode_seconds, "s"), number("decode_seconds", found.decode_seconds, "s")]
    return [*values, *_metrics(found, units, full)]


def number(name: str, value: float, unit: str = "1", **more: Any) -> dict[str, Any]:
    """A row of the results: columns metric, value, unit, and any of rom.study.store.STATISTICS."""
    return {"metric": name, "value": float(value), "unit": unit, **more}


def _pieces(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """The blocks in parts: what is computed of each, several copies in double precision among it, stays small."""
    for block in blocks:
        step = max(1, PIECE_BYTES // max(1, block[0].nbytes))
        yield from (block[start : start + step] for start in range(0, len(block), step))


def _metrics(found: Reconstruction, units: Mapping[str, str], full: bool) -> Iterator[dict[str, Any]]:
    inputs = found.inputs
    for name, metric in METRICS.items():
        if metric.takes in inputs:
            more = {}
            if full and metric.interval:
                more = load(metric.interval)(*inputs[metric.takes], found.trajectories)._asdict()
            for key, value in _entries(load(metric.function)(*inputs[metric.takes])):
                unit = units[key] if metric.unit == "variable" else metric.unit
                yield number(f"{name}[{key}]" if key else name, value, unit, **more)


def _trajectories(rows: Snapshots, split_kind: str) -> np.ndarray | None:
    """Which snapshots follow each other in time.

    Without times and under a random split none do: the order in the file means nothing, or something else, as in images
    that are sorted by their labels.
    """
    unordered = rows.times is None and rows.trajectories is None and split_kind == "random"
    return np.arange(len(rows)) if unordered else rows.trajectories


def _entries(value: Any) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        yield from ((str(key), float(number)) for key, number in value.items())
    elif np.ndim(value) == 1:
        yield from ((str(i), float(number)) for i, number in enumerate(value))
    else:
        yield "", float(value)
