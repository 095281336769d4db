"""Tables of numbers, CSV (gzip or not) or Parquet: one snapshot a line."""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data import unpack
from rom.data.builder.options import INTEGER, INTEGERS, NAME, NAMES, NUMBER, choose_variables
from rom.data.builder.proposal import Proposal
from rom.data.formats.common.workspace_axes import times_among
from rom.data.layout import POINT_AXIS
from rom.data.limits import check_fits
from rom.data.parts import Decoding, Part
from rom.data.stored import HeldArrays, whole
from rom.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

TITLE = "a table"
OPTIONS = {
    "axes": NAME,
    "grid_shape": INTEGERS,
    "label_column": INTEGER,
    "factor": NUMBER,
    "variables": NAMES,
}
SUFFIXES = (".csv", ".csv.gz")
PARQUET = b"PAR1"
#: The text, and its numbers.
COPIES = 2
#: Name of all columns together.
VALUES = "values"
#: Columns that are the values of one variable: a name and consecutive numbers.
NUMBERED = re.compile(r"(.*?)[_ ]?(\d+)")
#: A name and a unit in brackets.
WITH_UNIT = re.compile(r"(.*\S)(?:\s*\[([^\[\]]*)\]|\s+\(([^()]*)\))")


def recognise(path: Path) -> str:
    """Why this is a table, or ""."""
    with open(path, "rb") as stream:
        if stream.read(len(PARQUET)) == PARQUET:
            return "it begins with PAR1: Parquet"
    return "its name" if path.name.lower().endswith(SUFFIXES) else ""


@dataclass(frozen=True)
class Table:
    """Opens a table: the array ``values`` of all numbers, each column by its name where there is a
    header line, and ``label``.
    """

    label_column: int | None = None
    grid_shape: tuple[int, ...] | None = None
    columns: tuple[str, ...] | None = None

    def __call__(self, path: Path) -> HeldArrays:
        table = read(path)
        arrays = {
            str(name): column.to_numpy() for name, column in table.items() if isinstance(name, str)
        }
        if self.columns is not None:
            table = table[list(self.columns)]
        values = table.to_numpy()
        if values.dtype.kind not in "fiu":
            text = [str(n) for n, dtype in table.dtypes.items() if dtype.kind not in "fiu"]
            raise InputError(f"{path}: columns without numbers: {', '.join(text[:5])}")
        if (column := self.label_column) is not None:
            if not -values.shape[1] <= column < values.shape[1]:
                raise InputError(
                    f"{path}: label_column={column}, but a line has {values.shape[1]} numbers"
                )
            if not np.isfinite(values[:, column]).all():
                raise InputError(f"{path}: a label in column {column} is missing")
            arrays["label"] = values[:, column].astype(np.int64)
            values = np.delete(values, column, axis=1)
        shape = self.grid_shape or (values.shape[1],)
        if math.prod(shape) != values.shape[1]:
            raise InputError(
                f"{path}: a line has {values.shape[1]} numbers, grid_shape describes"
                f" {math.prod(shape)}"
            )
        return HeldArrays(arrays | {VALUES: values.reshape(-1, *shape)}, path)


