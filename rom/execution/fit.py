"""One fit: a run's model, its latents and its history, in the store."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.memory import pass_bytes, pieces
from rom.data.snapshots import Snapshots
from rom.execution.progress import write_progress
from rom.execution.resume import RunCheckpoint
from rom.execution.shared import SharedRows, memory_limit, reads_often
from rom.metrics import convert_beta
from rom.reducers.base import Reducer
from rom.reducers.coding import latents_of
from rom.reducers.field_model import FieldModel
from rom.reducers.persistence import FILE_NAME
from rom.registry import reducer_class
from rom.study.environment import cpu_model, environment, versions
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.run_folder import HISTORY, seal_fit
from rom.study.store import ENCODED, LATENTS, Store
from rom.study.values import number


@dataclass(frozen=True)
class Task:
    """What all runs of a comparison share.

    Parameters
    ----------
    store, prepared : where results go, and the study with its data
    threads : of each run
    checkpoint_seconds : float. Seconds between checkpoints; each is written at the end of an
        epoch.
    rows : SharedRows, optional. The preprocessed rows for networks; without them each run makes its
        own.
    """

    store: Store
    prepared: Prepared
    threads: int
    checkpoint_seconds: float = 30.0
    rows: SharedRows | None = None


def fitted(task: Task, run: Run, folder: Path) -> tuple[Reducer, RunCheckpoint]:
    """The reducer of a run, fitted; how far it is stands in the folder, its checkpoint next to
    it.
    """
    threads = task.threads
    limit = memory_limit(run, threads)
    reducer: Reducer = reducer_class(run.reducer)(**run.parameters | {"memory_limit": limit})
    # what the last bit of the weights may depend on, besides what training records itself
    context = {"run": run.id, "memory_limit": limit, "cpu": cpu_model(), **versions()}
    checkpoint = RunCheckpoint(
        task.store.checkpoint_file(run.id), seconds=task.checkpoint_seconds, context=context
    )
    reducer.fit(
        rows_of(task, run, "train"),
        validation=rows_of(task, run, "validation"),
        on_epoch=lambda record: write_progress(folder, record),
        checkpoint=checkpoint,
    )
    return reducer, checkpoint


def fit_run(task: Task, run: Run, folder: Path) -> None:
    """Fit a run and write all that is stored of a fit into an empty folder."""
    prepared, threads = task.prepared, task.threads
    reducer: Any
    reducer, checkpoint = fitted(task, run, folder)
    fit_seconds = checkpoint.fit_seconds
    model = FieldModel(prepared.pipeline, reducer)
    seconds = _write_latents(folder / LATENTS, model, prepared)
    costs = [
        number("fit_seconds", fit_seconds),
        number("n_parameters", reducer.n_parameters_),
        number("stored_bytes", reducer.stored_bytes_),
        number("threads", threads),
    ]
    if reducer.has_epochs:
        costs.append(number("converged", reducer.converged_, reason=reducer.stop_reason_))
        reducer.history_.to_csv(folder / HISTORY, index=False)
    model.save(folder / FILE_NAME)
    record = reducer.record()
    info = {
        **run.to_dict(),
        "record": record,
        "threads": threads,
        "device": record.get("device", "cpu"),
    }
    info |= {"resumed_epochs": checkpoint.resumed_epochs, "memory_limit": reducer.memory_limit}
    info |= {"fingerprint": prepared.fingerprint, "identity": prepared.identity}
    info |= {
        "costs": costs,
        "encode_seconds": seconds,
        "betas": beta_record(prepared, run, reducer),
    }
    info["environment"] = environment()
    seal_fit(folder, info)


def rows_of(task: Task, run: Run, part: str) -> Snapshots:
    """Preprocessed rows: those that training runs share, else from the source."""
    if task.rows is not None and reads_often(run):
        shared = task.rows.part(task.prepared, part)
        if shared is not None:
            return shared
    return task.prepared.pipeline.transform(task.prepared.part(part))


def _write_latents(path: Path, model: FieldModel, prepared: Prepared) -> dict[str, float]:
    """Encode what is measured later, block by block; by part the seconds it took, without
    reading.
    """
    seconds = {}
    with h5py.File(path, "w") as file:
        for part in ENCODED:
            means, log_variances, took = [], [], 0.0
            for block in pieces(
                prepared.part(part).blocks(pass_bytes(prepared.study.memory_limit))
            ):
                start = time.perf_counter()
                mean, log_variance = latents_of(model, block)
                took += time.perf_counter() - start
                means.append(mean)
                if log_variance is not None:
                    log_variances.append(log_variance)
            seconds[part] = took
            file[f"{part}/latents"] = np.concatenate(means)
            file[f"{part}/rows"] = getattr(prepared.split, part)
            if log_variances:
                file[f"{part}/log_variance"] = np.concatenate(log_variances)
    return seconds


#: Columns of the results -> convention of rom.metrics.convert_beta.
BETA_COLUMNS = {
    "tau": "tau",
    "tau_share": "energy_share",
    "beta_mean": "mean/mean",
    "beta_norm": "beta_norm",
}


def beta_record(prepared: Prepared, run: Run, reducer: Any) -> dict[str, float]:
    """The beta in force at the end of the training in other conventions (docs/conventions.md);
    empty without one.
    """
    if not reducer.has_beta or math.isnan(reducer.beta_):  # with a capacity beta is not used
        return {}
    sizes: dict[str, float] = {
        "n_features": prepared.snapshots.pack().shape[1],
        "n_components": run.n_components,
        "total_variance": prepared.total_variance,
    }
    return {
        column: convert_beta(reducer.beta_, "sum/sum", name, **sizes)
        for column, name in BETA_COLUMNS.items()
    }
