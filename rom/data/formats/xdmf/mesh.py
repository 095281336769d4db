"""Topology and Geometry of an XDMF grid: where its nodes and cells lie.

Types of topologies and geometries: xdmf.org, "XDMF Model and Format"; their numbers:
XdmfTopologyType of the library; VTK's numbers of cells: VTK User's Guide, "VTK File Formats".
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

import numpy as np

from rom.data.formats.common import places
from rom.data.formats.common.places import Place
from rom.data.formats.xdmf.document import Document, kind_of, numbers
from rom.data.limits import check_fits

#: Topology -> VTK type and points of a cell, where the order of the points is the same in both.
CELLS: dict[str, tuple[int, int]] = {
    "triangle": (5, 3), "quadrilateral": (9, 4), "tetrahedron": (10, 4), "hexahedron": (12, 8),
    "wedge": (13, 6), "pyramid": (14, 5), "edge_3": (21, 3), "triangle_6": (22, 6),
    "tri_6": (22, 6), "quadrilateral_8": (23, 8), "quad_8": (23, 8), "quadrilateral_9": (28, 9),
    "quad_9": (28, 9), "tetrahedron_10": (24, 10), "tet_10": (24, 10),
}  # fmt: skip
#: Cells of any number of points: VTK type, and that of a cell of two points of a line.
COUNTED = {"polyvertex": (2, 2), "polyline": (4, 3), "polygon": (7, 7)}
#: Number in a mixed topology -> VTK type and points of a cell (0: the number follows).
MIXED = {
    0x1: (2, 0),
    0x2: (4, 0),
    0x3: (7, 0),
    0x4: (5, 3),
    0x5: (9, 4),
    0x6: (10, 4),
    0x7: (14, 5),
    0x8: (13, 6),
    0x9: (12, 8),
    0x22: (21, 3),
    0x23: (28, 9),
    0x24: (22, 6),
    0x25: (23, 8),
    0x26: (24, 10),
}


def place(document: Document, topology: Element, geometry: Element, at: str) -> Place:
    """Where values "points" or "cells" of a grid lie.

    Raises
    ------
    InputError
        For a kind of grid that is not read, or a mesh that does not fit together.
    """
    kind = kind_of(topology, "TopologyType")
    shape = numbers(topology.get("Dimensions", topology.get("NumberOfElements", "")))
    values = [document.values(item) for item in geometry.findall("DataItem")]
    if kind.endswith("mesh"):
        return _grid(document, kind_of(geometry, "GeometryType"), shape, values, at)
    points = _points(document, kind_of(geometry, "GeometryType"), values)
    return _cells(document, kind, topology, points, at)


def _grid(
    document: Document, kind: str, shape: tuple[int, ...], values: list[np.ndarray], at: str
) -> Place:
    axes = places.AXES[-len(shape) :]
    if not 1 <= len(shape) <= 3:
        raise document.error(f"a topology of dimensions {shape}: z y x expected")
    for n in shape:
        check_fits(8 * n, f"{document.path}: a grid of {' x '.join(map(str, shape))}")
    if kind.startswith("origin_dx"):
        if len(values) != 2 or any(v.size != len(shape) for v in values):
            raise document.error(
                f"origin and spacing need {len(shape)} numbers each, as many as the grid has axes"
            )
        origin, spacing = (v.ravel() for v in values)
        nodes = {
            a: o + d * np.arange(n) for a, o, d, n in zip(axes, origin, spacing, shape, strict=True)
        }
        found = places.rectilinear(nodes, at)
        if len(set(origin)) > 1 or len(set(spacing)) > 1:
            found = _saying(
                found,
                f"origin and spacing are in the order {' '.join(axes)}, as ParaView reads them",
            )
        return found
    if kind in ("vxvyvz", "vxvy"):
        nodes = {a: v.ravel() for a, v in zip("xyz", values, strict=False)}
        if tuple(len(nodes[a]) for a in axes if a in nodes) != shape:
            sizes = {a: len(v) for a, v in nodes.items()}
            raise document.error(
                f"a rectilinear grid of {shape} ({' '.join(axes)}) with coordinates {sizes}"
            )
        return places.rectilinear({a: nodes[a] for a in axes}, at)
    points = _points(document, kind, values)
    if len(points) != np.prod(shape):
        raise document.error(f"{len(points)} points for a structured grid of {shape}")
    return places.structured(points.reshape(*shape, 3), at)


def _saying(found: Place, words: str) -> Place:
    return Place(
        found.axes, found.shape, found.coordinates, found.mesh, found.weights, (*found.words, words)
    )


def _points(document: Document, kind: str, values: list[np.ndarray]) -> np.ndarray:
    """Points (n, 3) of a geometry that lists them."""
    width = {"xyz": 3, "": 3, "xy": 2}.get(kind)
    if width and len(values) == 1 and values[0].size % width == 0:
        return places.as_points(values[0].reshape(-1, width))
    if kind in ("x_y_z", "x_y") and len({v.size for v in values}) == 1:
        return places.as_points(np.column_stack([v.ravel() for v in values]))
    raise document.error(f"a geometry of type {kind!r} with {len(values)} items is not read")


def _cells(document: Document, kind: str, topology: Element, points: np.ndarray, at: str) -> Place:
    items = topology.findall("DataItem")
    if kind == "polyvertex" and not items:
        connectivity, per_cell = np.arange(len(points)), 1
    elif not items:
        raise document.error(f"the topology {kind!r} has no cells")
    else:
        connectivity = document.values(items[0]).astype(np.int64)
        default = connectivity.shape[-1] if connectivity.ndim > 1 else 1
        per_cell = max(1, document.number(topology, "NodesPerElement", default))
    base = document.number(topology, "BaseOffset", 0)
    if kind == "mixed":
        connectivity, offsets, types = _mixed(document, connectivity.ravel().tolist())
    else:
        vtk, per_cell = CELLS.get(kind, (0, per_cell))
        if kind in COUNTED:
            vtk = COUNTED[kind][per_cell == 2]
        connectivity = connectivity.ravel()
        if len(connectivity) % per_cell:
            raise document.error(
                f"{len(connectivity)} numbers of points for cells {kind!r} of {per_cell}"
            )
        offsets = np.arange(0, len(connectivity) + 1, per_cell)
        types = np.full(len(offsets) - 1, vtk) if vtk else np.zeros(0, np.int64)
    found = places.unstructured(points, connectivity - base, offsets, types, at)
    return (
        found
        if len(types)
        else _saying(found, f"cells {kind!r} are not kept: the mesh is a cloud of points")
    )


def _mixed(document: Document, stored: list[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Connectivity, offsets, VTK types from cells written as: number of the type, [number of
    points,] points.
    """
    connectivity: list[int] = []
    offsets, types, place = [0], [], 0
    while place < len(stored):
        if stored[place] not in MIXED:
            raise document.error(
                f"a mixed topology with cells of number {stored[place]} is not read"
            )
        vtk, count = MIXED[stored[place]]
        place += 1
        if not count:
            count = stored[place] if place < len(stored) else 0
            place += 1
            vtk = 3 if vtk == 4 and count == 2 else vtk
        connectivity += stored[place : place + count]
        place += count
        if place > len(stored) or count < 1:
            raise document.error("a mixed topology ends in the middle of a cell")
        offsets.append(len(connectivity))
        types.append(vtk)
    return np.array(connectivity, dtype=np.int64), np.array(offsets), np.array(types)
