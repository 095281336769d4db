"""NumPy's .npy, which stays on the disk, and .npz, whose arrays are read into memory."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats import mapped
from rom.data.formats.common import workspace
from rom.data.formats.common.workspace_axes import NUMPY, Item, squeezed, times_among
from rom.data.layout import POINT_AXIS
from rom.data.stored import HeldArrays
from rom.errors import InputError

TITLE = "NumPy"
OPTIONS = workspace.OPTIONS
MAGIC, ZIP = b"\x93NUMPY", b"PK"
#: Name of the array of an .npy file.
ALONE = "array"
#: Axes of a matrix of which nothing else is known.
ROWS = ("t", POINT_AXIS)


def recognise(path: Path) -> str:
    """Why this is a file of NumPy, or ""."""
    with open(path, "rb") as stream:
        head = stream.read(len(MAGIC))
    if head == MAGIC:
        return "it begins with \\x93NUMPY"
    if head[:2] != ZIP or not zipfile.is_zipfile(path):
        return ""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return "an archive of .npy files" if names and all(n.endswith(".npy") for n in names) else ""


def open_file(path: Path) -> HeldArrays:
    """The arrays of a file; Python objects in it are not read."""
    arrays, _ = _arrays(path)
    return HeldArrays(arrays, path)


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Arrays of one shape along a vector of times: see :mod:`rom.data.formats.common.workspace`.

    The rows of a matrix that stands alone are the snapshots.
    """
    arrays, words = _arrays(path)
    items = {name: Item(name, values, NUMPY) for name, values in arrays.items()}
    fields = [name for name, item in items.items() if len(squeezed(item)) > 1]
    is_named = "axes" in options or "time" in options or times_among(items)
    if len(fields) == 1 and len(items[fields[0]].shape) == 2 and not is_named:
        (name,) = fields
        found = mapped.propose(path, {**options, "dataset": name, "axes": ROWS}, open_file)
        n, n_points = items[name].shape
        found.assumptions += [f"the {n} rows of {name!r} are the snapshots, of {n_points} values"]
        found.assumptions += words
        return found
    return workspace.propose(workspace.Workspace(path, open_file, items, words, NUMPY), options)


def _arrays(path: Path) -> tuple[dict[str, np.ndarray], list[str]]:
    """Arrays of real numbers by name, and what else there is in words."""
    arrays, others = {}, []
    try:
        loaded = np.load(path, mmap_mode="r", allow_pickle=False)
        if isinstance(loaded, np.ndarray):
            return {ALONE: loaded}, []
        with loaded:
            for name in loaded.files:
                try:
                    values = loaded[name]
                except ValueError:  # Python objects
                    others.append(name)
                    continue
                if values.dtype.kind in "fiub" and values.size:
                    arrays[name] = values
                else:
                    others.append(name)
    except (ValueError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise InputError(f"{path}: damaged, or not a file of NumPy: {error}") from error
    words = [f"left out (not real numbers, or empty): {', '.join(others)}"] if others else []
    return arrays, words
