"""Checked access to what lies in an HDF5 file: the wrong kind of item is the user's mistake, not a
traceback.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import h5py
import numpy as np

from rom.data.filters import advice, missing_filters
from rom.data.hdf5_look import dataset_paths
from rom.data.hdf5_open import open_hdf5
from rom.data.slab import check_chunks, check_storage, read_all
from rom.data.stored import described, vector
from rom.errors import InputError, nearest

#: First bytes of files that are not read, and what to do with them.
OTHERS = {
    b"CDF\x05": "a netCDF file of 64-bit data (CDF-5); convert it: nccopy -k nc4 OLD NEW",
    b"PK": "a ZIP archive that is not one of NumPy; unpack it",
}


def require_hdf5(path: Path) -> None:
    """Raise InputError for a file that is not HDF5; the message says what it is, where that is
    known.
    """
    if h5py.is_hdf5(path):
        return
    with open(path, "rb") as stream:
        head = stream.read(16)
    known = next(
        (words for magic, words in OTHERS.items() if head.startswith(magic)), "not an HDF5 file"
    )
    raise InputError(
        f"{path}: {known if head else 'empty'}; rom reads HDF5, netCDF, MATLAB, NumPy and IDX files"
    )


def signed(path: Path, names: Sequence[str]) -> str:
    """Why a file with all these datasets is of a layout that has them, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        known = all(isinstance(file.get(name), h5py.Dataset) for name in names)
        return f"datasets {', '.join(names)}" if known else ""


def dataset_names(file: h5py.File) -> dict[str, tuple[int, ...]]:
    """All datasets of a file with their shapes."""
    paths = [path.decode("utf-8", "surrogateescape") for path in dataset_paths(file)]
    return {path: file[path].shape or () for path in paths}


def number_shapes(file: h5py.File) -> dict[str, tuple[int, ...]]:
    """The datasets of real numbers with their shapes."""
    return {name: n for name, n in dataset_names(file).items() if file[name].dtype.kind in "fiu"}


def describe(file: h5py.File) -> str:
    """The file's datasets in words, at most twelve of them."""
    return described(dataset_names(file))


def dataset(file: h5py.File, name: str, path: Path) -> h5py.Dataset:
    """A dataset of real numbers; InputError names the nearest where there is none of that name."""
    item = file.get(name)
    if not isinstance(item, h5py.Dataset):
        what = (
            f"{name!r} is a group, not a dataset"
            if isinstance(item, h5py.Group)
            else f"no dataset {name!r}"
        )
        raise InputError(f"{path}: {what}; {nearest(name, dataset_names(file))}")
    if item.dtype.kind not in "fiub":
        raise InputError(f"{path}: dataset {name!r} holds {item.dtype}, not real numbers")
    if item.shape is None or item.size == 0:
        raise InputError(f"{path}: dataset {name!r} of shape {item.shape} is empty")
    if missing := missing_filters(item):
        raise InputError(
            f"{path}: dataset {name!r} is compressed with {', '.join(missing)}, which the HDF5"
            f" library here cannot undo; {advice(missing)}"
        )
    return item


def read(file: h5py.File, name: str, path: Path) -> np.ndarray:
    """All values of a dataset of real numbers."""
    return read_all(dataset(file, name, path))


def optional(file: h5py.File, name: str | None, path: Path) -> np.ndarray | None:
    """The values of a dataset, None for no name."""
    return None if name is None else read(file, name, path)


def text(item: h5py.Group | h5py.Dataset, name: str) -> str:
    """An attribute as text, "" where there is none: a string of fixed length comes as bytes, and
    alone in an array.
    """
    values = np.ravel(item.attrs.get(name, ""))
    value = values[0] if values.size == 1 and not isinstance(values[0], h5py.Empty) else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def units(file: h5py.File, names: Mapping[str, str]) -> dict[str, str]:
    """Axis -> unit of its coordinates, where the dataset says one."""
    return {axis: unit for axis, name in names.items() if (unit := text(file[name], "units"))}


def coordinates(file: h5py.File, names: Mapping[str, str], path: Path) -> dict[str, np.ndarray]:
    """Axis -> cell centres, from axis -> name of a dataset; a matrix of one row or column is a
    vector.
    """
    return {axis: vector(read(file, name, path)) for axis, name in names.items()}


def parameters(file: h5py.File) -> dict[str, np.ndarray]:
    """Values that belong to the snapshots, the datasets of the group ``parameters``; they may be
    text.
    """
    group = file.get("parameters")
    items = group.items() if isinstance(group, h5py.Group) else ()
    return {name: values(item) for name, item in items if isinstance(item, h5py.Dataset)}


def values(item: h5py.Dataset) -> np.ndarray:
    """All values of a dataset; text as text."""
    if not h5py.check_string_dtype(item.dtype):
        return read_all(item)
    check_storage(item, item.shape or ())
    check_chunks(item)
    return np.asarray(item.asstr(errors="replace")[()], str)
