"""Tuning on equal terms: of every method and size as many trials of its options, judged on
validation rows.
"""

from __future__ import annotations

import importlib.util
import math
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError, RunError, WriteError
from rom.execution import attempts
from rom.execution.dispatch import Crew
from rom.execution.fit import Task, fitted, rows_of
from rom.execution.progress import Progress
from rom.execution.proposals import proposals
from rom.execution.threads import limited_threads
from rom.reducers.base import Reducer
from rom.reducers.search import SearchSpace
from rom.registry import reducer_class
from rom.study.matrix import Run, variation
from rom.study.prepare import Prepared
from rom.study.searches import Trial, Tuned, trial_of, write_trial
from rom.study.source import check_source
from rom.study.store import Store

#: Trials of a method that are asked for at once: what is asked next does not depend on how many
#: run at the same time, nor on which ends first.
ROUND = 4


@dataclass
class Search:
    """The trials of one method and size; the first has the defaults.

    What is asked for follows from the losses so far alone: started again with the trials that are
    there, it asks for the same ones.
    """

    default: Run
    space: SearchSpace
    identity: str
    most: float = math.inf
    seconds: float = math.inf
    trials: list[Trial] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._proposals = proposals(self.default, self.space, self.most)

    @property
    def is_over(self) -> bool:
        """Whether the budget is used, or nothing is left to try."""
        spent = sum(trial.seconds for trial in self.trials)
        return len(self.trials) >= self.most or spent >= self.seconds or self._proposals.is_empty

    def ask(self) -> list[Run]:
        """The runs of the next round."""
        if not self.trials:
            return [self.default]
        room = int(min(ROUND, self.most - len(self.trials)))
        return [
            variation(self.default, self.identity, options) for options in self._proposals.ask(room)
        ]

    def tell(self, found: Sequence[Trial]) -> None:
        """The trials of the round, in the order they were asked for."""
        if self.trials:
            self._proposals.tell([trial.loss for trial in found])
        self.trials += found

    def result(self, seeds: int) -> Tuned:
        """The trial of the least loss, the first of equal ones, with its runs of all seeds."""
        best = min(self.trials, key=lambda trial: trial.loss)
        options = {name: value for name, value in best.run.parameters.items() if name in self.space}
        given = {} if best.run.id == self.default.id else options
        number = seeds if reducer_class(self.default.reducer).has_seeds else 1
        runs = tuple(variation(self.default, self.identity, given, seed) for seed in range(number))
        spent = sum(trial.seconds for trial in self.trials)
        return Tuned(
            self.default, given, len(self.trials), spent, self.trials[0].loss, best.loss, runs
        )


def check_tuning(prepared: Prepared) -> None:
    """Raise InputError where a study cannot be tuned."""
    if importlib.util.find_spec("optuna") is None:
        raise InputError("tuning needs Optuna; pip install 'rom-compare[tune]'")
    if not len(prepared.split.validation):
        raise InputError(
            "tuning needs validation snapshots to judge by; give `validation` of the split a share"
            " (in study.toml: [split] validation = 0.1)"
        )


def tune(crew: Crew, runs: Sequence[Run], progress: Progress) -> list[Tuned]:
    """Search for the options of every method and size among the runs, all at the same time.

    Trials are kept in the store as they end. Options that the study gives are not changed; a method
    without others has no trials, and controls have none.
    """
    prepared, store = crew.task.prepared, crew.task.store
    study, identity = prepared.study, prepared.identity
    most, seconds = study.tune or math.inf, study.tune_seconds or math.inf
    searches = [
        Search(run, space, identity, most, seconds) for run, space in _to_tune(prepared, runs)
    ]
    number = 0
    while rounds := [(search, search.ask()) for search in searches if not search.is_over]:
        number += 1
        asked = list({run.id: run for _, asked in rounds for run in asked}.values())
        _take_over(store, asked)
        # a default that failed is not tried again: its failure would be lost
        failures = store.failures()
        waiting = [run for run in asked if trial_of(store, run) is None and run.id not in failures]
        if waiting:
            progress.note(
                f"tuning, round {number}: {len(waiting)} trials of {len(rounds)} methods and sizes"
            )
        with progress.watch(store, waiting, waiting):
            outcomes = []
            for run, outcome in crew.do(trial_run, waiting):
                progress.finished(run, outcome)
                outcomes.append(outcome)
        if lost := [outcome["error"] for outcome in outcomes if outcome.get("is_lost")]:
            # without them other options would be asked for than in a search that is not disturbed
            raise RunError(f"tuning stops: {lost[0]}; the trials that ended are kept")
        for search, trials in rounds:
            search.tell(
                [trial_of(store, run) or Trial(run, math.inf, 0.0, "not done") for run in trials]
            )
    results = [search.result(study.seeds) for search in searches]
    refits = {run.id for found in results for run in found.runs}
    for trial in (trial for search in searches for trial in search.trials):
        if trial.run.id not in refits:  # left by a start that was killed when it had the trial
            shutil.rmtree(store.part_folder(trial.run.id), ignore_errors=True)
    return results


