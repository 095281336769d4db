"""A trial fit of every reducer on a few rows: what it refuses, and what it costs, before anything
is written.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import InputError, RomError
from rom.execution.estimate import Estimate
from rom.execution.threads import limited_threads
from rom.execution.workers import Workers
from rom.registry import reducer_class
from rom.study.matrix import Run
from rom.study.prepare import Prepared

EXTRA_ROWS = 8  # beyond the number of latents


@dataclass(frozen=True)
class Trial:
    """The largest run of a reducer, the options and the rows it is tried on, and how many there
    will be.
    """

    run: Run
    parameters: dict[str, Any]
    rows: Snapshots
    n_rows: int
    threads: int


def try_out(
    prepared: Prepared, runs: Sequence[Run], workers: Workers | None = None, threads: int = 1
) -> list[Estimate]:
    """Fit the largest run of every reducer for one epoch on a few training rows, and forget it.

    Returns what the runs will cost.

    A reducer checks its arguments itself, some of them against the data, and does so when it is
    fitted. A trial of any reducer finds them all; the runs would only fail one by one. With workers
    it is done there: what it imports and leaves behind is not needed here.

    Raises
    ------
    InputError
        If a reducer refuses an option.
    """
    trials = _trials(prepared, runs, threads)
    if workers is None:
        found = [_fit(None, trial) for trial in trials]
    else:
        # it raises what a trial raises; one that died says nothing of the options
        answers = dict(workers.map(_fit, None, trials, 1))
        found = [answers[number] for number in sorted(answers)]
    return [estimate for estimate in found if isinstance(estimate, Estimate)]


def _trials(prepared: Prepared, runs: Sequence[Run], threads: int) -> list[Trial]:
    largest = {run.reducer: run for run in sorted(runs, key=lambda run: run.n_components)}
    train, trials = prepared.part("train"), []
    for name, run in largest.items():
        rows = train.select(_spread(train, run.n_components + EXTRA_ROWS))
        if rows.in_memory:  # these rows alone, not the array they are in
            rows = Snapshots.from_array(rows[:], layout=rows.layout, name=rows.name)
        parameters = dict(run.parameters)
        if reducer_class(name).has_epochs:
            parameters["epochs"] = (
                1 if parameters.get("epochs") is None else min(1, parameters["epochs"])
            )
        trials.append(
            Trial(run, parameters, prepared.pipeline.transform(rows), len(train), threads)
        )
    return trials


def _spread(train: Snapshots, count: int) -> np.ndarray:
    """Numbers of some rows from all over: runs of those that are stored together, so that little
    is read.
    """
    n = len(train)
    length = min(train.chunk_rows, count, n)
    starts = np.linspace(0, n - length, -(-count // length)).astype(int)
    return np.unique(starts[:, None] + np.arange(length))


def _fit(_: None, trial: Trial) -> Estimate | None:
    name, stored = trial.run.reducer, 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning of the real fit will be heard
        try:
            with limited_threads(trial.threads):
                costs = reducer_class(name)(**trial.run.parameters).step_costs(
                    trial.rows.pack().layout, trial.n_rows
                )
            if not costs or not all(
                math.isnan(cost.seconds) for cost in costs
            ):  # there is room for it
                stored = reducer_class(name)(**trial.parameters).fit(trial.rows).stored_bytes_
        except InputError as error:
            raise InputError(f"{name}: {error}") from error
        except (ArithmeticError, RuntimeError, RomError):
            return None  # not the user's mistake, or only on these few rows: the run will tell
    return Estimate(trial.run, tuple(costs), stored)
