"""Rows of a CSV file as snapshots: numbers only, one snapshot a line, gzip or not."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats.options import INTEGER, INTEGERS, NAME, NAMES, NUMBER, check_options, one_path
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.errors import InputError

TITLE = "the CSV layout"
OPTIONS = {
    "axes": NAME,
    "grid_shape": INTEGERS,
    "label_column": INTEGER,
    "factor": NUMBER,
    "variables": NAMES,
}


def recognise(path: Path) -> str:
    """Never by itself: a table of numbers does not say what its columns are."""
    return ""


def open_files(paths: Sequence[Path], mapping: Mapping[str, Any]) -> Snapshots:
    """Open a CSV file without a header line.

    Options: ``axes`` (e.g. "t y x"), ``grid_shape``, ``label_column`` (a column number that holds a
    label, e.g. -1), ``factor`` (values are multiplied by it), ``variables``.
    """
    check_options(mapping, OPTIONS, TITLE)
    path = one_path(paths, TITLE)
    import pandas as pd  # here: not needed unless a CSV file is opened

    try:
        table = pd.read_csv(path, header=None).to_numpy()
    except (ValueError, OSError, EOFError, zlib.error) as error:
        raise InputError(f"{path}: cannot be read as CSV: {error}") from error
    if table.dtype.kind not in "fiu":
        raise InputError(f"{path}: a table of numbers without a header line expected")
    parameters = None
    if "label_column" in mapping:
        column = int(mapping["label_column"])
        if not -table.shape[1] <= column < table.shape[1]:
            raise InputError(
                f"{path}: label_column={column}, but a line has {table.shape[1]} numbers"
            )
        if not np.isfinite(table[:, column]).all():
            raise InputError(f"{path}: a label in column {column} is missing")
        parameters = {"label": table[:, column].astype(np.int64)}
        table = np.delete(table, column, axis=1)
    grid = tuple(str(mapping.get("axes", "t point")).split()[1:])
    shape = tuple(mapping.get("grid_shape", (table.shape[1],)))
    names = mapping.get("variables", "x")
    layout = FieldLayout((names,) if isinstance(names, str) else tuple(names), shape, grid)
    values = table.astype(np.float32) * np.float32(mapping.get("factor", 1.0))
    return Snapshots(ArraySource(values), layout, parameters=parameters, name=Path(path).stem)
