"""All runs of a study: in what order, how many at a time, and by which processes or machines."""

from __future__ import annotations

import os
import signal
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import closing, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
import threadpoolctl

from rom.errors import InputError, RunError
from rom.execution import attempts
from rom.execution.cluster import quiet_about_large_graphs
from rom.execution.fit import Task
from rom.execution.workers import Workers, can_fork, end_with_parent
from rom.registry import reducer_class
from rom.study.matrix import Run, expected_work

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from distributed import Client, Future

Outcome = tuple[Run, dict[str, Any]]
#: Does one run, and says how it went; it raises nothing but what ends all.
Work = Callable[[Task, Run], dict[str, Any]]


@dataclass(frozen=True)
class Execution:
    """How runs are done, which changes nothing in what they are: arguments of
    :func:`rom.comparison.run_study`.

    Raises InputError where one is out of range.
    """

    jobs: int | None = None
    threads: int | None = None
    checkpoint_seconds: float = 30.0
    alone: bool = False

    def __post_init__(self) -> None:
        for name in ("jobs", "threads"):
            value = getattr(self, name)
            if value is not None and (not isinstance(value, int | np.integer) or value < 1):
                raise InputError(f"{name}={value!r} must be an int of at least 1")
        if not isinstance(self.checkpoint_seconds, int | float) or not self.checkpoint_seconds >= 0:
            raise InputError(
                f"checkpoint_seconds={self.checkpoint_seconds!r} must be a number of seconds"
            )

    def check_cluster(self) -> None:
        """Raise InputError where it does not fit a cluster."""
        if self.threads not in (None, 1):
            raise InputError(
                f"threads={self.threads}: on a cluster each run has one thread, which is what a"
                " slot stands for"
            )


@dataclass(frozen=True)
class Crew:
    """Who does the runs of a comparison: the workers, this process, a back end of joblib, or a
    cluster.
    """

    task: Task
    jobs: int
    workers: Workers | None = None
    cluster: Client | None = None
    slots: int | None = None

    def do(self, work: Work, runs: Sequence[Run]) -> Iterator[Outcome]:
        """Each run with how it went, as they are ready."""
        if self.cluster is not None:
            return execute_on_cluster(self.cluster, work, self.task, runs, self.slots)
        return execute(work, self.task, runs, self.jobs, self.workers)


