"""Output files: never over what is read. How they are written: :mod:`rom.files`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from rom.errors import InputError


def check_free(targets: Iterable[Path], sources: Sequence[Path]) -> None:
    """Raise InputError for a file that cannot be written, or that is read from and would be
    overwritten.
    """
    for path in targets:
        if path.is_dir() or not path.parent.is_dir():
            raise InputError(f"{path}: {'is a folder' if path.is_dir() else 'no such folder'}")
        if path.exists() and not path.is_file():
            raise InputError(f"{path}: is a device or a pipe, not a file; choose another name")
        if path.exists() and any(source.exists() and path.samefile(source) for source in sources):
            raise InputError(f"{path}: is read from and would be overwritten; choose another name")
