"""Where the values of a field are seen: along a curve, or as an image of a grid, of a slice, of a
mesh or of points.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from rom.data.layout import IMAGE_AXES, POINT_AXIS, FieldLayout
from rom.report.figures import sampling
from rom.report.words import with_unit

Grid = tuple[int | slice, ...]

#: Of two axes, the one that stands first here is drawn to the right and the other upwards.
TO_THE_RIGHT = (
    "x",
    "lon",
    "longitude",
    "r",
    "y",
    "lat",
    "latitude",
    "z",
    "lev",
    "level",
    "height",
    "depth",
    "pressure",
    "plev",
)
DOWNWARDS = (IMAGE_AXES[0], "depth", "pressure", "plev")
CURVE_POINTS = 4000  # more would not be seen and make large files


@dataclass(frozen=True)
class Geometry:
    """How a field is drawn.

    Attributes
    ----------
    values : function of a field (*grid)
        What is drawn: (n,) for a curve, (ny, nx) for an image, its first row on top and its first
        column on the left.
    x, y : (n,) or (nx,) ndarray, (ny,) ndarray; y is None for a curve
        Centres of what is drawn, x from left to right, y from top to bottom.
    labels : (str, str)
        Labels of the two axes.
    note : str
        What a caption has to say of it.
    with_ticks : bool
        Whether the coordinates are known.
    alike : bool
        Whether both coordinates have one unit, so that a length is a length in both directions.
    is_picture : bool
        Whether it is a photograph or drawing, and not a field in space.
    """

    values: Callable[[np.ndarray], np.ndarray]
    x: np.ndarray
    y: np.ndarray | None = None
    labels: tuple[str, str] = ("", "")
    note: str = ""
    with_ticks: bool = False
    alike: bool = True
    is_picture: bool = False


def geometry(layout: FieldLayout) -> Geometry:
    """How fields of a layout are drawn."""
    if layout.axes != (POINT_AXIS,):
        grid, axes, note = middle(layout)
        if len(axes) == 2:
            found = (
                _image(layout, grid, axes)
                if layout.mesh is None
                else _curvilinear(layout, grid, axes)
            )
        else:
            found = _line(layout, grid, axes[0])
        return replace(found, note=" ".join(words for words in (note, found.note) if words))
    if layout.mesh is None:
        words = "The data has no grid: values are drawn over the number of the feature."
        return curve(np.arange(float(layout.n_cells)), "number of the feature", words)
    return _on_mesh(layout)


def middle(layout: FieldLayout) -> tuple[Grid, list[str], str]:
    """The part of a grid that can be drawn: its index, its one or two axes, and words.

    Axes of length one are left out. Of the others, all but two are cut in the middle, the shortest
    first: what is left shows the most cells.
    """
    sizes = dict(zip(layout.axes, layout.grid_shape, strict=True))
    kept = [axis for axis in sizes if sizes[axis] > 1] or [layout.axes[-1]]
    cut = sorted(kept, key=lambda axis: (sizes[axis], -_rank(axis)))[: max(0, len(kept) - 2)]
    at = {axis: sizes[axis] // 2 if axis in cut else 0 for axis in sizes}
    axes = [axis for axis in kept if axis not in cut]
    said = []
    for axis in cut:
        where = ""
        if axis in layout.coordinates:
            unit = layout.coordinate_units.get(axis, "")
            where = (
                f" ({axis} ="
                f" {layout.coordinates[axis][at[axis]]:.3g}{f' {unit}' if unit not in ('', '1') else ''})"
            )
        said.append(f"along {axis}: number {at[axis] + 1} of {sizes[axis]}{where}")
    note = f"Drawn is the middle slice {' and '.join(said)}." if said else ""
    return tuple(slice(None) if axis in axes else at[axis] for axis in sizes), axes, note


def curve(
    x: np.ndarray, label: str, note: str = "", *, order: np.ndarray | None = None
) -> Geometry:
    """Values over x; `order` says which values of the flat field they are."""
    step = -(-len(x) // CURVE_POINTS)
    few = f"Every {step}th value is drawn." if step > 1 else ""
    order = (np.arange(len(x)) if order is None else order)[::step]
    words = " ".join(part for part in (note, few) if part)
    return Geometry(
        lambda field: field.reshape(-1)[order], x[::step], labels=(label, ""), note=words
    )


def _line(layout: FieldLayout, grid: Grid, axis: str) -> Geometry:
    numbers = np.arange(layout.n_cells).reshape(layout.grid_shape)[grid].reshape(-1)
    if layout.mesh is not None:
        steps = np.linalg.norm(np.diff(layout.mesh.points[numbers], axis=0), axis=1)
        along = np.concatenate([[0.0], np.cumsum(steps)])
        return curve(along, with_unit(f"distance along {axis}", _unit(layout, axis)), order=numbers)
    x, _ = _coordinate(layout, axis)
    return curve(x, with_unit(axis, layout.coordinate_units.get(axis, "")), order=numbers)


def _image(layout: FieldLayout, grid: Grid, axes: list[str]) -> Geometry:
    right, up = (
        sorted(axes, key=_rank) if all(_rank(axis) >= 0 for axis in axes) else (axes[1], axes[0])
    )
    (x, known_x), (y, known_y) = _coordinate(layout, right), _coordinate(layout, up)
    downwards = up.lower() in DOWNWARDS and y.min() >= 0
    columns = slice(None, None, 1 if x[-1] > x[0] else -1)
    rows = slice(None, None, 1 if (y[-1] > y[0]) == downwards else -1)

    def values(field: np.ndarray) -> np.ndarray:
        image = field[grid]
        return (image.T if axes[0] == right else image)[rows, columns]

    units = [layout.coordinate_units.get(axis, "") for axis in (right, up)]
    return Geometry(
        values, x[columns], y[rows], (with_unit(right, units[0]), with_unit(up, units[1])),
        with_ticks=known_x and known_y, alike=_alike(*units), is_picture=(up, right) == IMAGE_AXES,
    )  # fmt: skip


def _rank(axis: str) -> int:
    """Place in the order of axes that have one, else -1."""
    return TO_THE_RIGHT.index(axis.lower()) if axis.lower() in TO_THE_RIGHT else -1


def _coordinate(layout: FieldLayout, axis: str) -> tuple[np.ndarray, bool]:
    """Coordinates along an axis if they are monotonic, else the numbers of the cells; and which of
    the two.
    """
    given = layout.coordinates.get(axis)
    if given is not None:
        given = np.asarray(given, dtype=float)
        if np.all(np.diff(given) > 0) or np.all(np.diff(given) < 0):
            return given, True
    return np.arange(layout.grid_shape[layout.axes.index(axis)], dtype=float), False


def _alike(first: str, second: str) -> bool:
    """Whether two units are one: metres and metres, degrees east and degrees north."""
    return first.split("_")[0].rstrip("s") == second.split("_")[0].rstrip("s")


def _unit(layout: FieldLayout, axis: str) -> str:
    """Unit of a direction of space on a mesh: its own, or the one unit of all axes."""
    units = layout.coordinate_units
    return units.get(axis, next(iter(units.values())) if len(set(units.values())) == 1 else "")


def _curvilinear(layout: FieldLayout, grid: Grid, axes: list[str]) -> Geometry:
    assert layout.mesh is not None
    numbers = np.arange(layout.n_cells).reshape(layout.grid_shape)[grid]
    triangles = sampling.grid_triangles(numbers, tuple(axis in layout.periodic for axis in axes))
    return _sampled(layout, *sampling.surface(layout.mesh.points, triangles, triangles))


def _on_mesh(layout: FieldLayout) -> Geometry:
    mesh = layout.mesh
    assert mesh is not None
    places = sampling.places(mesh)
    varying = sampling.varying(places)
    if len(varying) <= 1:
        axis = varying[0] if varying else 0
        order = np.argsort(places[:, axis], kind="stable")
        return curve(
            places[order, axis], with_unit("xyz"[axis], _unit(layout, "xyz"[axis])), order=order
        )
    triangles, cells = sampling.mesh_triangles(mesh)
    if len(triangles):
        values = cells[:, None] if mesh.values_at == "cells" else triangles
        return _sampled(layout, *sampling.surface(mesh.points, triangles, values))
    return _sampled(layout, *sampling.nearest(places))


def _sampled(
    layout: FieldLayout, sample: sampling.Sample, directions: tuple[int, int], note: str
) -> Geometry:
    names = ["xyz"[i] for i in directions]
    units = [_unit(layout, name) for name in names]
    if any("degree" in unit for unit in layout.coordinate_units.values()) or {"lat", "lon"} <= set(
        layout.axes
    ):
        names = [{"x": "longitude", "y": "latitude"}.get(name, name) for name in names]
    return Geometry(
        sample, sample.x, sample.y, (with_unit(names[0], units[0]), with_unit(names[1], units[1])),
        note=note, with_ticks=True, alike=_alike(*units),
    )  # fmt: skip
