"""A trial fit of every reducer on a few rows: what it refuses is found before anything is written."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np

from rom.errors import InputError, RomError
from rom.registry import reducer_class
from rom.study.config import parameters_of
from rom.study.matrix import Run
from rom.study.prepare import Prepared

EXTRA_ROWS = 8  # beyond the number of latents


def try_out(prepared: Prepared, runs: Sequence[Run]) -> None:
    """Fit the largest run of every reducer for one epoch on a few training rows, and forget it.

    A reducer checks its arguments itself, some of them against the data, and does so when it is fitted. A
    trial of any reducer finds them all; the runs would only fail one by one.

    Raises
    ------
    InputError
        If a reducer refuses an option.
    """
    largest = {run.reducer: run for run in sorted(runs, key=lambda run: run.n_components)}
    train = prepared.part("train")
    for name, run in largest.items():
        count = min(len(train), run.n_components + EXTRA_ROWS)
        rows = train.select(np.linspace(0, len(train) - 1, count).astype(int))
        parameters = dict(run.parameters)
        if "epochs" in parameters_of(name):
            parameters["epochs"] = 1 if parameters.get("epochs") is None else min(1, parameters["epochs"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning of the real fit will be heard
            try:
                reducer_class(name)(**parameters).fit(prepared.pipeline.transform(rows))
            except InputError as error:
                raise InputError(f"{name}: {error}") from error
            except (ArithmeticError, RuntimeError, RomError):
                continue  # not the user's mistake, or only on these few rows: the run will tell
