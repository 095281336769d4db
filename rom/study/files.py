"""Files of a store: whole or not there, and damaged ones are named."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rom.errors import MISTAKES, InputError
from rom.strings import one_line


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What is damaged or missing in a store is an InputError that names the file."""
    try:
        yield
    except InputError as error:
        if one_line(str(path)) in str(error):
            raise
        raise InputError(f"{path}: {error}") from error
    except MISTAKES:
        raise
    except Exception as error:  # libraries raise any kind for a broken file: rom.errors.reading
        raise InputError(
            f"{path}: damaged or missing ({error}); run the comparison again"
        ) from error


def replace(target: Path, text: str) -> None:
    """Write a file under another name first: what has the name is whole."""
    part = target.with_name(target.name + ".part")
    part.write_text(text, encoding="utf-8")
    to_disk(part)
    part.replace(target)


def to_disk(path: Path) -> None:
    """What a file holds is on the disk before it gets its name: after a power cut too, what has a
    name is whole.
    """
    with open(path, "rb") as stream:
        os.fsync(stream.fileno())
