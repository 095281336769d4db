"""What tuning found, next to the defaults; none without it."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np

from rom.evaluation.tuning import tuning
from rom.report.tables.table import Table, table_of
from rom.results import Results
from rom.results.words import MISSING, count, listing, number

#: Relative differences of errors below this are not worth a word.
SAME = 0.05


def tuned(results: Results) -> list[Table]:
    """Errors with the defaults and with the options that tuning found."""
    found = tuning(results.store)
    if found.empty:
        return []
    heads = [
        "method",
        "latents",
        "trials",
        "fits (s)",
        "error, default",
        "error, tuned",
        "validation loss",
        "options",
    ]
    rows = []
    for row in found.to_dict("records"):
        errors = [
            number(row[name]) if np.isfinite(row[name]) else MISSING
            for name in ("default_error", "tuned_error")
        ]
        loss = f"{number(row['default_loss'])} → {number(row['loss'])}"
        start = [
            results.name((row["reducer"], row["beta"])),
            str(row["n_components"]),
            str(row["trials"]),
            number(row["seconds"]),
        ]
        rows.append([*start, *errors, loss, _options(row)])
    note = (
        f"Every method and size had {_budget(results)}; options that the study gives are not"
        " changed, and the first trial has the defaults. Judged by the loss on the validation"
        " snapshots, of methods without training by their squared error. Errors: of the test"
        " snapshots, means over the seeds. Methods that are not here have nothing to tune: their"
        " options are found in the fit."
    )
    return [table_of("Tuned on equal terms", heads, rows, note, words=True)]


def tuned_sentence(results: Results) -> str:
    """What tuning changes, for the answer; nothing without it."""
    found = tuning(results.store)
    found = found[found.tuned_error.notna() & found.n_components.isin(results.shown_sizes)]
    if found.empty:
        return ""
    better = found[found.tuned_error < (1 - SAME) * found.default_error]
    said = []
    for row in better.to_dict("records"):
        name = (
            f"{results.name((row['reducer'], row['beta']))} with"
            f" {count(row['n_components'], 'latent')}"
        )
        said.append(f"{name} from {number(row['default_error'])} to {number(row['tuned_error'])}")
    begin = f"Tuned with {_budget(results)} for every method and size"
    if not said:
        return (
            f"{begin}, no test error falls by more than {100 * SAME:g} %: the defaults are good"
            " enough here."
        )
    return (
        f"{begin}, the test error falls for {listing(said)}; the other numbers here are those of"
        " the defaults."
    )


def _budget(results: Results) -> str:
    study = results.study["study"]
    seconds = f"{study['tune_seconds']:g} s of fits" if study.get("tune_seconds") else ""
    trials = count(study["tune"], "trial") if study.get("tune") else ""
    return " and ".join(f"at most {budget}" for budget in (trials, seconds) if budget)


def _options(row: Mapping[Hashable, Any]) -> str:
    options = json.loads(row["options"])
    return ", ".join(f"{name} {_plain(value)}" for name, value in options.items()) or "the defaults"


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "-".join(map(str, value))
    return number(value) if isinstance(value, float) else str(value)
