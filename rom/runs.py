"""All runs of a study, in a row: a beta is chosen, models are fitted, then measured; the audit
comes last.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from rom.errors import RunError, WriteError
from rom.evaluation.dimension import measure_dimension
from rom.evaluation.leakage import measure_leakage
from rom.evaluation.measure import measure_run, measures
from rom.evaluation.pod_curve import measure_pod_curve
from rom.evaluation.results import write_results
from rom.execution import attempts
from rom.execution.choose import choose_run, chosen_betas
from rom.execution.disk import check_disk, stored_bytes
from rom.execution.dispatch import Crew, Execution, open_workers, share_cores
from rom.execution.estimate import notes
from rom.execution.fit import Task, fit_run
from rom.execution.progress import Progress, write_stage
from rom.execution.shared import shared_rows
from rom.execution.threads import limited_threads
from rom.execution.trial import try_out
from rom.execution.tune import check_tuning, tune
from rom.registry import reducer_class
from rom.study.damage import damages, mend
from rom.study.describe import describe
from rom.study.matrix import Run, expand, paths, variation
from rom.study.prepare import Prepared
from rom.study.results_table import error_of_run
from rom.study.searches import path_of, tuned, write_tuned
from rom.study.source import change_of, check_source
from rom.study.store import Store
from rom.study.sums import damage

if TYPE_CHECKING:
    from distributed import Client


def do_runs(
    prepared: Prepared, store: Store, how: Execution, progress: Progress, cluster: Client | None
) -> None:
    """Choose, fit and measure all that a store does not hold yet, and write its tables."""
    if prepared.study.is_tuned:
        check_tuning(prepared)
    walks = paths(prepared.study, prepared.identity)
    attempts.tidy(store)
    for one in damages(store):
        progress.note(f"note: {one}")
        mend(one)
    runs = _expand(prepared, store, walks)
    waiting = [run for run in runs if not _is_done(store, run)]
    unfitted = [run for run in waiting if not store.is_fitted(run)]
    jobs, threads = share_cores(len(runs), how.jobs, how.threads) if cluster is None else (1, 1)
    with open_workers(do_run, waiting, jobs, alone=how.alone) as workers:
        with progress.stage("trying out the options"):
            estimates = try_out(prepared, unfitted, workers, threads)
        for line in notes(estimates, unfitted, jobs):
            progress.note(line)
        needed = stored_bytes(prepared, unfitted, estimates, jobs)
        check_disk(store, needed, len(unfitted))
        with progress.stage("measuring the data: leakage, dimension, POD's curve"):
            measured = _of_the_data(prepared, store)
        if measured["leakage"]["leaks"]:
            progress.note(f"warning: {measured['leakage']['text']}")
        described = describe(prepared) | measured | {"walks": [walk.to_dict() for walk in walks]}
        check_source(prepared)
        # of a beta that is still to be chosen there are no runs yet
        known = [] if _to_choose(store, walks) else [run.to_dict() for run in runs]
        store.begin(described | {"runs": known}, prepared)
        try:
            sharing = [] if cluster else unfitted
            with shared_rows(store, prepared, sharing, threads, progress, needed) as rows:
                task = Task(
                    Store(store.path.absolute()), prepared, threads, how.checkpoint_seconds, rows
                )
                crew = Crew(task, jobs, workers, cluster, how.jobs)
                if to_choose := _to_choose(store, walks):
                    _choose(crew, to_choose, progress)
                    runs = _expand(prepared, store, walks)
                    store.write_study(described | {"runs": [run.to_dict() for run in runs]})
                _fit_and_measure(crew, store, runs, progress)
                if prepared.study.audit:
                    _fit_and_measure(crew, store, _restarts(store, prepared, runs), progress)
                if prepared.study.is_tuned:
                    write_tuned(store, tune(crew, runs, progress))
                    refits = {run.id: run for found in tuned(store) for run in found.runs}
                    _fit_and_measure(crew, store, list(refits.values()), progress)
        finally:
            attempts.tidy(store)
            write_results(store)


def _of_the_data(prepared: Prepared, store: Store) -> dict[str, Any]:
    """What is measured of data and split, before any run; kept from an earlier start on the
    same.
    """
    names = ("identity", "leakage", "dimension", "pod_curve")
    earlier = {} if damage(store.study_file) else store.study()
    if earlier.get("identity") == prepared.identity and all(name in earlier for name in names):
        return {name: earlier[name] for name in names}
    return {
        "identity": prepared.identity,
        "leakage": measure_leakage(prepared).to_dict(),
        "dimension": measure_dimension(prepared),
        "pod_curve": measure_pod_curve(prepared),
    }


def _expand(prepared: Prepared, store: Store, walks: list[Run]) -> list[Run]:
    """The runs; with an arbitrary beta, of which only their number counts, where it is still to be
    chosen.
    """
    chosen = {walk.reducer: 1.0 for walk in walks} | chosen_betas(store, walks)
    return expand(prepared.study, prepared.identity, prepared.total_variance, chosen)


def _to_choose(store: Store, walks: list[Run]) -> list[Run]:
    return [walk for walk in walks if path_of(store, walk) is None]


def _choose(crew: Crew, walks: list[Run], progress: Progress) -> None:
    for walk, outcome in crew.do(choose_run, walks):
        if "error" in outcome:
            raise RunError(
                f"no beta could be chosen for {walk.reducer} k={walk.n_components}:"
                f" {outcome['error']}"
            )
        progress.note(
            f"beta for {walk.reducer} k={walk.n_components}: {outcome['said']}"
            f" ({outcome['seconds']:.1f} s)"
        )


def _fit_and_measure(crew: Crew, store: Store, runs: list[Run], progress: Progress) -> None:
    waiting = [run for run in runs if not _is_done(store, run)]
    with progress.watch(store, runs, waiting):
        for run, outcome in crew.do(do_run, waiting):
            if outcome.get("is_lost"):  # it could not say so itself
                attempts.fail(store, run, outcome["error"], resumable=True)
            progress.finished(run, outcome)


def _restarts(store: Store, prepared: Prepared, runs: list[Run]) -> list[Run]:
    """The first seed of every training again, for twice as many steps: the audit sees whether it
    gains.
    """
    first = [
        run
        for run in runs
        if run.seed == 0 and reducer_class(run.reducer).has_epochs and store.is_fitted(run)
    ]
    longer = [
        variation(run, prepared.identity, {"epochs": 2 * store.run_info(run)["record"]["epochs"]})
        for run in first
    ]
    pairs = [(run.id, again.to_dict()) for run, again in zip(first, longer, strict=True)]
    store.write_study(store.study() | {"restarts": pairs})
    return longer


def _is_done(store: Store, run: Run) -> bool:
    return store.is_fitted(run) and store.measured_by(run) == measures()


def do_run(task: Task, run: Run) -> dict[str, Any]:
    """Fit and measure a run, what of it is not there yet; a failure is kept with the store, and the
    others continue.

    Returns {"run": id, "seconds", "error" (a failure) or "said"}.
    """
    start, store = time.perf_counter(), task.store
    attempt = None
    try:
        reducer_class(run.reducer)  # imports what it needs, so that its threads can be limited
        with limited_threads(task.threads):
            if not store.is_fitted(run):
                check_source(task.prepared)  # now, too: nobody waits for a fit that cannot count
                attempt = attempts.start(store, run)
                fit_run(task, run, attempt)
                check_source(task.prepared)
                attempts.finish(store, run, attempt)
                attempt = None
            # by a process that died before it could say so, it may be measured as well
            if not _is_done(store, run):
                write_stage(store.part_folder(run.id), "measuring")
                measure_run(store, task.prepared, run)
                attempts.finish_measuring(store, run)
        said = f"test relative error {error_of_run(store.metrics(run)):.4g}"
    except Exception as error:  # whatever it is: the other runs continue
        reason, short_of = f"{type(error).__name__}: {error}", attempts.lacks_memory(error)
        reason += f"; {attempts.ADVICE}" * short_of
        # half written data look like damaged data, or like anything else
        reason = change_of(task.prepared) or reason
        # of a disk that is full the last checkpoint is whole
        resumable = short_of or isinstance(error, OSError | WriteError)
        attempts.fail(store, run, reason, attempt, resumable=resumable)
        return {"run": run.id, "seconds": time.perf_counter() - start, "error": reason}
    return {"run": run.id, "seconds": time.perf_counter() - start, "said": said}
