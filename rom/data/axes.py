"""Axes of arrays: which of them is the snapshots, which the variables, and which the grid."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rom.data.extras import is_xarray
from rom.data.layout import FieldLayout
from rom.errors import InputError


def arrange(
    X: np.ndarray, axes: str | None, layout: FieldLayout | None, name: str
) -> tuple[np.ndarray, FieldLayout]:
    """An array of real numbers with its axes in the order snapshots, variables, grid, and the
    layout of its rows, if none is given.
    """
    if is_xarray(X):
        raise InputError(
            f"{name}: a {type(X).__name__} of xarray has times, coordinates and units of its own:"
            " give it to rom.open_snapshots, which keeps them, or its values to from_array"
        )
    try:
        # a masked value is one that is not there: NaN, which the layout's mask has to cover
        X = (
            np.ma.filled(X.astype(np.float64), np.nan)
            if isinstance(X, np.ma.MaskedArray)
            else np.asarray(X)
        )
    except ValueError as error:
        raise InputError(f"{name}: not an array of numbers: {error}") from error
    if axes is None:
        if X.ndim != 2:
            raise InputError(
                f"an array of shape {X.shape} needs its axes named, e.g. --axes 't c y x' "
                "(in Python: axes='t c y x'; t: snapshots, c: variables, the rest: grid)"
            )
        layout = layout or FieldLayout(("x",), (X.shape[1],))
    else:
        names = parse_axes(axes, X.ndim, "the array")
        grid = [a for a in names if a not in ("t", "c")]
        X = np.moveaxis(X, [names.index(a) for a in ("t", "c", *grid) if a in names], range(X.ndim))
        if layout is None:
            n_variables = X.shape[1] if "c" in names else 1
            grid_shape = X.shape[X.ndim - len(grid) :] if grid else (1,)
            layout = FieldLayout(
                default_variables(n_variables), grid_shape, tuple(grid) or ("point",)
            )
    if X.dtype.kind not in "fiub":
        raise InputError(f"snapshots must be real numbers, got an array of type {X.dtype}")
    return X if X.dtype in (np.float32, np.float64) else X.astype(np.float64), layout


def parse_axes(
    axes: str | Sequence[str], ndim: int, what: str, *, snapshots: bool = True
) -> tuple[str, ...]:
    """Axis names of ``"t y x c"``, checked: one t (if `snapshots`), at most one c, unique, as many
    as `ndim`.
    """
    if not isinstance(axes, str | Sequence):
        raise InputError(f"axes must be names such as 't y x', got {axes!r}")
    names = tuple(axes.split()) if isinstance(axes, str) else tuple(axes)
    if any("," in name for name in names):
        raise InputError(
            f"axes {axes!r}: names stand with spaces between them, such as 't y x', without commas"
        )
    if len(names) != ndim:
        raise InputError(f"axes {' '.join(names)!r} name {len(names)} axes, but {what} has {ndim}")
    if names.count("t") != 1 and snapshots:
        raise InputError(f"axes {' '.join(names)!r} must name the snapshots 't' exactly once")
    if len(set(names)) != len(names):
        raise InputError(f"axes {' '.join(names)!r} name an axis twice")
    return names


def default_variables(n: int) -> tuple[str, ...]:
    """Names for variables that have none: ``x`` alone, else ``x0, x1, ...``."""
    return ("x",) if n == 1 else tuple(f"x{i}" for i in range(n))
