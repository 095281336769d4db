"""Cells: VTK's numbers and orders become XDMF's."""

import numpy as np
import pytest

from rom.data.mesh import Mesh
from rom.data.write.cells import topology

POINTS = np.zeros((20, 3))


def mesh(*cells):
    numbers = np.concatenate([points for _, points in cells])
    offsets = np.cumsum([0, *(len(points) for _, points in cells)])
    return Mesh(POINTS, numbers, offsets, np.array([kind for kind, _ in cells]), "cells")


@pytest.mark.parametrize(
    ("cells", "name", "array"),
    [
        ([(5, [0, 1, 2]), (5, [3, 4, 5])], "Triangle", [[0, 1, 2], [3, 4, 5]]),
        ([(8, [0, 1, 2, 3])], "Quadrilateral", [[0, 1, 3, 2]]),
        ([(11, [7, 6, 5, 4, 3, 2, 1, 0])], "Hexahedron", [[7, 6, 4, 5, 3, 2, 0, 1]]),
        ([(1, [4]), (1, [2])], "Polyvertex", [[4], [2]]),
        ([(7, [0, 1, 2, 3, 4])], "Polygon", [[0, 1, 2, 3, 4]]),
        ([(7, [0, 1, 2]), (7, [3, 4, 5, 6])], "Mixed", [3, 3, 0, 1, 2, 3, 4, 3, 4, 5, 6]),
        (
            [(5, [0, 1, 2]), (8, [0, 1, 2, 3]), (3, [8, 9])],
            "Mixed",
            [4, 0, 1, 2, 5, 0, 1, 3, 2, 2, 2, 8, 9],
        ),
        (
            [(22, [0, 1, 2, 3, 4, 5]), (24, range(10))],
            "Mixed",
            [36, 0, 1, 2, 3, 4, 5, 38, *range(10)],
        ),
    ],
)
def test_cells_become_topologies(cells, name, array):
    given = mesh(*cells)
    before = given.connectivity.copy()
    attributes, found = topology(given)
    assert (attributes["TopologyType"], attributes["NumberOfElements"]) == (name, str(len(cells)))
    np.testing.assert_array_equal(found, array)
    np.testing.assert_array_equal(given.connectivity, before)
