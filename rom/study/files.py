"""Reading the files of a store: damaged ones are named."""

from __future__ import annotations

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
