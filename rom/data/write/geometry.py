"""Where the values of a layout lie, in the words of XDMF: topology, geometry, shape of a field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.write.cells import topology
from rom.errors import InputError

#: Names of axes that say which direction they are; any other name takes a free one, the fastest
#: axis x first.
DIRECTIONS = {
    "x": 0, "lon": 0, "longitude": 0, "column": 0,
    "y": 1, "lat": 1, "latitude": 1, "row": 1,
    "z": 2,
}  # fmt: skip
DOWNWARDS = "row"  # the first row of a picture is on top


@dataclass(frozen=True)
class Geometry:
    """Attributes of XDMF's Topology and Geometry, and the arrays they refer to.

    Parameters
    ----------
    topology : attributes of the element Topology.
    kind : GeometryType, "VXVYVZ" (one array per direction) or "XYZ" (an array of points).
    shape : of a field as XDMF sees it, slowest first.
    center : "Node" or "Cell", what the values belong to.
    positions : name -> array, in the order of the element Geometry.
    cells : array of the element Topology, where it has one.
    """

    topology: dict[str, str]
    kind: str
    shape: tuple[int, ...]
    center: str = "Node"
    positions: dict[str, np.ndarray] = field(default_factory=dict)
    cells: np.ndarray | None = None


def geometry(layout: FieldLayout) -> Geometry:
    """The geometry of a layout: a mesh, a cloud of points, a curvilinear or a rectilinear grid.

    Raises
    ------
    InputError
        If a grid has more than three axes, or a mesh has cells that XDMF does not know.
    """
    mesh, shape = layout.mesh, layout.grid_shape
    if mesh is None:
        if len(shape) > 3:
            raise InputError(
                f"a grid of {len(shape)} axes ({', '.join(layout.axes)}) has no picture: XDMF knows"
                " three"
            )
        return _rectilinear(layout)
    points = {"points": np.asarray(mesh.points, dtype=np.float64)}
    if len(mesh.types) or len(shape) not in (2, 3):
        # a cloud is a mesh whose cells are its points
        attributes, cells = topology(mesh if len(mesh.types) else _vertices(mesh))
        center = "Cell" if mesh.values_at == "cells" else "Node"
        return Geometry(attributes, "XYZ", (mesh.n_values,), center, points, cells)
    return _structured(shape, points["points"])


def _vertices(mesh: Mesh) -> Mesh:
    n = len(mesh.points)
    return Mesh(mesh.points, np.arange(n), np.arange(n + 1), np.ones(n, dtype=np.int64))


def _structured(shape: Sequence[int], points: np.ndarray) -> Geometry:
    shape = (*(1,) * (3 - len(shape)), *shape)
    topology = {"TopologyType": "3DSMesh", "Dimensions": " ".join(map(str, shape))}
    return Geometry(topology, "XYZ", shape, positions={"points": points})


def _rectilinear(layout: FieldLayout) -> Geometry:
    """A rectilinear grid where the fastest axis is x, the next y, and numbers grow; else every
    point is written.

    XDMF's rectilinear grids have x fastest, always; solvers and data sets do as they like.
    """
    places = directions(layout.axes)
    centres = [centres_along(layout, axis) for axis in layout.axes]
    growing = all(np.all(np.diff(values) > 0) for values in centres)
    if not growing or places != sorted(places, reverse=True):
        points = np.zeros((*layout.grid_shape, 3))
        for axis, (place, values) in enumerate(zip(places, centres, strict=True)):
            points[..., place] = np.expand_dims(
                values, [i for i in range(len(places)) if i != axis]
            )
        return _structured(layout.grid_shape, points.reshape(-1, 3))
    by_direction = dict(zip(places, centres, strict=True))
    positions = {name: by_direction.get(place, np.zeros(1)) for place, name in enumerate("xyz")}
    shape = tuple(len(positions[name]) for name in "zyx")
    topology = {"TopologyType": "3DRectMesh", "Dimensions": " ".join(map(str, shape))}
    return Geometry(topology, "VXVYVZ", shape, positions=positions)


def centres_along(layout: FieldLayout, axis: str) -> np.ndarray:
    """Where the cells lie along an axis; rows of a picture go down."""
    n = layout.grid_shape[layout.axes.index(axis)]
    values = np.asarray(layout.coordinates.get(axis, np.arange(n)), dtype=np.float64)
    return -values if axis == DOWNWARDS else values


def directions(axes: Sequence[str]) -> list[int]:
    """Which of x (0), y (1), z (2) each axis is: by its name, else the free ones from the fastest
    axis on.

    >>> directions(("x", "y")), directions(("row", "column"))
    ([0, 1], [1, 0])
    >>> directions(("r", "theta")), directions(("x", "r"))
    ([1, 0], [0, 1])
    """
    named = [DIRECTIONS.get(axis.lower()) for axis in axes]
    told = [place for place in named if place is not None]
    if len(set(told)) < len(told):  # "x" and "lon" in one grid: neither name helps
        named, told = [None] * len(axes), []
    free = [place for place in range(3) if place not in told]
    found = [free.pop(0) if place is None else place for place in reversed(named)]
    return found[::-1]
