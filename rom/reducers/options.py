"""A reducer's constructor is its list of options: their names and types."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from rom.errors import InputError, nearest


def parameters_of(reducer: type) -> list[str]:
    """The constructor's arguments."""
    return list(inspect.signature(reducer).parameters)


def check_options(
    reducer: type,
    options: Mapping[str, Any],
    *,
    allow_nan: bool = False,
    without: frozenset[str] = frozenset(),
) -> dict[str, Any]:
    """The options in the constructor's types; what values are allowed the reducer checks itself.

    Parameters
    ----------
    without : names that are known, but not to be given here

    Raises
    ------
    InputError
        If a name is unknown or a value of another type; the message begins with the name.
    """
    known = set(parameters_of(reducer)) - without
    types = get_type_hints(vars(reducer)["__init__"])
    config = ConfigDict(allow_inf_nan=allow_nan)
    found = {}
    for key, value in options.items():
        if key not in known:
            raise InputError(f": unknown option {key!r}; {nearest(key, known)}")
        try:
            found[key] = TypeAdapter(types.get(key, Any), config=config).validate_python(value)
        except ValidationError as error:
            raise InputError(f".{key}: {error.errors()[0]['msg']}, got {value!r}") from error
    return found
