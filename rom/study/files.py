"""The boundary of what is read of a store: damaged files are named."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from rom import errors


def reading(path: Path) -> AbstractContextManager[None]:
    """What a damaged file of a store causes while it lasts is an InputError that names it."""
    return errors.reading(path, what="as a comparison leaves it", advice="run the comparison again")
