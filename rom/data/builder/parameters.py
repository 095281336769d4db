"""Parameters of snapshots that the user names: arrays or attributes of the files, a table next to
them, or numbers in their names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.proposal import Proposal, first_part
from rom.data.stored import Container, whole
from rom.errors import InputError, nearest

#: The column of a table that names files.
FILE = "file"


def named_parameters(
    given: str | Sequence[str],
    paths: Sequence[Path],
    proposals: Sequence[Proposal],
    counts: np.ndarray,
) -> dict[str, np.ndarray]:
    """Name -> value of each snapshot.

    Parameters
    ----------
    given : each a name of an array or attribute, the path of a CSV table, or a regular expression
        with named groups that file names match, such as ``run_(?P<Re>\\\\d+)``
    paths, proposals, counts : the files, and how many snapshots each has

    Raises
    ------
    InputError
        If there is no such thing, or it has neither one value nor one for each snapshot.
    """
    found: dict[str, np.ndarray] = {}
    for item in [given] if isinstance(given, str) else given:
        if "(?P<" in item:
            found |= _of_names(item, paths, counts)
        elif item.lower().endswith(".csv"):
            found |= _of_table(item, paths, counts)
        else:
            values = [
                _of_file(item, proposal, n) for proposal, n in zip(proposals, counts, strict=True)
            ]
            found[item.rpartition("/")[2]] = np.concatenate(values)
    return found


def _of_file(name: str, proposal: Proposal, n: int) -> np.ndarray:
    part = first_part(proposal)
    file = part.opener(part.path)
    values = _value(file, name, part.path)
    if values.size not in (1, n):
        raise InputError(
            f"{part.path}: {name!r} has {values.size} values, there are {n} snapshots; a parameter"
            " has one value, or one for each snapshot"
        )
    return np.broadcast_to(values.ravel(), n) if values.size == 1 else values.ravel()


def array_or_attribute(file: Container, name: str) -> np.ndarray:
    """An array of that name; where there is none, an attribute of the file."""
    attributes = file.attributes()
    is_attribute = name in attributes and name not in file.shapes()
    return np.asarray(attributes[name]) if is_attribute else whole(file.array(name))


def _value(file: Container, name: str, path: Path) -> np.ndarray:
    attributes = file.attributes()
    if name not in file.shapes() and name not in attributes:
        known = nearest(name, [*file.shapes(), *attributes])
        raise InputError(f"{path}: no array or attribute {name!r}; {known}")
    return array_or_attribute(file, name)


def _of_names(pattern: str, paths: Sequence[Path], counts: np.ndarray) -> dict[str, np.ndarray]:
    try:
        expression = re.compile(pattern)
    except re.error as error:
        raise InputError(f"{pattern!r} is no regular expression: {error}") from error
    found: dict[str, list[np.ndarray]] = {}
    for path, n in zip(paths, counts, strict=True):
        match = expression.search(path.name)
        if match is None:
            raise InputError(f"{path}: its name does not match {pattern!r}")
        for name, text in match.groupdict().items():
            found.setdefault(name, []).append(np.full(n, _number(text)))
    return {name: np.concatenate(values) for name, values in found.items()}


def _number(text: str | None) -> Any:
    try:
        return float(text or "")
    except ValueError:
        return text or ""


def _of_table(given: str, paths: Sequence[Path], counts: np.ndarray) -> dict[str, np.ndarray]:
    import pandas as pd  # here: not needed unless there is a table

    path = Path(given) if Path(given).is_file() else paths[0].parent / given
    try:
        table = pd.read_csv(path)
    except (ValueError, OSError) as error:
        raise InputError(f"{path}: cannot be read as CSV: {error}") from error
    n = int(np.sum(counts))
    if FILE in table:
        rows = table.set_index(table[FILE].map(lambda name: Path(str(name)).name))
        missing = [path.name for path in paths if path.name not in rows.index]
        if missing or rows.index.has_duplicates:
            what = f"no row for {missing[0]}" if missing else "a file stands in it twice"
            raise InputError(f"{path}: {what}")
        table = rows.loc[np.repeat([path.name for path in paths], counts)].drop(columns=FILE)
    elif len(table) == len(paths) != n:
        table = table.loc[np.repeat(np.arange(len(paths)), counts)]
    elif len(table) != n:
        raise InputError(
            f"{path}: {len(table)} rows; a row for each of the {n} snapshots or {len(paths)} files"
            f" is needed, or a column {FILE!r}"
        )
    return {str(name): column.to_numpy() for name, column in table.items()}
