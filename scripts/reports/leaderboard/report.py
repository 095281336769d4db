"""Every reducer on every data set, with default options and equal time; also where POD wins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

import rom
from rom.data.catalog import dataset_names
from rom.errors import InputError
from rom.registry import REDUCERS, reducer_class
from rom.report.dependence import dependence_of
from rom.report.tables.table import Column, Table
from rom.results import Method, Results
from rom.results.words import MISSING, error_percent, listing, number, size
from scripts.reports.claims import Claim
from scripts.reports.work import Work

TITLE = "Every method on every data set"
ABOUT = (
    "Default options, 2, 4 and 8 latents, one seed, at most five seconds of training for a network."
    " The error is that of the test set, relative to its distance from the training mean."
    " Of methods within 1 % of the lowest error the simplest counts."
)
MINUTES = 40
SECONDS = 5
#: Errors that differ by less, relative to the lowest, are the same.
SAME = 0.01
#: What a quick run shows: a method of each kind on two small data sets.
QUICK_DATA, QUICK_METHODS = (
    ("transient_wake", "sod"),
    ("pod", "pod-kernel", "autoencoder", "beta-vae"),
)


def report(work: Work) -> Iterator[Claim]:
    """No claims: the tables are the report."""
    found: dict[str, Results] = {}
    for name in QUICK_DATA if work.quick else dataset_names():
        results = _compared(work, name)
        if results is not None:
            found[name] = results
    best = {(name, k): _best(results, k) for name, results in found.items() for k in results.sizes}
    work.answer = _answer(best)
    work.tables += [_winners(best), _everything(found)]
    yield from ()


def _compared(work: Work, name: str) -> Results | None:
    """The comparison of a data set; None where its files are not on this machine."""
    methods = QUICK_METHODS if work.quick else tuple(REDUCERS)
    options = {
        method: {"max_seconds": float(SECONDS)}
        for method in methods
        if reducer_class(method).has_epochs
    }
    try:
        rom.open_snapshots(name)
    except InputError as error:
        work.say(f"{name} is left out: {error}")
        return None
    comparison = work.compare(
        "leaderboard", {"n_components": (2,), "epochs": 1}, failures=True, page=False, label=name,
        data=name, reducers=methods, options={} if work.quick else options,
    )  # fmt: skip
    return Results(comparison.store)


def _best(results: Results, k: int) -> list[Method]:
    """The methods with k latents that have an error, the most accurate first.

    Of those within SAME of the lowest error the simplest is first, in the order of the registry:
    a linear network that has POD's error to rounding does not win over POD.
    """
    errors = [(results.mean(method, "relative_error"), method) for method in results.at(k)]
    there = sorted((one for one in errors if np.isfinite(one[0])), key=lambda one: one[0])
    same = [method for error, method in there if error <= (1 + SAME) * there[0][0]]
    simplest = sorted(same, key=lambda method: list(REDUCERS).index(method.reducer))
    return [*simplest, *(method for _, method in there[len(same) :])]


def _answer(best: dict[tuple[str, int], list[Method]]) -> str:
    first = [methods[0].reducer for methods in best.values() if methods]
    won = {name: first.count(name) for name in dict.fromkeys(first)}
    said = [
        f"{reducer_class(name).short_title} {count}"
        for name, count in sorted(won.items(), key=lambda item: -item[1])
    ]
    return f"Lowest error in {len(first)} cases of data set and size: {', '.join(said)}"


def _winners(best: dict[tuple[str, int], list[Method]]) -> Table:
    """For each data set and size the best method, and POD's place."""
    keys = [key for key, methods in best.items() if methods]
    places = [[m.reducer for m in best[key]].index("pod") + 1 for key in keys]
    columns = [
        Column("data set", [name for name, _ in keys]),
        Column("latents", [str(k) for _, k in keys], values=[k for _, k in keys]),
        Column("lowest error", [best[key][0].name for key in keys], words=True),
        Column("then", [listing([m.name for m in best[key][1:3]]) or MISSING for key in keys],
               words=True),
        Column("POD’s place", [str(place) for place in places], values=places),
    ]  # fmt: skip
    return Table("Who has the lowest error", columns, "Among all methods that could be fitted.")


def _everything(found: dict[str, Results]) -> Table:
    """Every run."""
    rows = [
        (name, results, method)
        for name, results in found.items()
        for k in results.sizes
        for method in results.at(k)
    ]
    errors = [results.mean(m, "relative_error") for _, results, m in rows]
    stored = [results.mean(m, "stored_bytes", "train") for _, results, m in rows]
    seconds = [results.mean(m, "fit_seconds", "train") for _, results, m in rows]
    columns = [
        Column("data set", [name for name, _, _ in rows]),
        Column("method", [method.name for _, _, method in rows], words=True),
        Column("latents", [str(m.n_components) for _, _, m in rows],
               values=[m.n_components for _, _, m in rows]),
        Column("error (%)", [error_percent(e).removesuffix(" %") for e in errors], values=errors),
        Column("independent?", [dependence_of(results, m).word for _, results, m in rows]),
        Column("model", [size(b) if np.isfinite(b) else MISSING for b in stored], values=stored),
        Column("fit (s)", [number(s) if np.isfinite(s) else MISSING for s in seconds],
               values=seconds),
    ]  # fmt: skip
    note = "–: the method cannot be fitted to this data set, such as the example networks, which"
    return Table("Every run", columns, f"{note} are made for images.")
