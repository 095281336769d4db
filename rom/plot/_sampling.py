"""Images of fields that are on no rectilinear grid: what value is at each pixel, found once and
used for every field.

Each pixel knows the numbers of one value (a cell of a mesh, the nearest point) or of three (the
corners of a triangle, with linear interpolation). The cost of drawing a field does not depend on
the size of the mesh.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from rom.plot._triangles import raster, varying

REACH = 1.2  # spacings of the points within which a pixel takes the value of the nearest point
CANDIDATES = 2_000_000  # pairs of pixel and triangle that are looked at together

Directions = tuple[int, int]


@dataclass(frozen=True)
class Sample:
    """Values of a field at the pixels of an image.

    Attributes
    ----------
    x, y : (nx,) and (ny,) centres of the pixels, y from top to bottom
    numbers : (ny, nx, m) int, which values of the flat field belong to each pixel; -1: none
    shares : (ny, nx, m), their weights, sum one
    """

    x: np.ndarray
    y: np.ndarray
    numbers: np.ndarray
    shares: np.ndarray

    def __call__(self, field: np.ndarray) -> np.ndarray:
        """The image (ny, nx) of a field (*grid); NaN outside of the mesh and where the largest
        share has no value.
        """
        values = field.reshape(-1)[self.numbers]
        there = np.isfinite(values)
        shares = self.shares * there
        largest = np.take_along_axis(there, self.shares.argmax(axis=2)[:, :, None], axis=2)[:, :, 0]
        image = (shares * np.where(there, values, 0)).sum(axis=2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(
                largest & (self.numbers[:, :, 0] >= 0), image / shares.sum(axis=2), np.nan
            )


def surface(
    points: np.ndarray, triangles: np.ndarray, values: np.ndarray
) -> tuple[Sample, Directions, str]:
    """Triangles with one value (m, 1) or with one at each corner (m, 3); seen along the shortest
    extent.
    """
    corners = np.asarray(points, dtype=float)[triangles]
    extent = np.ptp(corners.reshape(-1, 3), axis=0)
    away = 2 - int(np.argmin(extent[::-1]))  # of several that are shortest, the last
    right, up = (i for i in range(3) if i != away)
    order = np.argsort(
        corners[:, :, away].mean(axis=1), kind="stable"
    )  # what is painted last lies on top
    seen, values = corners[order][:, :, [right, up]], values[order]
    if (
        len(seen) > 100
    ):  # a longitude that jumps from 360 to 0 degrees is no cell across the whole map
        narrow = np.all(np.ptp(seen, axis=1) <= np.ptp(seen, axis=(0, 1)) / 2, axis=1)
        seen, values = seen[narrow], values[narrow]
    x, y = raster(seen.min(axis=(0, 1)), seen.max(axis=(0, 1)))
    numbers = np.full((len(y), len(x), values.shape[1]), -1)
    shares = np.full(numbers.shape, 1.0 / values.shape[1])
    for which, column, row, share in _inside(seen, x, y):
        numbers[row, column] = values[which]
        if values.shape[1] == 3:
            shares[row, column] = share
    axis = "xyz"[away]
    note = (
        f"The surface is seen from the side where {axis} is largest."
        if away in varying(corners.reshape(-1, 3))
        else ""
    )
    return Sample(x, y, numbers, shares), (right, up), note


def _inside(corners: np.ndarray, x: np.ndarray, y: np.ndarray) -> Iterator[tuple[np.ndarray, ...]]:
    """Triangle, column, row and barycentric coordinates of each pixel whose centre is in a triangle
    (m, 3, 2).
    """
    place = (corners - [x[0], y[0]]) / [x[1] - x[0], y[1] - y[0]]  # pixels have whole numbers
    first = np.maximum(np.ceil(place.min(axis=1)), 0).astype(int)
    last = np.minimum(np.floor(place.max(axis=1)), [len(x) - 1, len(y) - 1]).astype(int)
    size = np.maximum(last - first + 1, 0)
    count = size.prod(axis=1)
    ends = np.cumsum(count)
    cuts = np.searchsorted(ends, np.arange(CANDIDATES, ends[-1], CANDIDATES))
    for part in np.split(np.arange(len(count)), np.unique(cuts)):
        which = np.repeat(part, count[part])
        k = np.arange(len(which)) - np.repeat(np.cumsum(count[part]) - count[part], count[part])
        width = np.maximum(size[which, 0], 1)
        column, row = first[which, 0] + k % width, first[which, 1] + k // width
        a, b, c = place[which].transpose(1, 2, 0)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        with np.errstate(divide="ignore", invalid="ignore"):
            second = ((column - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (row - a[1])) / area
            third = ((b[0] - a[0]) * (row - a[1]) - (column - a[0]) * (b[1] - a[1])) / area
        share = np.stack([1 - second - third, second, third], axis=1)
        hit = (share >= -1e-9).all(axis=1)
        yield which[hit], column[hit], row[hit], np.clip(share[hit], 0, 1)


def nearest(points: np.ndarray) -> tuple[Sample, Directions, str]:
    """Points (n, 3): every pixel has the value of the nearest one, if it is near; of a volume, in
    its middle plane.
    """
    directions = varying(points)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    note = "The data is a cloud of points: every position has the colour of the nearest one."
    away = 3 - sum(directions) if len(directions) == 2 else 2 - int(np.argmin(extent[::-1]))
    right, up = (i for i in range(3) if i != away)
    plane = points[np.argmin(np.abs(points[:, away] - low[away] - extent[away] / 2)), away]
    if len(directions) == 3:
        note = (
            f"Drawn is the plane {'xyz'[away]} = {plane:.3g}, the middle of the shortest extent:"
            " every position has the colour of the nearest value."
        )
    x, y = raster(low[[right, up]], low[[right, up]] + extent[[right, up]])
    pixels = np.full((len(y), len(x), 3), plane)
    pixels[:, :, right], pixels[:, :, up] = x, y[:, None]
    tree = cKDTree(points[:, directions])
    distance, number = tree.query(pixels[:, :, directions])
    used, place = np.unique(number, return_inverse=True)
    spacing = tree.query(points[used][:, directions], k=[2 * len(directions) + 1])[0][:, 0]
    far = distance > REACH * spacing[place].reshape(distance.shape)
    numbers = np.where(far, -1, number)[:, :, None]
    return Sample(x, y, numbers, np.ones(numbers.shape)), (right, up), note
