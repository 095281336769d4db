"""What a reducer has learned, as plain values and arrays: declared once, stored and checked by it.

A reducer declares ``learned``: the name of each attribute, and what it is.

- axes of an array, a letter each: ``"k p"``. k is the number of latents, p that of features; any
  other letter stands for one size within a reducer, and ``"?"`` for any size;
- ``int``, ``float``, ``str``, ``bool`` or ``list`` (of plain values);
- ``MODEL``: a reducer within the reducer, or None.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from rom.errors import InputError

MODEL = object()
Declared = dict[str, Any]
Values = dict[str, Any]
Arrays = dict[str, np.ndarray]


def below(arrays: Mapping[str, np.ndarray], prefix: str) -> Arrays:
    """The arrays whose names start with the prefix, without it."""
    found = {name: values for name, values in arrays.items() if name.startswith(prefix)}
    return {name.removeprefix(prefix): values for name, values in found.items()}


def above(arrays: Mapping[str, np.ndarray], prefix: str) -> Arrays:
    """The arrays with the prefix before their names."""
    return {f"{prefix}{name}": values for name, values in arrays.items()}


def collect(owner: Any, declared: Declared) -> tuple[Values, Arrays]:
    """The declared attributes of a fitted reducer."""
    values: Values = {}
    arrays: Arrays = {}
    for name, kind in declared.items():
        found = getattr(owner, name)
        if kind is MODEL:
            values[name], inner = (None, {}) if found is None else found.state()
            arrays |= above(inner, f"{name}/")
        elif isinstance(kind, str):
            arrays[name] = np.asarray(found)
        else:
            values[name] = kind(found)
    return values, arrays


def give(
    owner: Any,
    declared: Declared,
    values: Values,
    arrays: Arrays,
    sizes: dict[str, int],
    model: Callable[[Values, Arrays], Any],
) -> None:
    """Set the declared attributes from what :func:`collect` gave, each checked.

    Parameters
    ----------
    sizes : known sizes of axes by letter, e.g. {"p": 12}; those that are met are added
    model : makes a reducer of its state

    Raises
    ------
    InputError
        If something is missing, of another type, or of a shape that does not fit.
    """
    for name, kind in declared.items():
        if kind is MODEL:
            inner = values[name]
            found = None if inner is None else model(inner, below(arrays, f"{name}/"))
            if found is not None and found.n_features_in_ != sizes["p"]:
                raise InputError(
                    f"{name} is of {found.n_features_in_} features, the model of {sizes['p']}"
                )
            setattr(owner, name, found)
        elif isinstance(kind, str):
            setattr(owner, name, checked(arrays, name, kind.split(), sizes))
        else:
            setattr(owner, name, _plain(values, name, kind))


def checked(arrays: Arrays, name: str, axes: list[str], sizes: dict[str, int]) -> np.ndarray:
    """The array of that name, if it has these axes."""
    if name not in arrays:
        raise InputError(f"{name} is missing")
    found = arrays[name]
    if found.dtype.kind not in "fiub" or found.ndim != len(axes):
        raise InputError(
            f"{name} is {found.dtype} of shape {found.shape}, {len(axes)} axes of numbers expected"
        )
    for axis, size in zip(axes, found.shape, strict=True):
        if axis != "?" and sizes.setdefault(axis, size) != size:
            raise InputError(f"{name} has shape {found.shape}, but {axis} is {sizes[axis]}")
    return found


def _plain(values: Values, name: str, kind: type) -> Any:
    if name not in values:
        raise InputError(f"{name} is missing")
    found = values[name]
    is_number = kind is float and isinstance(found, int) and not isinstance(found, bool)
    if type(found) is not kind and not is_number:
        raise InputError(f"{name} is {found!r}, of type {kind.__name__} expected")
    return kind(found)
