"""Rows of a CSV file as snapshots: numbers only, one snapshot a line, gzip or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats.options import one_path, only_options
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource
from rom.errors import InputError


def recognise(path: Path) -> str:
    """Never by itself: a table of numbers does not say what its columns are."""
    return ""


def open_files(paths: Sequence[Path], mapping: Mapping[str, Any]) -> Snapshots:
    """Open a CSV file without a header line.

    Options: ``axes`` (e.g. "t y x"), ``grid_shape``, ``label_column`` (a column number that holds a
    label, e.g. -1), ``factor`` (values are multiplied by it), ``variables``.
    """
    only_options(mapping, ["axes", "grid_shape", "label_column", "factor", "variables"], "the CSV layout")
    path = one_path(paths, "the CSV layout")
    import pandas as pd  # here: not needed unless a CSV file is opened

    try:
        table = pd.read_csv(path, header=None).to_numpy()
    except (ValueError, OSError, EOFError) as error:
        raise InputError(f"{path}: cannot be read as CSV: {error}") from error
    if table.dtype.kind not in "fiu":
        raise InputError(f"{path}: a table of numbers without a header line expected")
    parameters = None
    if "label_column" in mapping:
        column = int(mapping["label_column"])
        parameters = {"label": table[:, column].astype(np.int64)}
        table = np.delete(table, column, axis=1)
    grid = tuple(str(mapping.get("axes", "t point")).split()[1:])
    shape = tuple(mapping.get("grid_shape", (table.shape[1],)))
    layout = FieldLayout(tuple(mapping.get("variables", ("x",))), shape, grid)
    values = table.astype(np.float32) * np.float32(mapping.get("factor", 1.0))
    return Snapshots(ArraySource(values), layout, parameters=parameters, name=Path(path).stem)
