"""A zone of a CGNS base: where its vertices and cells lie, and its solutions."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from rom.data.builder.build import natural
from rom.data.formats.cgns import nodes
from rom.data.formats.common import places
from rom.data.formats.common.places import CURVILINEAR_AXES, Place
from rom.data.layout import POINT_AXIS
from rom.errors import InputError

LOCATIONS = {"Vertex": "points", "CellCenter": "cells"}
#: Type of a zone -> how many axes it may have.
AXES_OF = {"Structured": (1, 2, 3), "Unstructured": (1,)}
#: Type of elements (SIDS, 7.3) -> VTK type, nodes, dimension; of the quadratic ones those with
#: VTK's order of nodes.
ELEMENTS = {
    2: (1, 1, 0),
    3: (3, 2, 1),
    4: (21, 3, 1),
    5: (5, 3, 2),
    6: (22, 6, 2),
    7: (9, 4, 2),
    8: (23, 8, 2),
    9: (28, 9, 2),
    10: (10, 4, 3),
    11: (24, 10, 3),
    12: (14, 5, 3),
    14: (13, 6, 3),
    17: (12, 8, 3),
}
MIXED = 20
NO_CELLS = "zone {}: its cells are of kinds that are not kept (sections {})"


class Zone:
    """A structured or unstructured zone.

    Raises
    ------
    InputError
        If it is damaged.
    """

    def __init__(self, node: h5py.Group, name: str, dimension: int, path: Path) -> None:
        self.node, self.name, self.dimension, self.path = node, name, dimension, path
        self.words: list[str] = []
        kind = nodes.text(nodes.child(node, "ZoneType_t", path), "Structured")
        self.structured = kind == "Structured"
        sizes = nodes.integers(node, path, 2)
        if (
            kind not in AXES_OF
            or len(sizes) < 2
            or sizes.shape[1] not in AXES_OF[kind]
            or sizes[:2].min() < 0
        ):
            raise InputError(
                f"{path}: damaged: zone {name!r} of type {kind!r} has sizes of shape {sizes.shape}"
            )
        # slowest axis first, as h5py shows arrays
        self.shapes = {
            at: tuple(int(n) for n in row[::-1])
            for at, row in zip(("points", "cells"), sizes, strict=False)
        }
        self.solutions = self._solutions()

    def _solutions(self) -> dict[str, dict[str, h5py.Group]]:
        """Solutions at the points and in the cells by name; others are left out, and this is
        said.
        """
        found: dict[str, dict[str, h5py.Group]] = {"points": {}, "cells": {}}
        for name, solution in nodes.children(self.node, "FlowSolution_t", self.path).items():
            location = nodes.text(nodes.child(solution, "GridLocation_t", self.path), "Vertex")
            part = any(
                nodes.children(solution, kind, self.path)
                for kind in ("IndexRange_t", "IndexArray_t")
            )
            if location in LOCATIONS and not part:
                found[LOCATIONS[location]][name] = solution
            else:
                what = "a part of the zone" if part else location
                self.words.append(f"solutions of {what} are left out (zone {self.name})")
        return found

    def steps(self, at: str) -> list[h5py.Group]:
        """Solutions in the order of time."""
        present = self.solutions[at]
        wanted = self._pointers()
        if wanted:
            if absent := [name for name in wanted if name not in present]:
                raise InputError(
                    f"{self.path}: zone {self.name!r} names the solution {absent[0]!r} as a step;"
                    f" those at {at} are {', '.join(sorted(present)) or 'none'}"
                )
            return [present[name] for name in wanted]
        order = sorted(present, key=lambda name: natural(Path(name)))
        if len(order) > 1:
            self.words.append(
                "solutions are in the order of the numbers in their names: nothing says which is"
                " when"
            )
        return [present[name] for name in order]

    def pointed(self) -> str:
        """Where the solutions lie that the file names as its steps; "" where it names none."""
        return next(
            (at for at, found in self.solutions.items() if set(self._pointers()) & set(found)), ""
        )

    def _pointers(self) -> list[str]:
        """Names of the solutions of the steps, where the file says them."""
        iterative = nodes.child(self.node, "ZoneIterativeData_t", self.path)
        stored = iterative and nodes.child(
            iterative, "DataArray_t", self.path, "FlowSolutionPointers"
        )
        return nodes.names(stored, self.path) if stored else []

    def box(self, dataset: h5py.Dataset, holder: h5py.Group, at: str) -> list[tuple[int, int]]:
        """The box of an array of a solution or of coordinates without its rind (layers of ghost
        cells).
        """
        shape = self.shapes[at]
        rind = nodes.child(holder, "Rind_t", self.path)
        around = np.zeros((len(shape), 2), int) if rind is None else self._layers(rind, len(shape))
        expected = tuple(int(n + sum(layers)) for n, layers in zip(shape, around, strict=True))
        if dataset.shape != expected:
            raise InputError(
                f"{self.path}: {dataset.name} has shape {dataset.shape}, zone {self.name!r} needs"
                f" {expected}"
            )
        return [(int(low), n) for n, (low, _) in zip(shape, around, strict=True)]

    def _layers(self, rind: h5py.Group, n_axes: int) -> np.ndarray:
        layers = nodes.integers(rind, self.path)
        if len(layers) != 2 * n_axes or layers.min() < 0:
            raise InputError(f"{self.path}: damaged: {rind.name} of zone {self.name!r} is {layers}")
        return layers.reshape(-1, 2)[::-1]

    def place(self, at: str) -> Place:
        """Where the values "points" or "cells" lie."""
        grids = nodes.children(self.node, "GridCoordinates_t", self.path)
        if len(grids) > 1:
            self.words.append(f"the mesh moves: cells lie where {self._grid_name(grids)} has them")
        points = self._points(grids[self._grid_name(grids)]) if grids else None
        if points is None:
            self.words.append(
                f"zone {self.name}: no coordinates CoordinateX, CoordinateY, CoordinateZ"
            )
            axes = CURVILINEAR_AXES[-len(self.shapes[at]) :] if self.structured else (POINT_AXIS,)
            return Place(axes, self.shapes[at])
        if self.structured:
            return places.structured(points, at)
        return self._unstructured(points.reshape(-1, 3), at)

    @staticmethod
    def _grid_name(grids: dict[str, h5py.Group]) -> str:
        return "GridCoordinates" if "GridCoordinates" in grids else min(grids)

    def _points(self, grid: h5py.Group) -> np.ndarray | None:
        stored = nodes.children(grid, "DataArray_t", self.path)
        points = np.zeros((*self.shapes["points"], 3))
        if not any(f"Coordinate{d}" in stored for d in "XYZ"):
            return None
        for place, direction in enumerate("XYZ"):
            node = stored.get(f"Coordinate{direction}")
            if node is not None:
                dataset = nodes.array(node, self.path)
                box = self.box(dataset, grid, "points")
                points[..., place] = dataset[tuple(slice(start, start + n) for start, n in box)]
        return points

    def _unstructured(self, points: np.ndarray, at: str) -> Place:
        """Sections of elements of the base's dimension, in the order of their numbers."""
        sections = []
        for name, section in nodes.children(self.node, "Elements_t", self.path).items():
            span = nodes.integers(
                nodes.child(section, "IndexRange_t", self.path, "ElementRange"), self.path
            )
            sections.append((int(span[0]), name, section))
        cells = {
            name: self._section(section)
            for _, name, section in sorted(sections, key=lambda item: item[:2])
        }
        unknown = [name for name, found in cells.items() if found is None]
        known = [found for found in cells.values() if found is not None]
        kinds = np.concatenate([np.zeros(0, np.int64), *(kind for _, kind in known)])
        if len(kinds) == self.shapes["cells"][0] and not unknown:
            vtk, sizes = (
                np.array([ELEMENTS.get(kind, (0, 0, 0))[i] for kind in range(MIXED)])
                for i in (0, 1)
            )
            connectivity = np.concatenate([points_of for points_of, _ in known]) - 1
            offsets = np.concatenate([[0], np.cumsum(sizes[kinds])])
            return places.unstructured(points, connectivity, offsets, vtk[kinds], at)
        self.words.append(NO_CELLS.format(self.name, ", ".join(unknown) or "none"))
        if at == "points":
            return places.unstructured(points, *(np.zeros(0, np.int64),) * 3, at)
        self.words.append("where the cells lie is not known")
        return Place((POINT_AXIS,), self.shapes["cells"])

    def _section(self, section: h5py.Group) -> tuple[np.ndarray, np.ndarray] | None:
        """Connectivity (from 1) and types of elements that are cells; None for types that are not
        known.
        """
        kind = int(nodes.integers(section, self.path)[0])
        stored = nodes.child(section, "DataArray_t", self.path, "ElementConnectivity")
        if kind in ELEMENTS:
            _, n, dimension = ELEMENTS[kind]
            if dimension != self.dimension:
                return np.zeros(0, np.int64), np.zeros(0, np.int64)
            values = nodes.integers(stored, self.path).astype(np.int64)
            return values, np.full(len(values) // n, kind)
        if kind != MIXED:
            return None
        mixed: list[int] = nodes.integers(stored, self.path).tolist()
        connectivity: list[int] = []
        kinds: list[int] = []
        place = 0
        while place < len(mixed):
            if mixed[place] not in ELEMENTS:
                return None
            _, n, dimension = ELEMENTS[mixed[place]]
            if dimension == self.dimension:
                kinds.append(mixed[place])
                connectivity += mixed[place + 1 : place + 1 + n]
            place += 1 + n
        return np.array(connectivity, np.int64), np.array(kinds, np.int64)