def read(path: Path) -> pd.DataFrame:
    """The table; its columns have numbers for names where there is no header line."""
    import pandas as pd  # here: not needed unless a table is opened

    content: Any = path
    if unpack.is_gzip(path):
        content = unpack.whole(path, COPIES)
    else:
        check_fits(COPIES * path.stat().st_size, f"{path}: the table")
    try:
        if not path.name.lower().endswith(SUFFIXES) and recognise(path):
            return pd.read_parquet(path)
        first = pd.read_csv(content, header=None, nrows=1)
        has_header = not all(dtype.kind in "fiu" for dtype in first.dtypes)
        if content is not path:
            content.seek(0)
        return pd.read_csv(content, header=0 if has_header else None, skipinitialspace=True)
    except ImportError as error:
        raise InputError(f"{path}: pandas needs pyarrow for it; pip install pyarrow") from error
    except (ValueError, OSError, EOFError, zlib.error) as error:
        said = " ".join(str(error).split())
        raise InputError(f"{path}: cannot be read as a table: {said[:200]}") from error


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """A table. With a header line a column called ``time`` or ``t`` are the times; columns with a
    name and consecutive numbers are the values of one variable, others are a variable each.

    Options, for a table without a header line: ``axes`` (e.g. "t y x"), ``grid_shape``,
    ``label_column`` (a column number that holds a label, e.g. -1), ``factor`` (values are
    multiplied by it), ``variables``.
    """
    table = read(path)
    if all(isinstance(name, str) for name in table.columns):
        return _with_header(path, table, options)
    shape = options.get("grid_shape")
    opener = Table(options.get("label_column"), None if shape is None else tuple(shape))
    file = opener(path)
    axes = tuple(str(options.get("axes", f"t {POINT_AXIS}")).split())
    names = options.get("variables", "x")
    (name,) = (names,) if isinstance(names, str) else tuple(names)
    decoding = Decoding(scale=float(options.get("factor", 1.0)), dtype="float32")
    labels = {"label": whole(file.array("label"))} if "label" in file.arrays else {}
    return Proposal(
        [{name: Part(path, VALUES, axes, {}, decoding, opener)}], axes[1:], parameters=labels
    )


def _with_header(path: Path, table: pd.DataFrame, options: Mapping[str, Any]) -> Proposal:
    for name in ("axes", "grid_shape", "label_column"):
        if name in options:
            raise InputError(f"{path}: option {name!r} is for a table without a header line")
    numeric = [str(name) for name, dtype in table.dtypes.items() if dtype.kind in "fiu"]
    given = options.get("parameters", ())
    taken = {options.get("time"), *([given] if isinstance(given, str) else given)}
    # a header may say units: "u [m/s]", "time (s)"
    named = {name: _unit(name) for name in numeric}
    times = [n for n in numeric if n not in taken and times_among([named[n][0]])][:1]
    columns = tuple(name for name in numeric if name not in taken and name not in times)
    if not columns:
        raise InputError(f"{path}: no column of numbers is left for the snapshots")
    words = []
    if left := [str(name) for name in table.columns if str(name) not in numeric]:
        words.append(f"left out (not numbers): {', '.join(left)}")
    opener = Table(columns=columns)
    decoding = Decoding(scale=float(options["factor"])) if "factor" in options else None
    stem = _stem(tuple(named[name][0] for name in columns))
    if stem is not None:
        words.append(f"{len(columns)} columns are the values of {stem}")
        parts = {stem: Part(path, VALUES, ("t", POINT_AXIS), {}, decoding, opener)}
    else:
        parts = {
            named[name][0]: Part(path, VALUES, ("t", "c"), {"c": i}, decoding, opener)
            for i, name in enumerate(columns)
        }
    if len(parts) < len(columns) and stem is None:
        raise InputError(f"{path}: two columns have one name: {', '.join(columns)}")
    chosen = choose_variables(options.get("variables"), tuple(parts), path)
    return Proposal(
        [{name: parts[name] for name in chosen}],
        (POINT_AXIS,),
        units={stem or named[name][0]: named[name][1] for name in columns},
        times=table[times[0]].to_numpy(dtype=np.float64) if times else None,
        time_unit=named[times[0]][1] if times else "",
        assumptions=words,
    )


def _unit(column: str) -> tuple[str, str]:
    """The name of a column and the unit that it says.

    >>> _unit("u [m/s]"), _unit("time (s)"), _unit("f(x)")
    (('u', 'm/s'), ('time', 's'), ('f(x)', ''))
    """
    match = WITH_UNIT.fullmatch(column)
    return (match[1], match[2] or match[3]) if match else (column, "")


def _stem(columns: tuple[str, ...]) -> str | None:
    """The name that all columns share, where consecutive numbers follow it.

    >>> _stem(("u_0", "u_1", "u_2")), _stem(("0", "1")), _stem(("u", "v"))
    ('u', 'x', None)
    """
    matches = [NUMBERED.fullmatch(name) for name in columns]
    found = [(match[1], int(match[2])) for match in matches if match]
    if len(found) < max(2, len(columns)) or len({name for name, _ in found}) > 1:
        return None
    numbers = [number for _, number in found]
    return (found[0][0] or "x") if np.all(np.diff(numbers) == 1) else None
