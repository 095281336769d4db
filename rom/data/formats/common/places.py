"""Where values lie on the grids and meshes that XDMF, VTKHDF and CGNS share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rom.data.layout import POINT_AXIS
from rom.data.limits import check_values, check_variables
from rom.data.mesh import Mesh
from rom.data.weights import ROUNDING, UNIFORM
from rom.errors import InputError

#: Axes of a rectilinear grid and of a curvilinear one, slowest first.
AXES = ("z", "y", "x")
CURVILINEAR_AXES = ("k", "j", "i")
EQUAL = "cell weights: equal (volumes are not computed from the mesh)"
MOVING = (
    "the mesh is written again from step {} on: values are compared in the order in which they are"
    " stored, cells "
)
MOVING += "lie where the first step has them"
#: What components of a vector or tensor are called, by how many there are.
SUFFIXES = {
    2: ("x", "y"),
    3: ("x", "y", "z"),
    9: tuple(first + second for first in "xyz" for second in "xyz"),
}


@dataclass(frozen=True)
class Place:
    """Where the values of a field lie, whose axes are `axes` as they are stored, slowest first.

    An axis with a single layer is no axis of the snapshots: `kept` are the others. `coordinates`
    has all, and those of directions that are no axis at all.
    """

    axes: tuple[str, ...]
    shape: tuple[int, ...]
    coordinates: Mapping[str, np.ndarray] = field(default_factory=dict)
    mesh: Mesh | None = None
    weights: np.ndarray | None = None
    words: tuple[str, ...] = ()

    @property
    def kept(self) -> tuple[str, ...]:
        return (
            tuple(a for a, n in zip(self.axes, self.shape, strict=True) if n > 1) or self.axes[-1:]
        )

    @property
    def centres(self) -> dict[str, np.ndarray]:
        """Coordinates along the axes of the snapshots."""
        return {axis: self.coordinates[axis] for axis in self.kept if axis in self.coordinates}

    @property
    def flat(self) -> bool:
        """Whether everything lies in a plane z = constant, so that a third component may be
        padding.
        """
        if self.mesh is None:
            return "z" not in self.kept
        return bool(np.ptp(self.mesh.points[:, 2]) == 0)


def midpoints(values: np.ndarray) -> np.ndarray:
    """Middles between neighbours; a single value stays.

    >>> midpoints(np.array([0.0, 1.0, 3.0]))
    array([0.5, 2. ])
    """
    values = np.asarray(values, dtype=np.float64)
    return (values[1:] + values[:-1]) / 2 if len(values) > 1 else values


def rectilinear(nodes: Mapping[str, np.ndarray], at: str) -> Place:
    """Nodes ("points") of a rectilinear grid, given along each axis, slowest first; or the cells
    between them.
    """
    shape = tuple(len(values) for values in nodes.values())
    centres = {a: np.asarray(values, np.float64) for a, values in nodes.items()}
    weights, words = None, []
    if at == "cells":
        shape = tuple(max(1, n - 1) for n in shape)
        weights = _widths(centres)
        words = ["coordinates: middles of the cells"]
        words += ["cell weights: sizes of the cells"] if weights is not None else []
        centres = {a: midpoints(values) for a, values in centres.items()}
    return Place(tuple(nodes), shape, centres, weights=weights, words=tuple(words))


def _widths(nodes: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Product of the cells' widths along the axes, None where all are equal."""
    long = [values for values in nodes.values() if len(values) > 2]
    widths = [np.abs(np.diff(values)) for values in long]
    limits = [
        UNIFORM * w.mean() + ROUNDING * np.abs(v).max() for w, v in zip(widths, long, strict=True)
    ]
    if all(np.ptp(w) <= limit for w, limit in zip(widths, limits, strict=True)):
        return None
    check_values(map(len, nodes.values()), 8, "the weights of the cells")
    product = np.ones(())
    for width in widths:
        product = product[..., None] * width
    return product


def structured(points: np.ndarray, at: str) -> Place:
    """Points (k, j, i, 3) of a structured grid, or its cells; rectilinear where a coordinate varies
    along one axis.
    """
    points = np.asarray(points, dtype=np.float64)
    shape = points.shape[:-1]
    long = [axis for axis, n in enumerate(shape) if n > 1]
    varies = np.zeros((len(long), 3), dtype=bool)
    for row, axis in enumerate(long):
        reach = np.abs(np.diff(points, axis=axis)).max(axis=tuple(range(points.ndim - 1)))
        varies[row] = reach > ROUNDING * np.abs(points).max()
    if len(long) and np.all(varies.sum(axis=1) == 1) and np.all(varies.sum(axis=0) <= 1):
        direction = {axis: "xyz"[int(np.argmax(varies[row]))] for row, axis in enumerate(long)}
        free = [name for name in "xyz" if name not in direction.values()]
        names = [direction.get(axis) or free.pop() for axis in range(len(shape))]
        nodes = {}
        for axis, name in enumerate(names):
            line = [slice(None) if a == axis else 0 for a in range(len(shape))]
            nodes[name] = points[(*line, "xyz".index(name))]
        place = rectilinear(nodes, at)
        constant = {name: np.ravel(points[..., "xyz".index(name)])[:1] for name in free}
        return replace(place, coordinates={**constant, **place.coordinates})
    words = ["curvilinear grid", EQUAL]
    if at == "cells":
        words.append("positions: middles of the cells")
        for axis in long:
            first, last = (
                np.take(points, range(*s), axis=axis)
                for s in ((0, shape[axis] - 1), (1, shape[axis]))
            )
            points = (first + last) / 2
            shape = points.shape[:-1]
    axes = CURVILINEAR_AXES[-len(shape) :]
    return Place(axes, shape, mesh=Mesh(points.reshape(-1, 3)), words=tuple(words))


