"""Where fields are drawn: a linear field has the right value at every place of the picture,
whatever the layout.
"""

import numpy as np
import pytest
from scipy.spatial import Delaunay

from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.plot._geometry import CURVE_POINTS, geometry
from rom.plot._triangles import PIXELS

X, Y, Z = np.linspace(0, 3, 7), np.linspace(-1, 1, 5), np.linspace(4, 8, 4)
NONE = np.zeros(0, dtype=np.int64)


def f(x, y, z=0.0):
    return 2 * x + 3 * y + 5 * z


def on_grid(axes, sizes, coordinates):
    """Layout and the linear field on a rectilinear grid, its axes in any order."""
    layout = FieldLayout(("u",), sizes, axes, coordinates=coordinates)
    named = dict(
        zip(axes, np.meshgrid(*(coordinates[a] for a in axes), indexing="ij"), strict=True)
    )
    names = {"lon": "x", "lat": "y"}
    return layout, f(**{names.get(axis, axis): values for axis, values in named.items()})


GRIDS = {
    "x fastest": (("y", "x"), (5, 7), {"y": Y, "x": X}),
    "x slowest": (("x", "y"), (7, 5), {"y": Y, "x": X}),
    "falling coordinates": (("y", "x"), (5, 7), {"y": Y[::-1], "x": X[::-1]}),
    "stretched": (("y", "x"), (5, 7), {"y": Y**3, "x": X**2}),
    "latitude first": (("lat", "lon"), (5, 7), {"lat": Y, "lon": X}),
    "longitude first": (("lon", "lat"), (7, 5), {"lat": Y, "lon": X}),
}


def assert_linear(found, image, *, z=0.0, atol=1e-9):
    """x to the right, y upwards, and the right value at each place that has one."""
    assert np.all(np.diff(found.x) > 0)
    assert np.all(np.diff(found.y) < 0)
    expected = f(found.x[None, :], found.y[:, None], z)
    there = np.isfinite(image)
    np.testing.assert_allclose(image[there], expected[there], atol=atol)
    return there


@pytest.mark.parametrize("name", GRIDS)
def test_grids_in_any_order(name):
    layout, field = on_grid(*GRIDS[name])
    found = geometry(layout)
    assert found.with_ticks
    assert assert_linear(found, found.values(field)).all()
    assert found.labels in (("x", "y"), ("lon", "lat"))


def test_axes_of_one_cell_are_left_out():
    layout, field = on_grid(("z", "y", "x"), (1, 5, 7), {"z": np.array([4.0]), "y": Y, "x": X})
    found = geometry(layout)
    assert found.note == ""
    assert_linear(found, found.values(field), z=4)
    line, field = on_grid(("y", "x"), (1, 7), {"y": Y[:1], "x": X})
    found = geometry(line)
    assert found.y is None
    np.testing.assert_allclose(found.values(field), f(found.x, Y[0]))


@pytest.mark.parametrize("axes", [("z", "y", "x"), ("x", "y", "z"), ("y", "z", "x")])
def test_a_volume_is_cut_through_its_shortest_axis(axes):
    coordinates = {"z": Z, "y": Y, "x": X}
    layout, field = on_grid(axes, tuple(len(coordinates[a]) for a in axes), coordinates)
    found = geometry(layout)
    assert "slice along z: number 3 of 4 (z = 6.67)" in found.note
    assert_linear(found, found.values(field), z=Z[2])


def test_pictures_keep_their_first_row_on_top():
    layout = FieldLayout(("u",), (3, 4), ("row", "column"))
    picture = np.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(geometry(layout).values(picture), picture)


def points(x, y, z=0.0):
    return np.column_stack([np.ravel(x), np.ravel(y), np.broadcast_to(z, np.shape(np.ravel(x)))])


