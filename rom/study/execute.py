"""One run: fit, evaluate, write; and all runs of a study, in parallel processes."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import threadpoolctl

from rom.data.memory import memory_bytes
from rom.errors import RunError
from rom.metrics import convert_beta
from rom.reducers.field_model import FieldModel
from rom.reducers.persistence import FILE_NAME, reducer_state
from rom.registry import reducer_class
from rom.study.cluster import quiet_about_large_graphs
from rom.study.config import parameters_of
from rom.study.evaluate import Evaluation, evaluate
from rom.study.matrix import Run
from rom.study.prepare import Prepared
from rom.study.progress import Progress, write_progress
from rom.study.store import COLUMNS, IDENTITY, Store

if TYPE_CHECKING:
    from distributed import Client, Future

PARTS = ("train", "test")
RESOLVED = ("architecture_", "depth_", "batch_size_", "epochs_", "device_", "sigmoid_", "beta_", "decoder_variance_",
            "solver_", "regularisation_")  # fmt: skip
FOUND = ("precision_", "residual_", "residual_excess_")  # what a reducer says of its own accuracy


def execute(
    store: Store,
    prepared: Prepared,
    runs: list[Run],
    *,
    jobs: int | None,
    progress: Progress,
    cluster: Client | None = None,
) -> None:
    """Do all runs that the store does not hold yet; a run that fails does not stop the others.

    With a cluster (:func:`rom.study.cluster.connect`) they go to its workers, one per slot. Without one and with
    `jobs` > 1 (default: one per core, at most one per run) runs go to joblib's current back end, processes on this
    machine unless the caller chose another; the cores are shared out between them.
    """
    import joblib

    waiting = [run for run in runs if not store.is_done(run)]
    if cluster is not None:
        with progress.watch(store, runs, waiting):
            for run, outcome in execute_on_cluster(cluster, store, prepared, waiting, jobs):
                progress.finished(run, outcome)
        return
    cores = joblib.cpu_count()
    # from all runs, not from those that wait: results must not depend on where an earlier start ended
    jobs = max(1, min(jobs or cores, len(runs)))
    threads = max(1, cores // jobs)
    with progress.watch(store, runs, waiting):
        if jobs == 1:
            for run in waiting:
                progress.finished(run, execute_run(store, prepared, run, threads))
            return
        by_id = {run.id: run for run in waiting}
        tasks = (joblib.delayed(execute_run)(store, prepared, run, threads) for run in waiting)
        try:
            for outcome in joblib.Parallel(n_jobs=jobs, return_as="generator_unordered")(tasks):
                progress.finished(by_id[outcome["run"]], outcome)
        except BrokenExecutor as error:
            raise RunError(
                "a process of the comparison died, often for want of memory; finished runs are kept, run it again with "
                "fewer jobs"
            ) from error


def execute_run(store: Store, prepared: Prepared, run: Run, threads: int) -> dict[str, Any]:
    """Fit, evaluate and store one run. Returns {"run": id, "seconds", "error" (a failure) or "relative_error"}."""
    start = time.perf_counter()
    folder = None
    try:
        folder = store.start(run)
        reducer_class(run.reducer)  # imports what it needs, so that its threads can be limited
        with limited_threads(threads):
            model, info, values, evaluations = _fit_and_evaluate(prepared, run, folder, threads)
        _write(folder, prepared, run, model, info, values, evaluations)
        store.finish(run, folder)
    except Exception as error:  # whatever it is: the other runs go on
        reason = f"{type(error).__name__}: {error}"
        store.fail(run, reason, folder)
        return {"run": run.id, "seconds": time.perf_counter() - start, "error": reason}
    score = next(value for name, value, _ in evaluations["test"].values if name == "relative_error")
    return {"run": run.id, "seconds": time.perf_counter() - start, "relative_error": score}


def execute_on_cluster(
    client: Client, store: Store, prepared: Prepared, runs: Sequence[Run], jobs: int | None
) -> Iterator[tuple[Run, dict[str, Any]]]:
    """Do the runs on the workers of a cluster, `jobs` at a time (default: as many as it has slots).

    A run whose worker dies is started anew on another, up to the scheduler's ``allowed-failures``; then it is a
    failed run and the others go on (docs/adr/0009-runs-go-to-dask-directly.md).

    Raises
    ------
    RunError
        If the scheduler is gone.
    """
    from distributed import KilledWorker, as_completed

    store = Store(store.path.absolute())
    # as the result of a task it is sent once to each worker and, other than scattered data, made anew if it is lost
    with quiet_about_large_graphs():
        shared = client.submit(_itself, prepared, pure=False)
    start, waiting, by_key = time.perf_counter(), iter(runs), {}

    def submit(n: int | None) -> list[Future]:
        chosen = list(islice(waiting, n))
        futures = [client.submit(_on_worker, store, shared, run, pure=False) for run in chosen]
        by_key.update({future.key: run for future, run in zip(futures, chosen, strict=True)})
        return futures

    arriving = as_completed(submit(jobs), loop=client.loop)
    for future in arriving:
        run, error = by_key[future.key], future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            reason = "every worker it was given to died, often for want of memory"
            store.fail(run, f"KilledWorker: {reason}")
            yield run, {"run": run.id, "seconds": time.perf_counter() - start, "error": reason}
        elif error is not None:
            raise RunError(f"the cluster could not do {run.label}: {type(error).__name__}: {error}") from error
        elif future.status != "finished":
            raise RunError("the cluster is gone; finished runs are kept, the same command goes on from there")
        else:
            yield run, future.result()
        for other in submit(1):
            arriving.add(other)


def _itself(prepared: Prepared) -> Prepared:
    return prepared


def _on_worker(store: Store, prepared: Prepared, run: Run) -> dict[str, Any]:
    """One run with one thread, which is what a slot of a Dask worker stands for."""
    import joblib

    start = time.perf_counter()
    if store.is_done(run):  # by a worker that died before it could say so
        metrics = store.metrics(run)
        score = metrics[(metrics.metric == "relative_error") & (metrics.split == "test")]["value"].iloc[0]
        return {"run": run.id, "seconds": time.perf_counter() - start, "relative_error": float(score)}
    reducer_class(run.reducer)
    # for good: several runs may share the worker's process, and the first to end must not give the others more
    threadpoolctl.threadpool_limits(1)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    with joblib.parallel_config("dask"):  # POD gives its tiles to the other workers
        return execute_run(store, prepared, run, 1)


def _fit_and_evaluate(
    prepared: Prepared, run: Run, folder: Path, threads: int
) -> tuple[FieldModel, dict[str, Any], list, dict[str, Evaluation]]:
    def on_epoch(record: Mapping[str, float]) -> None:
        write_progress(folder, record)

    parameters = dict(run.parameters)
    if "memory_limit" in parameters_of(run.reducer) and parameters.get("memory_limit") is None:
        # as many runs as have cores to themselves are under way: their share of the default is that of their cores
        parameters["memory_limit"] = memory_bytes(None) * threads // (os.cpu_count() or threads)
    reducer = reducer_class(run.reducer)(**parameters)
    pipeline = prepared.pipeline
    start = time.perf_counter()
    reducer.fit(
        pipeline.transform(prepared.part("train")),
        validation=pipeline.transform(prepared.part("validation")),
        on_epoch=on_epoch,
    )
    fit_seconds = time.perf_counter() - start
    model = FieldModel(pipeline, reducer)
    learned = {k: v for k, v in reducer_state(reducer)[1].items() if k.startswith("learned/")}
    stored = sum(values.nbytes for name, values in learned.items() if not name.startswith("learned/history"))
    values = [
        ("fit_seconds", fit_seconds, "s"),
        ("n_parameters", float(reducer.n_parameters_), "1"),
        ("stored_bytes", float(stored), "B"),
        ("threads", float(threads), "1"),
    ]
    info = {**run.to_dict(), "resolved": _resolved(reducer), "threads": threads}
    info |= {name.rstrip("_"): getattr(reducer, name) for name in FOUND if hasattr(reducer, name)}
    return model, info, values, {part: evaluate(model, prepared, part) for part in PARTS}


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    """BLAS and PyTorch use so many threads inside the block, and what they used before after it."""
    torch = sys.modules.get("torch")
    with threadpoolctl.threadpool_limits(threads):
        before = torch.get_num_threads() if torch else threads
        if torch:
            torch.set_num_threads(threads)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


def _resolved(reducer: Any) -> dict[str, Any]:
    return {name: getattr(reducer, name) for name in RESOLVED if hasattr(reducer, name)}


#: Columns of the results -> convention of rom.metrics.convert_beta.
BETA_COLUMNS = {"tau": "tau", "tau_share": "energy_share", "beta_mean": "mean/mean", "beta_norm": "beta_norm"}


def beta_record(prepared: Prepared, run: Run, reducer: Any) -> dict[str, float]:
    """The beta in force at the end of the training in other conventions (docs/conventions.md); empty without a beta."""
    if run.beta is None:
        return {}
    beta = getattr(reducer, "beta_", run.beta)
    sizes: dict[str, float] = {
        "n_features": prepared.snapshots.pack().shape[1],
        "n_components": run.n_components,
        "total_variance": prepared.total_variance,
    }
    return {column: convert_beta(beta, "sum/sum", name, **sizes) for column, name in BETA_COLUMNS.items()}


def _write(
    folder: Path,
    prepared: Prepared,
    run: Run,
    model: FieldModel,
    info: dict[str, Any],
    fitted: list[tuple[str, float, str]],
    evaluations: Mapping[str, Evaluation],
) -> None:
    import pandas as pd

    betas = beta_record(prepared, run, model.reducer)
    identity = {"dataset": prepared.snapshots.name, "reducer": run.reducer, "n_components": run.n_components}
    identity |= {"beta": run.beta, "seed": run.seed, "run": run.id, "split_kind": prepared.split.kind, **betas}
    parts = {"train": [*fitted, *evaluations["train"].values], "test": evaluations["test"].values}
    rows = [
        identity | {"split": part, "metric": name, "value": value, "unit": unit}
        for part, values in parts.items()
        for name, value, unit in values
    ]
    pd.DataFrame(rows).reindex(columns=COLUMNS + IDENTITY).to_csv(folder / "metrics.csv", index=False)
    with h5py.File(folder / "latents.h5", "w") as file:
        for part, evaluation in evaluations.items():
            file[f"{part}/latents"] = evaluation.latents
            file[f"{part}/rows"] = getattr(prepared.split, part)
            if evaluation.log_variance is not None:
                file[f"{part}/log_variance"] = evaluation.log_variance
    history = getattr(model.reducer, "history_", None)
    if history is not None:
        history.to_csv(folder / "history.csv", index=False)
    model.save(folder / FILE_NAME)
    text = json.dumps({**info, **betas, "environment": environment()}, indent=1, default=str)
    (folder / "run.json").write_text(text, encoding="utf-8")


def environment() -> dict[str, Any]:
    """Versions and machine, for the record."""
    versions = {}
    for name in ("rom-compare", "numpy", "scipy", "scikit-learn", "torch", "h5py"):
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            versions[name] = "not installed"
    return {"python": platform.python_version(), "platform": platform.platform(), "cpus": os.cpu_count(), **versions}
