"""Output files: never over what is read, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
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


@contextmanager
def parts(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Names to write under; they get their real names together at the end, and are gone after a
    failure.
    """
    unfinished = [path.with_name(f"{path.name}.{os.getpid()}.part") for path in paths]
    try:
        yield unfinished
        for part, path in zip(unfinished, paths, strict=True):
            os.replace(part, path)
    finally:
        for part in unfinished:
            part.unlink(missing_ok=True)
