"""Fields on a rectilinear grid: which two axes are drawn, and where their cells are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rom.data.layout import IMAGE_AXES, FieldLayout
from rom.results.words import with_unit

Grid = tuple[int | slice, ...]

#: Of two axes, the one that stands first here is drawn to the right and the other upwards.
TO_THE_RIGHT = (
    "x", "lon", "longitude", "r", "y", "lat", "latitude", "z", "lev", "level", "height", "depth",
    "pressure", "plev",
)  # fmt: skip
DOWNWARDS = (IMAGE_AXES[0], "depth", "pressure", "plev")


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
            place = f"{layout.coordinates[axis][at[axis]]:.3g}"
            where = f" ({axis} = {place}{f' {unit}' if unit not in ('', '1') else ''})"
        said.append(f"along {axis}: number {at[axis] + 1} of {sizes[axis]}{where}")
    note = f"Drawn is the middle slice {' and '.join(said)}." if said else ""
    return tuple(slice(None) if axis in axes else at[axis] for axis in sizes), axes, note


def image(layout: FieldLayout, grid: Grid, axes: list[str]) -> Geometry:
    right, up = (
        sorted(axes, key=_rank) if all(_rank(axis) >= 0 for axis in axes) else (axes[1], axes[0])
    )
    (x, known_x), (y, known_y) = coordinate(layout, right), coordinate(layout, up)
    downwards = up.lower() in DOWNWARDS and y.min() >= 0
    columns = slice(None, None, 1 if x[-1] > x[0] else -1)
    rows = slice(None, None, 1 if (y[-1] > y[0]) == downwards else -1)

    def values(field: np.ndarray) -> np.ndarray:
        image = field[grid]
        return (image.T if axes[0] == right else image)[rows, columns]

    units = [layout.coordinate_units.get(axis, "") for axis in (right, up)]
    return Geometry(
        values, x[columns], y[rows], (with_unit(right, units[0]), with_unit(up, units[1])),
        with_ticks=known_x and known_y, alike=alike(*units), is_picture=(up, right) == IMAGE_AXES,
    )  # fmt: skip


def _rank(axis: str) -> int:
    """Place in the order of axes that have one, else -1."""
    return TO_THE_RIGHT.index(axis.lower()) if axis.lower() in TO_THE_RIGHT else -1


def coordinate(layout: FieldLayout, axis: str) -> tuple[np.ndarray, bool]:
    """Coordinates along an axis if they are monotonic, else the numbers of the cells; and which of
    the two.
    """
    given = layout.coordinates.get(axis)
    if given is not None:
        given = np.asarray(given, dtype=float)
        if np.all(np.diff(given) > 0) or np.all(np.diff(given) < 0):
            return given, True
    return np.arange(layout.grid_shape[layout.axes.index(axis)], dtype=float), False


def alike(first: str, second: str) -> bool:
    """Whether two units are one: metres and metres, degrees east and degrees north."""
    return first.split("_")[0].rstrip("s") == second.split("_")[0].rstrip("s")


def unit_of(layout: FieldLayout, axis: str) -> str:
    """Unit of a direction of space on a mesh: its own, or the one unit of all axes."""
    units = layout.coordinate_units
    return units.get(axis, next(iter(units.values())) if len(set(units.values())) == 1 else "")
