"""Checks of a reader's options that every file layout shares."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from rom.errors import InputError, nearest


def _is_list_of(kind: type, value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(v, kind) for v in value)
    )


#: Kind of an option -> what it has to look like. The options come from TOML files too, so any type
#: may come.
KINDS: dict[str, Callable[[Any], bool]] = {
    "a name": lambda value: isinstance(value, str),
    "a name or a list of names": (
        lambda value: isinstance(value, str) or (_is_list_of(str, value) and len(value) > 0)
    ),
    "a list of names": lambda value: _is_list_of(str, value),
    "a list of integers": lambda value: _is_list_of(Integral, value),
    "an integer": lambda value: isinstance(value, Integral),
    "a number": lambda value: isinstance(value, Real),
    "a table of names": (
        lambda value: isinstance(value, Mapping) and _is_list_of(str, [*value, *value.values()])
    ),
}
NAME, NAMES, LIST, INTEGERS, INTEGER, NUMBER, TABLE = KINDS


def check_options(mapping: Mapping[str, Any], known: Mapping[str, str], what: str) -> None:
    """Raise InputError for an option that this layout does not have, or of another kind than
    `known` says.
    """
    for key, value in mapping.items():
        if key not in known:
            raise InputError(f"{what} has no option {key!r}; {nearest(key, known)}")
        if not KINDS[known[key]](value):
            raise InputError(f"option {key!r} of {what} must be {known[key]}, got {value!r}")


def choose_variables(
    wanted: Sequence[str] | str | None, present: Sequence[str], path: Path
) -> list[str]:
    """The wanted variables, all of them by default; InputError names the nearest for a wrong
    one.
    """
    names = [wanted] if isinstance(wanted, str) else list(wanted or present)
    for name in names:
        if name not in present:
            raise InputError(f"{path}: no variable {name!r}; {nearest(name, present)}")
    return names