def test_curvilinear_grids_are_where_their_points_are():
    r, angle = np.meshgrid(np.linspace(1, 3, 9), np.linspace(0, np.pi, 40), indexing="ij")
    mesh = Mesh(points(r * np.cos(angle), r * np.sin(angle)))
    found = geometry(FieldLayout(("u",), r.shape, ("j", "i"), mesh=mesh))
    there = assert_linear(found, found.values(f(*mesh.points.T[:2]).reshape(r.shape)))
    radius = np.hypot(found.x[None], found.y[:, None])
    assert not there[radius < 0.98].any()  # the hole stays one
    assert there[(radius > 1.02) & (radius < 2.9) & (found.y[:, None] > 0.05)].all()


@pytest.fixture(scope="module")
def triangles():
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 2, size=(300, 2))
    cells = Delaunay(p).simplices
    return points(*p.T), cells.ravel(), 3 * np.arange(len(cells) + 1), np.full(len(cells), 5)


def test_triangles_with_values_at_their_points(triangles):
    mesh = Mesh(*triangles)
    found = geometry(FieldLayout(("u",), (300,), mesh=mesh))
    assert assert_linear(found, found.values(f(*mesh.points.T[:2]))).mean() > 0.9


def test_triangles_with_values_of_their_own(triangles):
    mesh = Mesh(*triangles, "cells")
    middles = mesh.points[mesh.connectivity].reshape(-1, 3, 3).mean(axis=1)
    found = geometry(FieldLayout(("u",), (mesh.n_values,), mesh=mesh))
    image = found.values(f(*middles.T[:2]))
    # one value a cell: off by less than the field changes across the largest of them
    assert_linear(found, image, atol=2.0)
    assert len(np.unique(image[np.isfinite(image)])) <= mesh.n_values


def test_quadrilaterals_and_planes_other_than_xy():
    x, z = np.meshgrid(X, Z)
    corners = np.arange(28).reshape(4, 7)
    cells = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=-1
    ).reshape(-1, 4)
    mesh = Mesh(
        points(x, 0.5 + 0 * x, z.ravel()),
        cells.ravel(),
        4 * np.arange(len(cells) + 1),
        np.full(len(cells), 9),
    )
    found = geometry(FieldLayout(("u",), (28,), mesh=mesh))
    assert found.labels == ("x", "z")
    image = found.values(f(mesh.points[:, 0], 0, mesh.points[:, 2]))
    np.testing.assert_allclose(image, 2 * found.x[None] + 5 * found.y[:, None], atol=1e-9)


def test_a_cloud_shows_the_nearest_point_and_nothing_far_from_one():
    rng = np.random.default_rng(0)
    p = rng.uniform(0, 1, size=(3000, 2))
    p = p[np.hypot(*(p - 0.5).T) > 0.2]
    mesh = Mesh(points(*p.T), NONE, NONE, NONE)
    found = geometry(FieldLayout(("u",), (len(p),), mesh=mesh))
    there = assert_linear(found, found.values(f(*p.T)), atol=0.3)
    assert not there[np.hypot(found.x[None] - 0.5, found.y[:, None] - 0.5) < 0.1].any()
    assert there.mean() > 0.75
    assert "cloud of points" in found.note


def test_a_cloud_in_space_is_cut_in_the_middle_of_its_shortest_extent():
    p = np.random.default_rng(0).uniform(0, 1, size=(20_000, 3)) * [4, 2, 1]
    found = geometry(FieldLayout(("u",), (len(p),), mesh=Mesh(p)))
    assert "plane z = 0.5" in found.note
    assert_linear(found, found.values(f(*p.T)), z=0.5, atol=1.2)


def test_the_size_of_a_picture_does_not_depend_on_that_of_the_mesh():
    p = np.random.default_rng(0).uniform(0, 1, size=(200_000, 2))
    found = geometry(FieldLayout(("u",), (len(p),), mesh=Mesh(points(*p.T))))
    assert max(found.values(p[:, 0]).shape) == PIXELS
    curve = geometry(FieldLayout(("u",), (200_000,)))
    assert len(curve.values(p[:, 0])) <= CURVE_POINTS
    assert "th value is drawn" in curve.note


def test_masked_values_stay_holes():
    layout, field = on_grid(*GRIDS["x slowest"])
    field[2, 3] = np.nan
    assert np.isnan(geometry(layout).values(field)).sum() == 1