def unstructured(
    points: np.ndarray, connectivity: np.ndarray, offsets: np.ndarray, types: np.ndarray, at: str
) -> Place:
    """Points of a mesh or its cells. Without `types` (VTK's numbers) the cells are not kept, their
    middles stand in.
    """
    points = as_points(points)
    if len(types):
        mesh = Mesh(points, connectivity, offsets, types, at)
    elif at == "points":
        mesh = Mesh(points)
    else:
        mesh = Mesh(_middles(points, connectivity, offsets))
    return Place((POINT_AXIS,), (mesh.n_values,), mesh=mesh, words=(EQUAL,))


def pieces(found: Sequence[Place]) -> Place:
    """Several places one after the other: one mesh where all are meshes with cells, else a cloud of
    points.
    """
    if len(found) == 1:
        return found[0]
    n = sum(math.prod(place.shape) for place in found)
    words = [w for place in found for w in place.words if "weights" not in w]
    words += [
        f"{len(found)} zones, one after the other; points that they share count once for each",
        EQUAL,
    ]
    meshes = [place.mesh for place in found if place.mesh is not None and len(place.mesh.types)]
    positions = [p for place in found if (p := _positions(place)) is not None]
    mesh = None
    if len(meshes) == len(found):
        mesh = _concatenated(meshes)
    elif len(positions) == len(found):
        mesh = Mesh(np.concatenate(positions))
    return Place((POINT_AXIS,), (n,), mesh=mesh, words=tuple(words))


def _concatenated(meshes: Sequence[Mesh]) -> Mesh:
    points = np.cumsum([0, *(len(mesh.points) for mesh in meshes)])
    ends = np.cumsum([0, *(mesh.offsets[-1] for mesh in meshes)])
    return Mesh(
        np.concatenate([mesh.points for mesh in meshes]),
        np.concatenate(
            [mesh.connectivity + start for mesh, start in zip(meshes, points, strict=False)]
        ),
        np.concatenate(
            [[0], *(mesh.offsets[1:] + end for mesh, end in zip(meshes, ends, strict=False))]
        ),
        np.concatenate([mesh.types for mesh in meshes]),
        meshes[0].values_at,
    )


def _positions(place: Place) -> np.ndarray | None:
    """Where each value lies (n, 3), None where this is not known."""
    mesh = place.mesh
    if mesh is not None:
        return (
            mesh.points
            if mesh.values_at == "points"
            else _middles(mesh.points, mesh.connectivity, mesh.offsets)
        )
    if not set(place.kept) <= set(place.coordinates):
        return None
    along = np.meshgrid(*(place.coordinates[axis] for axis in place.kept), indexing="ij")
    by_axis = dict(zip(place.kept, along, strict=True))
    constant = {
        axis: np.full(along[0].shape, values[0]) for axis, values in place.coordinates.items()
    }
    return np.stack([(constant | by_axis)[axis].ravel() for axis in "xyz"], axis=1)


def _middles(points: np.ndarray, connectivity: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    starts = np.asarray(offsets[:-1], dtype=np.intp)
    return np.add.reduceat(points[connectivity], starts, axis=0) / np.diff(offsets)[:, None]


def as_points(points: np.ndarray) -> np.ndarray:
    """Points (n, 1 to 3) as (n, 3), zero where a coordinate is missing."""
    points = np.asarray(points, dtype=np.float64)
    return np.pad(points, ((0, 0), (0, 3 - points.shape[1])))


def component_names(
    name: str, n: int, suffixes: Mapping[int, Sequence[str]] = SUFFIXES
) -> list[str]:
    """Names of the n components of a vector or tensor.

    >>> component_names("u", 2), component_names("p", 1), component_names("Y", 4)
    (['u_x', 'u_y'], ['p'], ['Y_0', 'Y_1', 'Y_2', 'Y_3'])
    """
    if n == 1:
        return [name]
    check_variables(n, repr(name))
    return [f"{name}_{suffix}" for suffix in suffixes.get(n, tuple(map(str, range(n))))]


def choose_location(
    present: Mapping[str, Sequence[str]], wanted: Sequence[str] | str | None, path: Path
) -> tuple[str, list[str]]:
    """Whether variables at the "points" or in the "cells" are read, and in words which are left
    out.

    The variables that the user wants decide; without any, those at the points win where there are
    some.
    """
    points, cells = set(present["points"]), set(present["cells"])
    asked = set([wanted] if isinstance(wanted, str) else wanted or [])
    if not points and not cells:
        raise InputError(f"{path}: no variable at points or in cells")
    if asked & points - cells and asked & cells - points:
        raise InputError(
            f"{path}: {', '.join(sorted(asked & points - cells))} lie at points, "
            f"{', '.join(sorted(asked & cells - points))} in cells; ask for one kind"
        )
    at = "points" if points and not (asked & cells - points) else "cells"
    other = "cells" if at == "points" else "points"
    words = (
        [f"variables at {other} are left out: {', '.join(present[other])}"]
        if present[other]
        else []
    )
    return at, words


def require_shape(what: str, shape: Sequence[int], place: Place, path: Path) -> tuple[int, ...]:
    """Sizes of the component axes of values of that shape on a place; axes of one layer may be
    there or not.
    """
    long = [n for n in shape if n != 1]
    grid = [n for n in place.shape if n != 1]
    if long[: len(grid)] != grid:
        raise InputError(
            f"{path}: {what} has shape {tuple(shape)}, its grid {' x '.join(map(str, place.shape))}"
            f" ({math.prod(place.shape)} values)"
        )
    return tuple(long[len(grid) :])
