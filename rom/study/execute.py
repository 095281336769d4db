"""One run: fit, evaluate, write."""

from __future__ import annotations

import json
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import threadpoolctl

from rom.data.snapshots import Snapshots
from rom.metrics import convert_beta, relative_error_per_snapshot
from rom.reducers.field_model import FieldModel
from rom.reducers.persistence import FILE_NAME
from rom.registry import reducer_class
from rom.study.accumulate import is_image
from rom.study.activity import measure_activity
from rom.study.environment import cpu_model, environment, versions
from rom.study.evaluate import Reconstruction, Values, measure, number, reconstruct
from rom.study.factors import measure_factors
from rom.study.independence import measure_latents, measure_whitened
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.progress import write_progress
from rom.study.resume import RunCheckpoint
from rom.study.shared import SharedRows, memory_limit, reads_often
from rom.study.store import COLUMNS, IDENTITY, RECONSTRUCTION, STATISTICS, Store

PARTS = ("train", "test")


@dataclass(frozen=True)
class Task:
    """What all runs of a comparison share.

    Parameters
    ----------
    store, prepared : where results go, and the study with its data
    threads : of each run
    checkpoint_seconds : float. A training is kept after the first epoch that ends so long after the last time.
    rows : SharedRows, optional. The preprocessed rows for networks; without them each run makes its own.
    """

    store: Store
    prepared: Prepared
    threads: int
    checkpoint_seconds: float = 30.0
    rows: SharedRows | None = None


@dataclass(frozen=True)
class Evaluation:
    """What was measured of a fitted model: by part, and what run.json says of its latents."""

    reconstructions: dict[str, Reconstruction]
    values: dict[str, Values]
    info: dict[str, Any]


def execute_run(task: Task, run: Run) -> dict[str, Any]:
    """Fit, evaluate and store one run. Returns {"run": id, "seconds", "error" (a failure) or "relative_error"}."""
    start, store = time.perf_counter(), task.store
    folder = None
    try:
        if not store.is_done(run):  # by a process that died before it could say so
            folder = store.start(run)
            reducer_class(run.reducer)  # imports what it needs, so that its threads can be limited
            with limited_threads(task.threads):
                model, info, fitted = _fit(task, run, folder)
                evaluation = _evaluate(model, task.prepared)
            evaluation.values["train"][:0] = fitted
            _write(folder, task.prepared, run, model, info | evaluation.info, evaluation)
            store.finish(run, folder)
        score = _score(store, run)
    except Exception as error:  # whatever it is: the other runs go on
        reason = f"{type(error).__name__}: {error}"
        store.fail(run, reason, folder)
        return {"run": run.id, "seconds": time.perf_counter() - start, "error": reason}
    return {"run": run.id, "seconds": time.perf_counter() - start, "relative_error": score}


def _score(store: Store, run: Run) -> float:
    metrics = store.metrics(run)
    return float(metrics[(metrics.metric == "relative_error") & (metrics.split == "test")]["value"].iloc[0])


def _fit(task: Task, run: Run, folder: Path) -> tuple[FieldModel, dict[str, Any], Values]:
    """The fitted model, what run.json says of it, and what it cost."""
    prepared, pipeline, threads = task.prepared, task.prepared.pipeline, task.threads
    limit = memory_limit(run, threads)
    reducer = reducer_class(run.reducer)(**run.parameters | {"memory_limit": limit})
    rows = {name: _rows(task, run, name) for name in ("train", "validation")}
    # what the last bit of a training may depend on, beside what the training says itself
    context = {"run": run.id, "memory_limit": limit, "cpu": cpu_model(), **versions()}
    checkpoint = RunCheckpoint(task.store.checkpoint_file(run.id), seconds=task.checkpoint_seconds, context=context)
    reducer.fit(
        rows["train"],
        validation=rows["validation"],
        on_epoch=lambda record: write_progress(folder, record),
        checkpoint=checkpoint,
    )
    fit_seconds = checkpoint.fit_seconds
    model = FieldModel(pipeline, reducer)
    values = [
        number("fit_seconds", fit_seconds, "s"),
        number("n_parameters", reducer.n_parameters_),
        number("stored_bytes", reducer.stored_bytes_, "B"),
        number("threads", threads),
    ]
    if reducer.has_epochs:
        values.append(number("converged", reducer.converged_, reason=reducer.stop_reason_))
    info = {**run.to_dict(), "record": reducer.record(), "threads": threads}
    info |= {"resumed_epochs": checkpoint.resumed_epochs, "memory_limit": limit}
    if is_image(prepared.snapshots.layout):
        info["data_range"] = prepared.train_range  # that of the SSIM
    info |= {"fingerprint": prepared.fingerprint, "identity": prepared.identity}
    info["device"] = info["record"].get("device", "cpu")
    return model, info, values


