"""Where values lie: structured grids in any direction, pieces that follow each other."""

import numpy as np
import pytest

import rom
from rom.data.formats.common import places


def grid(k, j, i):
    return np.stack(np.meshgrid(k, j, i, indexing="ij"), axis=-1)


def test_axes_are_named_by_the_coordinate_that_varies_along_them():
    p = grid([0.0, 1, 2], [5.0], [3.0, 4])  # x is slowest, z fastest, y has one layer
    place = places.structured(p, "points")
    assert (place.axes, place.kept) == (("x", "y", "z"), ("x", "z"))
    np.testing.assert_array_equal(place.centres["x"], [0, 1, 2])
    np.testing.assert_array_equal(place.centres["z"], [3, 4])
    assert place.coordinates["y"] == [5]


def test_pieces_keep_the_plane_in_which_they_lie():
    planes = [
        places.structured(grid([0.0, 1], [3.0, 4], [z])[:, :, 0], "points") for z in (7.0, 9.0)
    ]
    assert planes[0].kept == ("x", "y")
    together = places.pieces(planes)
    assert (together.axes, together.shape) == (("point",), (8,))
    expected = [[x, y, z] for z in (7, 9) for x in (0, 1) for y in (3, 4)]
    np.testing.assert_array_equal(together.mesh.points, expected)


def test_cells_weigh_what_they_are_large():
    place = places.rectilinear({"y": np.array([0.0, 1, 3]), "x": np.array([0.0, 1, 2, 3])}, "cells")
    np.testing.assert_array_equal(place.weights, [[1, 1, 1], [2, 2, 2]])
    assert (
        places.rectilinear({"y": np.arange(3.0), "x": np.array([0.0, 2, 4])}, "cells").weights
        is None
    )
    # an axis with one cell is no axis of the weights
    assert places.rectilinear(
        {"z": np.array([0.0, 5]), "x": np.array([0.0, 1, 3])}, "cells"
    ).weights.shape == (2,)


def test_a_cloud_and_a_mesh_are_a_cloud():
    points = np.array([[0.0, 0, 0], [1, 0, 0], [0, 1, 0]])
    none = np.zeros(0, np.int64)
    mesh = places.unstructured(points, np.arange(3), np.array([0, 3]), np.array([5]), "cells")
    cloud = places.unstructured(points, np.arange(3), np.array([0, 3]), none, "cells")
    together = places.pieces([mesh, cloud]).mesh
    np.testing.assert_allclose(together.points, [[1 / 3, 1 / 3, 0]] * 2)
    assert not len(together.types)


def test_a_shape_that_does_not_fit_is_named(tmp_path):
    place = places.rectilinear({"y": np.arange(3.0), "x": np.arange(4.0)}, "points")
    assert places.require_shape("u", (3, 4), place, tmp_path) == ()
    assert places.require_shape("u", (1, 3, 4, 1, 2), place, tmp_path) == (2,)
    with pytest.raises(rom.InputError, match=r"u has shape \(4, 3\), its grid 3 x 4 \(12 values\)"):
        places.require_shape("u", (4, 3), place, tmp_path)
