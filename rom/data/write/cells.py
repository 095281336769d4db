"""Cells of a mesh: from VTK's cell types to XDMF's topologies.

Numbers of cell types: VTK User's Guide, "VTK file formats"; of topologies: XdmfTopologyType of the
XDMF library 3.
"""

from __future__ import annotations

import numpy as np

from rom.data.mesh import Mesh
from rom.errors import InputError

#: VTK cell type -> XDMF name, XDMF number, points of a cell.
FIXED: dict[int, tuple[str, int, int]] = {
    5: ("Triangle", 0x4, 3),
    9: ("Quadrilateral", 0x5, 4),
    10: ("Tetrahedron", 0x6, 4),
    12: ("Hexahedron", 0x9, 8),
    13: ("Wedge", 0x8, 6),
    14: ("Pyramid", 0x7, 5),
    21: ("Edge_3", 0x22, 3),
    22: ("Triangle_6", 0x24, 6),
    23: ("Quadrilateral_8", 0x25, 8),
    24: ("Tetrahedron_10", 0x26, 10),
}
#: The same for cells of any number of points, which XDMF counts: vertex, line, polygon.
COUNTED: dict[int, tuple[str, int]] = {
    1: ("Polyvertex", 0x1),
    2: ("Polyvertex", 0x1),
    3: ("Polyline", 0x2),
    4: ("Polyline", 0x2),
    7: ("Polygon", 0x3),
}
#: VTK's pixel and voxel, whose points go row by row -> the cell that goes round, and in which
#: order.
ROUND: dict[int, tuple[int, tuple[int, ...]]] = {
    8: (9, (0, 1, 3, 2)),
    11: (12, (0, 1, 3, 2, 4, 5, 7, 6)),
}


def topology(mesh: Mesh) -> tuple[dict[str, str], np.ndarray]:
    """Attributes of XDMF's element Topology and its array: (n, points of a cell), or "Mixed" cell
    after cell.

    Raises
    ------
    InputError
        If a cell is of a type that XDMF does not know, or has another number of points than its
        type.
    """
    types, connectivity = _rounded(mesh)
    sizes = np.diff(mesh.offsets)
    for kind in np.unique(types):
        if kind not in FIXED and kind not in COUNTED:
            raise InputError(
                f"a mesh with cells of VTK type {kind} cannot be written: XDMF has no such cell"
                " here"
            )
        if kind in FIXED and np.any(sizes[types == kind] != FIXED[kind][2]):
            raise InputError(
                f"a mesh has a {FIXED[kind][0]} that is not made of {FIXED[kind][2]} points"
            )
    attributes = {"NumberOfElements": str(len(types))}
    if np.any(types != types[0]) or np.any(sizes != sizes[0]):
        return {"TopologyType": "Mixed", **attributes}, _mixed(types, sizes, connectivity)
    kind = int(types[0])
    name = FIXED[kind][0] if kind in FIXED else COUNTED[kind][0]
    if kind in COUNTED:
        attributes["NodesPerElement"] = str(sizes[0])
    return {"TopologyType": name, **attributes}, connectivity.reshape(len(types), -1)


def _rounded(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    types, connectivity = mesh.types.astype(np.int64), mesh.connectivity.astype(np.int64)
    for kind, (other, order) in ROUND.items():
        cells = np.flatnonzero(types == kind)
        if len(cells):
            starts = np.asarray(mesh.offsets)[cells][:, None]
            connectivity[starts + np.arange(len(order))] = connectivity[starts + np.array(order)]
            types[cells] = other
    return types, connectivity


def _mixed(types: np.ndarray, sizes: np.ndarray, connectivity: np.ndarray) -> np.ndarray:
    """Number of the topology, number of points where it is not fixed, points; cell after cell."""
    counted = np.isin(types, list(COUNTED))
    numbers = {kind: number for kind, (_, number, _) in FIXED.items()} | {
        k: v for k, (_, v) in COUNTED.items()
    }
    heads = np.where(counted, 2, 1)
    starts = np.concatenate([[0], np.cumsum(heads + sizes)])
    cells = np.empty(starts[-1], dtype=np.int64)
    is_point = np.ones(len(cells), dtype=bool)
    is_point[starts[:-1]] = False
    is_point[starts[:-1][counted] + 1] = False
    cells[is_point] = connectivity
    cells[starts[:-1]] = [numbers[int(kind)] for kind in types]
    cells[starts[:-1][counted] + 1] = sizes[counted]
    return cells