def _take_over(store: Store, asked: Sequence[Run]) -> None:
    """Trials that the runs of the study have already made: those of the defaults."""
    for run in asked:
        if trial_of(store, run) is None and store.is_fitted(run):
            info = store.run_info(run)
            costs = {row["metric"]: row["value"] for row in info["costs"]}
            loss = info["record"].get("validation_loss")
            if loss is not None:
                write_trial(store, Trial(run, loss, costs["fit_seconds"]))


def _to_tune(prepared: Prepared, runs: Sequence[Run]) -> Iterator[tuple[Run, SearchSpace]]:
    study = prepared.study
    for run in runs:
        given = study.options.get(run.reducer, {})
        space = {
            name: found
            for name, found in reducer_class(run.reducer).search_space.items()
            if name not in given
        }
        if run.seed == 0 and space and run.reducer not in study.control_reducers:
            yield run, space


def trial_run(task: Task, run: Run) -> dict[str, Any]:
    """Fit, and keep nothing but the loss. Returns {"run": id, "seconds", "said"}."""
    start, store = time.perf_counter(), task.store
    folder = attempts.start(store, run)
    try:
        reducer_class(run.reducer)  # imports what it needs, so that its threads can be limited
        with limited_threads(task.threads):
            reducer, checkpoint = fitted(task, run, folder)
            loss = validation_loss(reducer, rows_of(task, run, "validation"))
        trial = Trial(run, loss if math.isfinite(loss) else math.inf, checkpoint.fit_seconds)
    except (OSError, WriteError) as error:  # a full disk says nothing of the options
        return _not_made(run, start, error)
    except Exception as error:  # whatever it is: these options are no good, others may be
        trial = Trial(
            run, math.inf, time.perf_counter() - start, f"{type(error).__name__}: {error}"
        )
    try:
        check_source(task.prepared)
        write_trial(store, trial)
    except (OSError, WriteError, RunError) as error:
        return _not_made(run, start, error)
    shutil.rmtree(store.part_folder(run.id), ignore_errors=True)
    options = [
        f"{name}={run.parameters[name]}"
        for name in reducer_class(run.reducer).search_space
        if name in run.parameters
    ]
    said = f"validation loss {trial.loss:.4g}" if not trial.error else f"no result ({trial.error})"
    said += f" with {', '.join(options)}" if options else " with the defaults"
    return {"run": run.id, "seconds": time.perf_counter() - start, "said": said}


def _not_made(run: Run, start: float, error: Exception) -> dict[str, Any]:
    """A trial that is not kept; its checkpoint is, and the next start resumes from it."""
    reason = f"{type(error).__name__}: {error}"
    seconds = time.perf_counter() - start
    return {"run": run.id, "seconds": seconds, "error": reason, "is_lost": True}


def validation_loss(reducer: Reducer, rows: Snapshots) -> float:
    """What was minimised, on validation rows; of a reducer without epochs the squared error per
    row.
    """
    if reducer.has_epochs:
        return float(reducer.validation_loss_)
    squares = 0.0
    for block in rows.pack().blocks(pass_bytes(reducer.memory_limit)):
        rebuilt = reducer.inverse_transform(reducer.transform(block))
        squares += float(np.square(block - rebuilt, dtype=np.float64).sum())
    return squares / len(rows)
