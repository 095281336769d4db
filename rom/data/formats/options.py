"""Checks of a reader's options that every file layout shares."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rom.errors import InputError, nearest


def only_options(mapping: Mapping[str, Any], known: Sequence[str], what: str) -> None:
    """Raise InputError for an option that this layout does not have."""
    for key in mapping:
        if key not in known:
            raise InputError(f"{what} has no option {key!r}; {nearest(key, known)}")


def one_path(paths: Sequence[Path], what: str) -> Path:
    """The only path, or InputError."""
    if len(paths) != 1:
        raise InputError(f"{what} is one file, got {len(paths)}")
    return Path(paths[0])


def choose_variables(wanted: Sequence[str] | str | None, present: Sequence[str], path: Path) -> list[str]:
    """The wanted variables, all of them by default; InputError names the nearest for a wrong one."""
    names = [wanted] if isinstance(wanted, str) else list(wanted or present)
    for name in names:
        if name not in present:
            raise InputError(f"{path}: no variable {name!r}; {nearest(name, present)}")
    return names