def _evaluate(model: FieldModel, prepared: Prepared) -> Evaluation:
    found = {part: reconstruct(model, prepared, part) for part in PARTS}
    latents = {part: found[part].latents for part in PARTS}
    activity = measure_activity(model, prepared, latents)
    layout = prepared.snapshots.layout
    units = dict(zip(layout.variables, layout.units, strict=True))
    values = {
        part: measure(found[part], units, full=part == "test")
        + measure_latents(found[part], activity.active, full=part == "test")
        + activity.values[part]
        for part in PARTS
    }
    values["test"] += measure_whitened(latents["train"], latents["test"], activity.active)
    values["test"] += measure_factors(latents["test"], activity.active, prepared.part("test").parameters)
    info = {
        "active": np.flatnonzero(activity.active).tolist(),
        "order": activity.ranking.order.tolist(),
        "signs": activity.signs.astype(int).tolist(),
        "latent_means": activity.fill.tolist(),
    }
    return Evaluation(found, values, info)


def _rows(task: Task, run: Run, part: str) -> Snapshots:
    """Preprocessed rows: those that trainings share, else from the source."""
    if task.rows is not None and reads_often(run):
        shared = task.rows.part(task.prepared, part)
        if shared is not None:
            return shared
    return task.prepared.pipeline.transform(task.prepared.part(part))


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    """BLAS and PyTorch use so many threads inside the block, and what they used before after it."""
    torch = sys.modules.get("torch")
    # read and set outside the other limit, which changes what PyTorch says but not its own copy of MKL
    before = torch.get_num_threads() if torch else threads
    try:
        with threadpoolctl.threadpool_limits(threads):
            if torch:
                torch.set_num_threads(threads)
            yield
    finally:
        if torch:
            torch.set_num_threads(before)


#: Columns of the results -> convention of rom.metrics.convert_beta.
BETA_COLUMNS = {"tau": "tau", "tau_share": "energy_share", "beta_mean": "mean/mean", "beta_norm": "beta_norm"}


def beta_record(prepared: Prepared, run: Run, reducer: Any) -> dict[str, float]:
    """The beta in force at the end of the training in other conventions (docs/conventions.md); empty without one."""
    if not reducer.has_beta or math.isnan(reducer.beta_):  # with a capacity beta is not used
        return {}
    sizes: dict[str, float] = {
        "n_features": prepared.snapshots.pack().shape[1],
        "n_components": run.n_components,
        "total_variance": prepared.total_variance,
    }
    return {column: convert_beta(reducer.beta_, "sum/sum", name, **sizes) for column, name in BETA_COLUMNS.items()}


def _write(
    folder: Path,
    prepared: Prepared,
    run: Run,
    model: FieldModel,
    info: dict[str, Any],
    evaluation: Evaluation,
) -> None:
    import pandas as pd

    betas = beta_record(prepared, run, model.reducer)
    identity = {"dataset": prepared.snapshots.name, "reducer": run.reducer, "n_components": run.n_components}
    identity |= {"beta": run.beta, "seed": run.seed, "run": run.id, "split_kind": prepared.split.kind, **betas}
    rows = [
        identity | {"split": part, **row}  # what is measured, and of what
        for part, values in evaluation.values.items()
        for row in values
    ]
    pd.DataFrame(rows).reindex(columns=COLUMNS + STATISTICS + IDENTITY).to_csv(folder / "metrics.csv", index=False)
    with h5py.File(folder / "latents.h5", "w") as file:
        for part, found in evaluation.reconstructions.items():
            file[f"{part}/latents"] = found.latents
            file[f"{part}/rows"] = getattr(prepared.split, part)
            if found.log_variance is not None:
                file[f"{part}/log_variance"] = found.log_variance
    test = evaluation.reconstructions["test"]
    with h5py.File(folder / RECONSTRUCTION, "w") as file:
        file["test/relative_error"] = relative_error_per_snapshot(test.errors)
        file["test/error_map"] = test.gathered["error_map"]
    if model.reducer.has_epochs:
        model.reducer.history_.to_csv(folder / "history.csv", index=False)
    model.save(folder / FILE_NAME)
    text = json.dumps({**info, **betas, "environment": environment()}, indent=1, default=str)
    (folder / "run.json").write_text(text, encoding="utf-8")
