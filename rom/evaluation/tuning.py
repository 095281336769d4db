"""What tuning found: options, and the errors with them next to those of the defaults. Functions of
a store.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rom.evaluation.differences import METHOD
from rom.study.matrix import Run
from rom.study.results_table import error_of_run
from rom.study.searches import trials, tuned
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    *METHOD,
    "trials",
    "seconds",
    "default_loss",
    "loss",
    "default_error",
    "tuned_error",
    "options",
]


def tuning(store: Store) -> pd.DataFrame:
    """One row for each method and number of latents that was tuned, for tuning.csv.

    `trials` and `seconds` of fits are what it was given; `default_loss` and `loss` are on the
    validation rows, of the defaults and of the best `options` (JSON, empty where the defaults are
    the best); `default_error` and `tuned_error` are relative errors of the test set, means over
    the seeds, NaN while runs are missing.
    """
    import pandas as pd

    rows, methods = [], store.methods()
    for found in tuned(store):
        default = found.default
        same = methods.get((default.reducer, default.n_components, default.beta), [])
        rows.append(
            {
                "reducer": default.reducer,
                "n_components": default.n_components,
                "beta": np.nan if default.beta is None else default.beta,
                "trials": found.trials,
                "seconds": found.seconds,
                "default_loss": found.default_loss,
                "loss": found.loss,
                "default_error": _error(store, same),
                "tuned_error": _error(store, found.runs),
                "options": json.dumps(found.options),
            }
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _error(store: Store, runs: Sequence[Run]) -> float:
    """The mean error of the test set."""
    if not runs or not all(store.is_measured(run) for run in runs):
        return float("nan")
    return float(np.mean([error_of_run(store.metrics(run)) for run in runs]))


def trial_table(store: Store) -> pd.DataFrame:
    """All trials: reducer, n_components, beta, options, loss on the validation rows, seconds,
    error; for trials.csv.
    """
    import pandas as pd

    return pd.DataFrame(
        {
            "reducer": trial.run.reducer,
            "n_components": trial.run.n_components,
            "beta": np.nan if trial.run.beta is None else trial.run.beta,
            "loss": trial.loss,
            "seconds": trial.seconds,
            "options": json.dumps(trial.run.parameters),
            "error": trial.error,
        }
        for trial in trials(store)
    )
