"""The triangles of a mesh, where its values are, and the pixels they are drawn on."""

from __future__ import annotations

import numpy as np

from rom.data.mesh import Mesh

PIXELS = 480  # of the longer side: as many as a figure of this size has
WIDEST = 6.0  # the largest ratio of sides that is drawn true to scale
FLAT = 1e-5  # share of the largest extent below which an extent is rounding

#: VTK's two-dimensional cells: how many of their points are corners (0: all).
CORNERS = {5: 3, 7: 0, 8: 4, 9: 4, 22: 3, 23: 4, 28: 4, 30: 4, 34: 3, 69: 3, 70: 4}
PIXEL, STRIP = 8, 6
#: ... and those without an area: points, lines and curves.
SLIGHT = (0, 1, 2, 3, 4, 21, 35, 68)


def places(mesh: Mesh) -> np.ndarray:
    """Where the values of a mesh are: (n_values, 3); of cells, the mean of their points."""
    if mesh.values_at == "points":
        return np.asarray(mesh.points, dtype=float)
    sizes = np.diff(mesh.offsets)
    middles = np.zeros((len(sizes), 3))
    np.add.at(middles, np.repeat(np.arange(len(sizes)), sizes), mesh.points[mesh.connectivity])
    return middles / np.maximum(sizes, 1)[:, None]


def varying(points: np.ndarray) -> list[int]:
    """The directions of space along which points differ by more than rounding."""
    extent = np.ptp(points, axis=0)
    return [i for i in range(3) if extent[i] > FLAT * extent.max()]


def mesh_triangles(mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """Triangles (m, 3) of the faces of a mesh, and the cells (m,) they belong to; none if there are
    volumes.
    """
    types, sizes = np.asarray(mesh.types), np.diff(mesh.offsets)
    none = np.zeros((0, 3), dtype=np.int64), np.zeros(0, dtype=np.int64)
    if not np.isin(types, [*CORNERS, STRIP, *SLIGHT]).all():
        return none
    triangles, cells = [none[0]], [none[1]]
    for kind in np.unique(types):
        if kind in SLIGHT:
            continue
        for n in np.unique(sizes[types == kind]):
            found = np.flatnonzero((types == kind) & (sizes == n))
            corners = mesh.connectivity[mesh.offsets[found][:, None] + np.arange(n)]
            corners = (
                corners[:, [0, 1, 3, 2]] if kind == PIXEL else corners[:, : CORNERS.get(kind) or n]
            )
            for i in range(1, corners.shape[1] - 1):
                first = i - 1 if kind == STRIP else 0
                triangles.append(corners[:, [first, i, i + 1]])
                cells.append(found)
    return np.concatenate(triangles), np.concatenate(cells)


def grid_triangles(numbers: np.ndarray, periodic: tuple[bool, ...]) -> np.ndarray:
    """Triangles (m, 3) between neighbouring points of a structured grid (n0, n1) of point
    numbers.
    """
    for axis, closed in enumerate(periodic):
        if closed:
            numbers = np.concatenate([numbers, np.take(numbers, [0], axis=axis)], axis=axis)
    a, b, c, d = (
        part.reshape(-1)
        for part in (numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:])
    )
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def raster(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centres of square pixels between two corners (of others, where it is far from square), y from
    top to bottom.
    """
    width, height = high - low
    ratio = width / height
    ratio = ratio if 1 / WIDEST <= ratio <= WIDEST else 1.5
    nx, ny = round(PIXELS * min(1.0, ratio)), round(PIXELS / max(1.0, ratio))
    return (
        low[0] + (np.arange(nx) + 0.5) * width / nx,
        high[1] - (np.arange(ny) + 0.5) * height / ny,
    )
