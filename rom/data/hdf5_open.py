"""The one door to HDF5 files that are read: what is behind it has been looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import h5py

from rom.data.hdf5_signature import LOOKER, is_signed
from rom.data.linked import VARIABLE
from rom.errors import InputError

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
    """Look at those that are HDF5 files and are not known, all with one call.

    Raises
    ------
    InputError
        As :func:`open_hdf5`, of the first that is refused.
    """
    unknown = {identity(path): path for path in paths if path.is_file()}
    unknown = {k: path for k, path in unknown.items() if k not in _known and is_signed(path)}
    if unknown:
        _look(list(unknown.values()))
        _known.update(unknown)


def _look(paths: Sequence[Path]) -> None:
    n_bytes = sum(path.stat().st_size for path in paths)
    try:
        names, folders = [os.path.abspath(path) for path in paths], os.environ.get(VARIABLE, "")
        LOOKER.call(str(paths[0]), n_bytes, names, folders)
    except InputError:
        if len(paths) == 1:
            raise
        for path in paths:  # it may have died of any of them
            _look([path])


def identity(path: Path) -> Identity:
    """What changes when a file is written."""
    there = path.stat()
    return os.path.abspath(path), there.st_ino, there.st_size, there.st_mtime_ns


def known() -> frozenset[Identity]:
    """What this process has looked at; for :func:`trust` in another."""
    return frozenset(_known)


def trust(identities: Iterable[Identity]) -> None:
    """Take over what another process has looked at."""
    _known.update(identities)
