"""The one door to HDF5 files that are read: what is behind it has been looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import h5py

from rom.data.apart import apart
from rom.data.hdf5_look import look

#: A file as it is: path, number on its disk, bytes, and time of the last change.
Identity = tuple[str, int, int, int]
#: Files that were looked at, as they were then.
_known: set[Identity] = set()


def open_hdf5(path: str | Path) -> h5py.File:
    """A file, open for reading; an unknown one is looked at in another process first.

    Raises
    ------
    InputError
        If the HDF5 library dies of the file or hangs, or a link leads out of its folder.
    """
    look_at([Path(path)])
    return h5py.File(path, "r")


def look_at(paths: Iterable[Path]) -> None:
    """Look at those that are HDF5 files and are not known, all in one other process.

    Raises
    ------
    InputError
        As :func:`open_hdf5`, of the first that is refused.
    """
    unknown = {identity(path): path for path in paths if path.is_file()}
    unknown = {key: path for key, path in unknown.items() if key not in _known}
    unknown = {key: path for key, path in unknown.items() if h5py.is_hdf5(path)}
    if unknown:
        apart(look, list(unknown.values()))
        _known.update(unknown)


def identity(path: Path) -> Identity:
    """What changes when a file is written."""
    there = path.stat()
    return os.path.abspath(path), there.st_ino, there.st_size, there.st_mtime_ns
