"""MATLAB files since version 7.3, which are HDF5: MATLAB's (x, y, t) is (t, y, x) there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5, workspace
from rom.data.formats.common.workspace_axes import MATLAB, Item
from rom.data.hdf5_file import HDF5File
from rom.data.hdf5_open import open_hdf5

TITLE = "MATLAB 7.3"
OPTIONS = workspace.OPTIONS
HEADER = b"MATLAB 7.3 MAT-file"
LOOK_AT = 10  # items of the root at most: in a file of MATLAB each has the attribute
NUMERIC = re.compile(
    r"double|single|u?int(8|16|32|64)|"
)  # MATLAB_class; "" for arrays that another program added


def recognise(path: Path) -> str:
    """Why this is a MATLAB file, or ""."""
    if not h5py.is_hdf5(path):
        return ""
    with open(path, "rb") as stream:
        if stream.read(len(HEADER)) == HEADER:
            return f"it begins with {HEADER.decode()}"
    with open_hdf5(path) as file:
        for name in itertools.islice(file, LOOK_AT):
            if (item := file.get(name)) is not None and "MATLAB_class" in item.attrs:
                return f"attribute MATLAB_class of {name}"
    return ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Arrays of one shape along a vector of times: see :mod:`rom.data.formats.common.workspace`."""
    with open_hdf5(path) as file:
        arrays, words = _arrays(file)
        found = workspace.Workspace(path, HDF5File, arrays, words, MATLAB)
        return workspace.propose(found, options)


def _items(group: h5py.Group, prefix: str = "") -> list[tuple[str, h5py.Dataset | h5py.Group]]:
    """What the workspace holds; a field of a struct is called struct/field."""
    found = []
    for name in group:
        item = group.get(name)
        if item is None or name.startswith("#"):
            continue
        found.append((prefix + name, item))
        if isinstance(item, h5py.Group) and "MATLAB_sparse" not in item.attrs:
            found += _items(item, f"{prefix}{name}/")
    return found


def _arrays(file: h5py.File) -> tuple[dict[str, Item], list[str]]:
    """Full arrays of real numbers; what is something else, in words."""
    arrays: dict[str, Item] = {}
    left_out: dict[str, list[str]] = {}
    for name, item in _items(file):
        kind = hdf5.text(item, "MATLAB_class")
        if isinstance(item, h5py.Group):
            what = "sparse" if "MATLAB_sparse" in item.attrs else ""
        elif item.attrs.get("MATLAB_empty", 0) or kind == "char":
            what = ""  # an empty array is stored as its size
        elif item.dtype.names:
            what = "complex"
        elif NUMERIC.fullmatch(kind) and item.dtype.kind in "fiu":
            what, arrays[name] = "", Item(name, item, MATLAB)
        else:
            what = kind or str(item.dtype)
        if what:
            left_out.setdefault(what, []).append(name)
    return arrays, left_out_words(left_out)


def left_out_words(left_out: Mapping[str, list[str]]) -> list[str]:
    """What is left out and why; a logical array may be a mask."""
    words = [f"left out ({what}): {', '.join(names)}" for what, names in left_out.items()]
    masks = [name for name in left_out.get("logical", ()) if "mask" in name.lower()]
    return words + [
        f"if {name!r} is true where there are no data, give --mask {name} (in Python:"
        f" mask={name!r})"
        for name in masks
    ]
