"""What every table of a report is made of: columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from rom.measures import METRICS, QUANTITIES, Measure, measure_of
from rom.results import Method, Results
from rom.results.words import MISSING, integer, mean_sd, number, percent, size, with_unit


@dataclass(frozen=True)
class Column:
    """A head, and a cell for each row.

    Attributes
    ----------
    head : str
    cells : text, one for each row
    definition : what the numbers are, in full sentences; "" where the head says it
    values : numbers to sort by, one for each row; empty where there are none
    words : whether the cells are sentences
    """

    head: str
    cells: Sequence[str]
    definition: str = ""
    values: Sequence[float] = field(default=())
    words: bool = False


@dataclass(frozen=True)
class Table:
    """A caption, columns and a note; the first column names the rows."""

    title: str
    columns: Sequence[Column]
    note: str = ""

    @property
    def heads(self) -> list[str]:
        return [column.head for column in self.columns]

    @property
    def rows(self) -> list[list[str]]:
        return [list(row) for row in zip(*(column.cells for column in self.columns), strict=True)]


def table_of(
    title: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    note: str = "",
    *,
    words: bool = False,
) -> Table:
    """A table from rows of text; with `words` the last column holds sentences."""
    last = len(heads) - 1
    columns = [
        Column(head, [row[i] for row in rows], words=words and i == last)
        for i, head in enumerate(heads)
    ]
    return Table(title, columns, note)


# ---- a row for each method --------------------


def by_size(results: Results) -> list[Method]:
    """Methods sorted by number of latents, in the study's order within one."""
    return [method for k in results.sizes for method in results.at(k)]


def names(results: Results, methods: Sequence[Method]) -> list[Column]:
    """The columns that say which method a row is of."""
    seeds = [len(method.runs) if results.has_seeds(method) else 0 for method in methods]
    sizes = [method.n_components for method in methods]
    return [
        Column("method", [method.name for method in methods]),
        Column("latents", [str(k) for k in sizes], values=sizes),
        Column("seeds", [str(n) if n else MISSING for n in seeds], values=seeds),
    ]


def cells(head: str, methods: Sequence[Method], cell: Callable[[Method], str]) -> Column:
    """A column from a function of the method."""
    return Column(head, [cell(method) for method in methods])


def measured(
    results: Results,
    methods: Sequence[Method],
    measure: str,
    *,
    key: str = "",
    latents: str = "",
    part: str = "",
    head: str = "",
) -> Column:
    """A column of what was measured, as the row of the measure says: label, unit, format, set."""
    row = measure_of(measure)
    part = part or row.of
    values = [results.values(method, measure, part, key=key, latents=latents) for method in methods]
    means = [float(found.mean()) if found.size else float("nan") for found in values]
    n = results.size(part)
    text = [_written(row, found, n) for found in values]
    return Column(head or _head(results, measure, key), text, row.definition, means)


def columns_of(results: Results, methods: Sequence[Method], table: str) -> Iterator[Column]:
    """The columns of every measure that stands in a table and was measured."""
    for name, row in {**METRICS, **QUANTITIES}.items():
        if row.table == table:
            for key in _keys(results, name):
                yield measured(results, methods, name, key=key)


def _keys(results: Results, measure: str) -> list[str]:
    """The keys of a measure that are columns; none where it was not measured."""
    table, row = results.table, measure_of(measure)
    found = table[(table.measure == measure) & (table.split == row.of)].key.unique()
    labelled = dict(row.keys)
    return [key for key in found if not labelled or key in labelled]


def _head(results: Results, measure: str, key: str) -> str:
    row = measure_of(measure)
    if row.keys:
        return dict(row.keys)[key]
    if row.unit == "variable":
        units = dict(zip(results.layout.variables, results.layout.units, strict=True))
        return with_unit(f"{row.label} {key}", units[key])
    units_of_form = {"percent": "%", "milliseconds": "ms per snapshot", "size": "1"}
    return with_unit(f"{row.label} {key}".strip(), units_of_form.get(row.form, row.unit))


def _written(row: Measure, values: np.ndarray, n: int) -> str:
    """The seeds' numbers as the form of their measure asks."""
    if row.form == "percent":
        return percent(values, unit=False)
    if row.form == "integer":
        return integer(values.mean()) if values.size else MISSING
    if row.form == "size":
        return size(values.mean()) if values.size else MISSING
    return mean_sd(1000 * values / n if row.form == "milliseconds" else values)


# ---- a row for each tested pair --------------------


def pairs(results: Results, found: pd.DataFrame) -> list[Column]:
    """The columns of tested differences, from rows with reducer, beta, other, other_beta,
    difference, low, high, p_holm, verdict.
    """
    rows = found.to_dict("records")
    first = [results.name((row["reducer"], row["beta"])) for row in rows]
    second = [results.name((row["other"], row["other_beta"])) for row in rows]
    return [
        Column("pair", [f"{a} − {b}" for a, b in zip(first, second, strict=True)]),
        Column("difference of the relative error", [number(row["difference"]) for row in rows]),
        Column("95 % interval", [interval(row["low"], row["high"]) for row in rows]),
        Column("p, corrected", [_finite(row["p_holm"]) for row in rows]),
        Column("verdict", [str(row["verdict"]) for row in rows], words=True),
    ]


def interval(low: float, high: float) -> str:
    """``0.1 to 0.2``, a dash where there is none."""
    return f"{number(low)} to {number(high)}" if np.isfinite([low, high]).all() else MISSING


def _finite(value: float) -> str:
    return number(value) if np.isfinite(value) else MISSING