def share_cores(n_runs: int, jobs: int | None, threads: int | None) -> tuple[int, int]:
    """Runs at the same time and threads of each: what was not given so that all cores have
    something to do.

    >>> from unittest.mock import patch
    >>> with patch("joblib.cpu_count", lambda: 8):
    ...     share_cores(20, None, None), share_cores(20, 2, None)
    ...     share_cores(20, None, 2), share_cores(1, None, None)
    ((8, 1), (2, 4))
    ((4, 2), (1, 8))
    """
    import joblib

    cores = joblib.cpu_count()
    # from all runs, not from those that wait: results must not depend on where an earlier start
    # ended
    jobs = max(1, min(jobs or cores // (threads or 1), n_runs))
    return jobs, threads or max(1, cores // jobs)


def in_order(runs: Sequence[Run]) -> list[Run]:
    """Runs in the order they are started: what needs no training first, so that there is a result
    at once, then the longest training runs: towards the end no core waits for one long run.
    """
    return sorted(
        runs,
        key=lambda run: (reducer_class(run.reducer).has_epochs, *(-x for x in expected_work(run))),
    )


def open_workers(
    work: Work, waiting: Sequence[Run], jobs: int, *, alone: bool
) -> AbstractContextManager[Workers | None]:
    """Processes for the work, None where they are done in this one or by a back end of joblib.

    `alone`: this process is there for the comparison only, see
    :class:`rom.execution.workers.Workers`.
    """
    if jobs == 1 or len(waiting) < 2 or not _is_loky() or not can_fork():
        return nullcontext()
    modules = {reducer_class(run.reducer).__module__ for run in waiting}
    return Workers([work.__module__, "pandas", *sorted(modules)], inherit=alone)


def execute(
    work: Work, task: Task, runs: Sequence[Run], jobs: int, workers: Workers | None
) -> Iterator[Outcome]:
    """Do runs that the store does not hold yet; a run that fails does not stop the others.

    By the workers; without any and with `jobs` > 1 by joblib's current back end: processes on this
    machine unless the caller chose another.
    """
    runs = in_order(runs)
    if workers is not None:
        folder = task.store.shared_folder / uuid.uuid4().hex[:8]
        for number, outcome in workers.map(work, task, runs, jobs, folder):
            if isinstance(outcome, RunError):
                outcome = _lost(runs[number], 0.0, str(outcome))
            yield runs[number], outcome
    elif jobs == 1:
        for run in runs:
            yield run, work(task, run)
    else:
        yield from _by_joblib(work, task, runs, jobs)


def _lost(run: Run, seconds: float, reason: str) -> dict[str, Any]:
    """The process died in which it was: nobody knows what would have come of it."""
    reason = f"{reason}; {attempts.ADVICE}"
    return {"run": run.id, "seconds": seconds, "error": reason, "is_lost": True}


def _by_joblib(work: Work, task: Task, runs: Sequence[Run], jobs: int) -> Iterator[Outcome]:
    import joblib

    by_id = {run.id: run for run in runs}
    parent = os.getpid() if _is_loky() else None
    # not several short runs as one task, which would keep the last of them from the other processes
    parallel = joblib.Parallel(n_jobs=jobs, return_as="generator_unordered", batch_size=1)
    try:
        with closing(
            parallel(joblib.delayed(_in_process)(work, task, run, parent) for run in runs)
        ) as outcomes:
            for outcome in outcomes:
                yield by_id[outcome["run"]], outcome
    except BrokenExecutor as error:
        raise RunError(
            "a process of the comparison died, often for want of memory; finished runs are kept,"
            " run it again with fewer jobs"
        ) from error


def _in_process(work: Work, task: Task, run: Run, parent: int | None) -> dict[str, Any]:
    """One run by a back end of joblib; `parent` where that is a child process of this one."""
    if parent is not None:
        end_with_parent(parent)
        signal.signal(
            signal.SIGINT, signal.SIG_IGN
        )  # Ctrl-C is for the parent, which ends this process
    return work(task, run)


def _is_loky() -> bool:
    """Whether joblib would use processes on this machine: its default, and what a caller means who
    asks for them.
    """
    from joblib.parallel import BACKENDS, get_active_backend

    return type(get_active_backend()[0]) is BACKENDS["loky"]


def execute_on_cluster(
    client: Client, work: Work, task: Task, runs: Sequence[Run], jobs: int | None
) -> Iterator[Outcome]:
    """Do the runs on the workers of a cluster, `jobs` at a time (default: as many as it has slots).

    A run whose worker dies is started again on another, from its checkpoint, up to the scheduler's
    ``allowed-failures``; then it is a failed run and the others continue
    (docs/adr/0009-runs-go-to-dask-directly.md).

    Raises
    ------
    RunError
        If the scheduler is gone.
    """
    from distributed import KilledWorker, as_completed

    # as the result of a task it is sent once to each worker and, other than scattered data, made
    # again if it is lost
    with quiet_about_large_graphs():
        shared = client.submit(_itself, task, pure=False)
    start, waiting, by_key = time.perf_counter(), iter(in_order(runs)), {}

    def submit(n: int | None) -> list[Future]:
        chosen = list(islice(waiting, n))
        futures = [client.submit(_on_worker, work, shared, run, pure=False) for run in chosen]
        by_key.update({future.key: run for future, run in zip(futures, chosen, strict=True)})
        return futures

    arriving = as_completed(submit(jobs), loop=client.loop)
    for future in arriving:
        run, error = by_key[future.key], future.exception() if future.status == "error" else None
        if isinstance(error, KilledWorker):
            reason = "every worker it was given to died, often for want of memory"
            yield run, _lost(run, time.perf_counter() - start, reason)
        elif error is not None:
            raise RunError(
                f"the cluster could not do {run.label}: {type(error).__name__}: {error}"
            ) from error
        elif future.status != "finished":
            raise RunError(
                "the cluster is gone; finished runs are kept. Run the same command again to"
                " continue"
            )
        else:
            yield run, future.result()
        for other in submit(1):
            arriving.add(other)


def _itself(task: Task) -> Task:
    return task


def _on_worker(work: Work, task: Task, run: Run) -> dict[str, Any]:
    """One run with one thread, which is what a slot of a Dask worker stands for."""
    import joblib

    reducer_class(run.reducer)
    # for good: several runs may share the worker's process, and the first to end must not give the
    # others more
    threadpoolctl.threadpool_limits(1)
    if torch := sys.modules.get("torch"):
        torch.set_num_threads(1)
    with joblib.parallel_config("dask"):  # POD gives its tiles to the other workers
        return work(task, run)
