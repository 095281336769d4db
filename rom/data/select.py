"""Part of the data: some snapshots, and some of the grid, by numbers or by values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data.dates import period
from rom.data.layout import POINT_AXIS, FieldLayout
from rom.errors import InputError, nearest

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots

#: Names of the axis of the snapshots.
ROWS = ("t", "time", "snapshot")


def isel(snapshots: Snapshots, where: Mapping[str, Any]) -> Snapshots:
    """A lazy view of part of the data, by numbers: of snapshots (``t``) and along grid axes.

    Parameters
    ----------
    snapshots : Snapshots
    where : axis -> number, slice or increasing numbers; a number alone leaves out its axis

    Raises
    ------
    InputError
        If there is no such axis or number, or the mesh has cells.

    Examples
    --------
    >>> import rom
    >>> X = np.arange(120.0).reshape(2, 3, 4, 5)
    >>> snapshots = rom.Snapshots.from_array(X, axes="t z y x")
    >>> part = snapshots.isel(t=slice(1, 2), z=0, x=slice(0, 2))
    >>> part.shape, part.layout.axes, part[0].tolist()
    ((1, 8), ('y', 'x'), [60.0, 61.0, 65.0, 66.0, 70.0, 71.0, 75.0, 76.0])
    """
    where = dict(where)
    for name in [name for name in where if name in ROWS and name not in snapshots.layout.axes]:
        rows = np.atleast_1d(_numbers(name, where.pop(name), len(snapshots)))
        snapshots = snapshots.select(rows)
    if not where:
        return snapshots
    layout = snapshots.layout
    for name in where:
        if name not in layout.axes:
            raise InputError(f"{snapshots.name}: no axis {name!r}; {nearest(name, layout.axes)}")
    chosen = [
        _numbers(axis, where.get(axis, slice(None)), n)
        for axis, n in zip(layout.axes, layout.grid_shape, strict=True)
    ]
    inside = np.zeros(layout.grid_shape, dtype=bool)
    inside[np.ix_(*map(np.atleast_1d, chosen))] = True
    keep = np.tile(inside.ravel(), layout.n_variables)
    part = _part(layout, chosen, inside)
    if layout.packed:
        keep = keep[layout.valid]
    return snapshots.map(None, part, keep=keep)


def sel(snapshots: Snapshots, where: Mapping[str, Any]) -> Snapshots:
    """The same by values: of coordinates, times and parameters.

    Parameters
    ----------
    snapshots : Snapshots
    where : axis, "time" or parameter -> value, or slice of both ends, which belong to it. Where
        times count from a date, dates are text: ``time=slice("1990", "2000-06")``.

    Raises
    ------
    InputError
        If there is no such axis, or nothing has such values.

    Examples
    --------
    >>> import rom
    >>> snapshots = rom.Snapshots.from_array(np.eye(4), times=np.arange(4.0))
    >>> snapshots.sel(time=slice(1, 2)).times.tolist()
    [1.0, 2.0]
    """
    numbers, words = {}, []
    for name, wanted in where.items():
        values, unit, kind = _values(snapshots, name)
        found = _within(name, values, wanted, unit, snapshots.name)
        if kind == "rows":
            snapshots = snapshots.select(found)
        else:
            # a value alone leaves out its axis
            numbers[name] = found if isinstance(wanted, slice) else int(found[0])
        words.append(f"{name} = {_text(wanted)}: {len(found)} of {len(values)}")
    return isel(snapshots, numbers).noted(f"selected {'; '.join(words)}")


def thinned(snapshots: Snapshots, options: Mapping[str, Any]) -> Snapshots:
    """Part of the data as the options ``select``, ``coarsen`` and ``every`` say, in this order."""
    if "select" in options:
        snapshots = sel(snapshots, parse(options["select"]))
    for name, what in (("coarsen", "cell along each axis"), ("every", "snapshot")):
        step = options.get(name, 1)
        if step < 1:
            raise InputError(f"{name}={step!r} must be at least 1")
        if step > 1:
            along = snapshots.layout.axes if name == "coarsen" else ("t",)
            snapshots = isel(snapshots, dict.fromkeys(along, slice(None, None, step)))
            snapshots = snapshots.noted(f"one {what} in {step} is taken")
    return snapshots


def parse(text: str) -> dict[str, Any]:
    """What ``--select`` says: names with a value or a range, whose ends may be left out.

    >>> parse("level=850, time=1990:2000, lat=:30")
    {'level': '850', 'time': slice('1990', '2000', None), 'lat': slice(None, '30', None)}
    """
    found: dict[str, Any] = {}
    for part in text.split(","):
        name, is_given, value = (piece.strip() for piece in part.partition("="))
        if not (name and is_given and value):
            raise InputError(f"{part.strip()!r}: NAME=VALUE or NAME=FROM:TO expected, with commas")
        low, is_range, high = value.partition(":")
        found[name] = slice(low.strip() or None, high.strip() or None) if is_range else value
    return found


def _numbers(axis: str, wanted: Any, n: int) -> Any:
    """Numbers along an axis as an increasing array, or one number."""
    try:
        found = np.arange(n)[wanted]
    except (IndexError, TypeError, ValueError) as error:
        raise InputError(f"{axis} = {wanted!r} is not among 0 to {n - 1}: {error}") from error
    if np.ndim(found) and (not len(found) or (np.diff(found) <= 0).any()):
        raise InputError(f"{axis} = {wanted!r} selects nothing, or not in increasing order")
    return found


def _part(layout: FieldLayout, chosen: list[Any], inside: np.ndarray) -> FieldLayout:
    kept = [i for i, numbers in enumerate(chosen) if np.ndim(numbers)]
    axes = tuple(layout.axes[i] for i in kept)
    shape = tuple(len(chosen[i]) for i in kept)
    grid = np.ix_(*map(np.atleast_1d, chosen))
    mask = layout.mask
    if mask is not None:
        leading = mask.shape[: mask.ndim - inside.ndim]
        mask = mask[(slice(None),) * len(leading) + grid].reshape(*leading, *(shape or (1,)))
    mesh = layout.mesh
    if mesh is not None and len(mesh.connectivity):
        raise InputError("part of a mesh with cells cannot be selected")
    return replace(
        layout,
        grid_shape=shape or (1,),
        axes=axes or (POINT_AXIS,),
        coordinates={a: v[chosen[layout.axes.index(a)]] for a, v in layout.coordinates.items()
                     if a in axes},
        coordinate_units={a: u for a, u in layout.coordinate_units.items() if a in axes},
        weights=None if layout.weights is None else layout.weights[grid].reshape(shape or (1,)),
        mask=mask,
        mesh=None if mesh is None else replace(mesh, points=mesh.points[inside.ravel()]),
        periodic=tuple(
            a for a in layout.periodic
            if a in axes and len(chosen[layout.axes.index(a)])
            == layout.grid_shape[layout.axes.index(a)]
        ),
    )  # fmt: skip


def _values(snapshots: Snapshots, name: str) -> tuple[np.ndarray, str, str]:
    """The values that a name stands for, their unit, and whether they are those of rows."""
    layout = snapshots.layout
    if name in layout.coordinates:
        return np.asarray(layout.coordinates[name]), layout.coordinate_units.get(name, ""), "grid"
    if name in snapshots.parameters:
        return snapshots.parameters[name], "", "rows"
    if name in ROWS and snapshots.times is not None:
        return snapshots.times, snapshots.time_unit, "rows"
    if name in layout.axes:  # without coordinates: the numbers of its cells
        return np.arange(layout.grid_shape[layout.axes.index(name)]), "", "grid"
    known = [
        *layout.axes,
        *snapshots.parameters,
        *(["time"] if snapshots.times is not None else []),
    ]
    raise InputError(f"{snapshots.name}: nothing is called {name!r}; {nearest(name, known)}")


def _within(name: str, values: np.ndarray, wanted: Any, unit: str, where: str) -> np.ndarray:
    """Numbers of the values in a range (both ends belong to it), or nearest to one value."""
    if isinstance(wanted, slice):
        low, high, is_open = -np.inf, np.inf, False
        if wanted.start is not None:
            low = _period(name, wanted.start, unit)[0]
        if wanted.stop is not None:
            _, high, is_open = _period(name, wanted.stop, unit)
        below = values < high if is_open else values <= high
        found = np.flatnonzero((values >= low) & below)
        if not len(found):
            raise InputError(
                f"{where}: no {name} in {_text(wanted)}; there are {values.min():g} to"
                f" {values.max():g} {unit}".rstrip()
            )
        return found
    if values.dtype.kind not in "fiub":
        found = np.flatnonzero(values == wanted)
    else:
        low, high, is_open = _period(name, wanted, unit)
        near = values[np.argmin(np.abs(values - low))]
        inside = (values >= low) & (values < high) if is_open else np.isclose(values, low)
        found = np.flatnonzero(inside)
        if not len(found):
            raise InputError(f"{where}: no {name} = {_text(wanted)}; the nearest is {near:g}")
    if not len(found):
        raise InputError(f"{where}: no {name} = {_text(wanted)}")
    return found


def _period(name: str, wanted: Any, unit: str) -> tuple[float, float, bool]:
    """A value as a number; a date is a period, from its begin to the begin of the next."""
    if not isinstance(wanted, int | float):
        try:
            ends = period(str(wanted), unit)
        except ValueError as error:
            raise InputError(f"{name}: {wanted!r} is no date such as 1990 or 1990-05-31") from error
        if ends is not None:
            return *ends, True
    try:
        return float(wanted), float(wanted), False
    except (TypeError, ValueError) as error:
        raise InputError(f"{name}: {wanted!r} is no number") from error


def _text(wanted: Any) -> str:
    if not isinstance(wanted, slice):
        return str(wanted)
    low, high = ("" if end is None else str(end) for end in (wanted.start, wanted.stop))
    return f"{low}:{high}"
