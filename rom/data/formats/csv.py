"""Rows of a CSV file as snapshots: numbers only, one snapshot a line, gzip or not."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats.options import INTEGER, INTEGERS, NAME, NAMES, NUMBER
from rom.data.formats.proposal import Proposal
from rom.data.layout import POINT_AXIS
from rom.data.parts import Decoding, Part
from rom.data.stored import HeldArrays, whole
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


@dataclass(frozen=True)
class Table:
    """Opens a CSV file without a header line: the array ``values``, and perhaps ``label``."""

    label_column: int | None = None
    grid_shape: tuple[int, ...] | None = None

    def __call__(self, path: Path) -> HeldArrays:
        import pandas as pd  # here: not needed unless a CSV file is opened

        try:
            table = pd.read_csv(path, header=None).to_numpy()
        except (ValueError, OSError, EOFError, zlib.error) as error:
            raise InputError(f"{path}: cannot be read as CSV: {error}") from error
        if table.dtype.kind not in "fiu":
            raise InputError(f"{path}: a table of numbers without a header line expected")
        arrays = {}
        if (column := self.label_column) is not None:
            if not -table.shape[1] <= column < table.shape[1]:
                raise InputError(
                    f"{path}: label_column={column}, but a line has {table.shape[1]} numbers"
                )
            if not np.isfinite(table[:, column]).all():
                raise InputError(f"{path}: a label in column {column} is missing")
            arrays["label"] = table[:, column].astype(np.int64)
            table = np.delete(table, column, axis=1)
        shape = self.grid_shape or (table.shape[1],)
        if math.prod(shape) != table.shape[1]:
            raise InputError(
                f"{path}: a line has {table.shape[1]} numbers, grid_shape describes"
                f" {math.prod(shape)}"
            )
        return HeldArrays(arrays | {"values": table.reshape(-1, *shape)}, path)


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """A CSV file without a header line.

    Options: ``axes`` (e.g. "t y x"), ``grid_shape``, ``label_column`` (a column number that holds a
    label, e.g. -1), ``factor`` (values are multiplied by it), ``variables``.
    """
    shape = options.get("grid_shape")
    opener = Table(options.get("label_column"), None if shape is None else tuple(shape))
    file = opener(path)
    axes = tuple(str(options.get("axes", f"t {POINT_AXIS}")).split())
    names = options.get("variables", "x")
    (name,) = (names,) if isinstance(names, str) else tuple(names)
    decoding = Decoding(scale=float(options.get("factor", 1.0)), dtype="float32")
    labels = {"label": whole(file.array("label"))} if "label" in file.arrays else {}
    return Proposal(
        [{name: Part(path, "values", axes, {}, decoding, opener)}], axes[1:], parameters=labels
    )
