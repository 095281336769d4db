"""MATLAB files before version 7.3, read by SciPy into memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import workspace
from rom.data.formats.common.workspace_axes import MATLAB, Item
from rom.data.formats.matlab.version73 import left_out_words
from rom.data.stored import HeldArrays
from rom.errors import InputError

TITLE = "MATLAB before 7.3"
OPTIONS = workspace.OPTIONS
HEADER = b"MATLAB 5.0 MAT-file"
#: What SciPy raises for a damaged file.
UNREADABLE = (ValueError, TypeError, IndexError, KeyError, OSError, NotImplementedError)


def recognise(path: Path) -> str:
    """Why this is such a file, or ""; those of version 4 have no signature, only a name."""
    with open(path, "rb") as stream:
        head = stream.read(len(HEADER))
    if head == HEADER:
        return f"it begins with {HEADER.decode()}"
    is_4 = path.suffix.lower() == ".mat" and head[:1] in b"\0\x0a\x14\x1e\xe8" and len(head) > 4
    return "its name and no other signature: MATLAB 4" if is_4 and head[:4] != b"\x89HDF" else ""


def open_file(path: Path) -> HeldArrays:
    """All arrays, in the order of axes in which HDF5 has them: MATLAB's (x, y, t) is (t, y, x)."""
    return HeldArrays({name: values.T for name, values in _items(_content(path))}, path)


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Arrays of one shape along a vector of times: see :mod:`rom.data.formats.common.workspace`."""
    arrays: dict[str, Item] = {}
    left_out: dict[str, list[str]] = {}
    content = _content(path)
    logical = _logical(path)
    for name, values in _items(content):
        what = "logical" if name in logical else _left_out(values)
        if what is None:
            arrays[name] = Item(name, values.T, MATLAB)
        elif what:
            left_out.setdefault(what, []).append(name)
    words = left_out_words(left_out)
    found = workspace.Workspace(path, open_file, arrays, words, MATLAB)
    return workspace.propose(found, options)


def _content(path: Path) -> dict[str, Any]:
    from scipy.io import loadmat, matlab  # here: not needed unless such a file is opened

    try:
        return loadmat(path, struct_as_record=True)
    except (matlab.MatReadError, *UNREADABLE) as error:
        raise InputError(f"{path}: damaged, or not a MATLAB file: {error}") from error


def _logical(path: Path) -> set[str]:
    """Logical arrays, which SciPy reads as whole numbers."""
    from scipy.io import whosmat

    return {name for name, _, kind in whosmat(path) if kind == "logical"}


def _items(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What the workspace holds; a field of a struct is called struct/field."""
    for name, values in content.items():
        if name.startswith("__"):
            continue
        if isinstance(values, np.ndarray) and values.dtype.names and values.size == 1:
            fields = {field: values[field].flat[0] for field in values.dtype.names}
            yield from _items(fields, f"{prefix}{name}/")
        else:
            yield prefix + name, values


def _left_out(values: Any) -> str | None:
    """Why an array is not one of real numbers; None for one that is, "" for what needs no word."""
    if not isinstance(values, np.ndarray):
        return "sparse"
    if values.size == 0 or values.dtype.kind in "US":
        return ""
    if values.dtype.kind == "c":
        return "complex"
    return None if values.dtype.kind in "fiu" else "struct or cell"
