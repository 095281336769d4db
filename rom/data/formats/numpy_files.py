"""NumPy's .npy, which stays on the disk, and .npz, whose arrays are read into memory."""

from __future__ import annotations

import math
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
from rom.data.limits import check_fits, check_unpacked
from rom.data.stored import HeldArrays
from rom.errors import InputError, reading

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
    with reading(path, what="a file of NumPy"):
        if not zipfile.is_zipfile(path):
            return {ALONE: np.lib.format.open_memmap(path, mode="r")}, []
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            for member in members:
                check_unpacked(member.file_size, member.compress_size, f"{path}: {member.filename}")
            check_fits(sum(member.file_size for member in members), f"{path}: its arrays")
            for member in members:
                name = member.filename.removesuffix(".npy")
                values = _member(archive, member)
                if values is not None and values.dtype.kind in "fiub" and values.size:
                    arrays[name] = values
                else:
                    others.append(name)
    words = [f"left out (not real numbers, or empty): {', '.join(others)}"] if others else []
    return arrays, words


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> np.ndarray | None:
    """An array of an archive, if it is as large as it says; None for Python objects."""
    with archive.open(member) as stream:
        version = np.lib.format.read_magic(stream)
        # the public functions are those of single versions
        head = {1: np.lib.format.read_array_header_1_0, 2: np.lib.format.read_array_header_2_0}
        shape, _, dtype = head.get(version[0], head[2])(stream)
    if dtype.hasobject:
        return None
    n_bytes = math.prod(shape) * dtype.itemsize
    if n_bytes > member.file_size:
        raise InputError(f"{member.filename} claims {n_bytes} bytes and has {member.file_size}")
    with archive.open(member) as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
