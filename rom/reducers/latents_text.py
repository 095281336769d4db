"""Latents from text: a table with a row per snapshot, as spreadsheets and ``numpy.savetxt`` write
it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rom.errors import InputError

#: Endings of such files.
TEXT = (".csv", ".tsv", ".txt")


def read_table(path: Path) -> tuple[np.ndarray, np.ndarray | None]:
    """Latents, and times where a column is named time or t.

    The first row holds names if it is not all numbers, or if it counts the columns, as pandas names
    them by default.
    """
    import pandas as pd  # here: importing the package must not load pandas

    with open(path, encoding="utf-8-sig") as stream:
        first = next((line.strip() for line in stream if line.strip()), "")
    separator = max(",;\t", key=first.count)
    separator = separator if separator in first else " "
    names = [name.strip().strip('"') for name in first.split(separator)]
    try:
        header = None if all(_is_number(name) for name in names) and not _counts(names) else 0
        table = pd.read_csv(
            path, sep=r"\s+" if separator == " " else separator, header=header, encoding="utf-8-sig"
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError(
            f"{path}: not a table of numbers: {' '.join(str(error).split())}"
        ) from error
    table.columns = [str(name).strip() for name in table.columns]
    if table.empty:
        raise InputError(f"{path}: a header and no rows")
    if names[0] == "" and (table.iloc[:, 0] == np.arange(len(table))).all():
        raise InputError(
            f"{path}: the first column has no name and numbers the rows; write the table without it"
        )
    if words := [name for name in table if table[name].dtype.kind not in "fiub"]:
        raise InputError(
            f"{path}: column {words[0]!r} holds other things than numbers; leave it out"
        )
    clocks = [name for name in table if str(name).lower() in ("time", "t")]
    times = table[clocks[0]].to_numpy(np.float64) if clocks else None
    return table.drop(columns=clocks[:1]).to_numpy(np.float64), times


def _counts(names: list[str]) -> bool:
    """Whether names are 0, 1, 2, ..., perhaps after one that is empty (the rows' numbers)."""
    names = names[1:] if names[0] == "" else names
    return len(names) > 1 and names == [str(i) for i in range(len(names))]


def _is_number(text: str) -> bool:
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True
