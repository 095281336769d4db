"""A trial fit of every reducer on a few rows: what it refuses is found before anything is written."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import InputError, RomError
from rom.execution.workers import Workers
from rom.registry import reducer_class
from rom.study.matrix import Run
from rom.study.prepare import Prepared

EXTRA_ROWS = 8  # beyond the number of latents


@dataclass(frozen=True)
class Trial:
    """A reducer, its options and the rows it is tried on."""

    reducer: str
    parameters: dict[str, Any]
    rows: Snapshots


def try_out(prepared: Prepared, runs: Sequence[Run], workers: Workers | None = None) -> None:
    """Fit the largest run of every reducer for one epoch on a few training rows, and forget it.

    A reducer checks its arguments itself, some of them against the data, and does so when it is fitted. A
    trial of any reducer finds them all; the runs would only fail one by one. With workers it is done there: what it
    imports and leaves behind is not needed here.

    Raises
    ------
    InputError
        If a reducer refuses an option.
    """
    trials = _trials(prepared, runs)
    if workers is None:
        for trial in trials:
            _fit(None, trial)
    else:
        for _ in workers.map(_fit, None, trials, 1):
            pass  # it raises what a trial raises; one that died says nothing of the options


def _trials(prepared: Prepared, runs: Sequence[Run]) -> list[Trial]:
    largest = {run.reducer: run for run in sorted(runs, key=lambda run: run.n_components)}
    train, trials = prepared.part("train"), []
    for name, run in largest.items():
        count = min(len(train), run.n_components + EXTRA_ROWS)
        rows = train.select(np.linspace(0, len(train) - 1, count).astype(int))
        if rows.in_memory:  # these rows alone, not the array they are in
            rows = Snapshots.from_array(rows[:], layout=rows.layout, name=rows.name)
        parameters = dict(run.parameters)
        if reducer_class(name).has_epochs:
            parameters["epochs"] = 1 if parameters.get("epochs") is None else min(1, parameters["epochs"])
        trials.append(Trial(name, parameters, prepared.pipeline.transform(rows)))
    return trials


def _fit(_: None, trial: Trial) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a warning of the real fit will be heard
        try:
            reducer_class(trial.reducer)(**trial.parameters).fit(trial.rows)
        except InputError as error:
            raise InputError(f"{trial.reducer}: {error}") from error
        except (ArithmeticError, RuntimeError, RomError):
            pass  # not the user's mistake, or only on these few rows: the run will tell
