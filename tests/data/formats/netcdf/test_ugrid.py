"""Meshes of the UGRID conventions in netCDF: faces, nodes, layers, areas, and broken ones."""

import netCDF4
import numpy as np
import pytest

import rom

#: Two triangles and a quadrilateral.
NODES = np.array([[0.0, 0.0], [2, 0], [4, 0], [0, 1], [2, 1], [4, 1]])
FACES = [[0, 1, 3], [1, 4, 3], [1, 2, 5, 4]]
AREAS = [1.0, 1.0, 2.0]
NT = 7
RNG = np.random.default_rng(0)
ON_FACES, ON_NODES = RNG.normal(size=(NT, 3)), RNG.normal(size=(NT, 6))


def write(path, *, start=0, turned=False, units=("m", "m"), layers=0, change=None):
    """A file as models of coasts write them."""
    with netCDF4.Dataset(path, "w") as file:
        for name, n in {"time": None, "face": 3, "node": 6, "corner": 4, "layer": layers}.items():
            if n != 0:
                file.createDimension(name, n)
        time = file.createVariable("time", "f8", ("time",))
        time.units, time[:] = "days since 2000-01-01", np.arange(NT)
        mesh = file.createVariable("Mesh2", "i4")
        mesh.cf_role, mesh.topology_dimension = "mesh_topology", 2
        mesh.node_coordinates = "Mesh2_node_x Mesh2_node_y"
        mesh.face_node_connectivity, mesh.face_dimension = "Mesh2_face_nodes", "face"
        for i, name in enumerate("xy"):
            node = file.createVariable(f"Mesh2_node_{name}", "f8", ("node",))
            node.units, node[:] = units[i], NODES[:, i]
        dims = ("corner", "face") if turned else ("face", "corner")
        faces = file.createVariable("Mesh2_face_nodes", "i4", dims, fill_value=-999)
        faces.cf_role, faces.start_index = "face_node_connectivity", start
        table = np.full((3, 4), -999)
        for i, corners in enumerate(FACES):
            table[i, : len(corners)] = np.array(corners) + start
        faces[:] = table.T if turned else table
        for name, at, values in (("h", "face", ON_FACES), ("eta", "node", ON_NODES)):
            field = file.createVariable(name, "f8", ("time", at))
            field.mesh, field.location, field[:] = "Mesh2", at, values
        if layers:
            field = file.createVariable("salt", "f8", ("time", "layer", "face"))
            field.mesh, field.location = "Mesh2", "face"
            field[:] = np.repeat(ON_FACES[:, None], layers, axis=1)
        if change:
            change(file)
    return path


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize("turned", [False, True])
def test_faces_are_cells_with_their_areas(tmp_path, start, turned):
    snapshots = rom.open_snapshots(
        write(tmp_path / "a.nc", start=start, turned=turned), variables="h"
    )
    np.testing.assert_array_equal(snapshots[:], ON_FACES)
    mesh = snapshots.layout.mesh
    assert mesh.values_at == "cells"
    assert mesh.types.tolist() == [5, 5, 9]
    assert mesh.connectivity.tolist() == [i for face in FACES for i in face]
    weights = snapshots.layout.weights
    np.testing.assert_allclose(weights / weights.sum(), np.array(AREAS) / 4)
    assert "areas of the faces of mesh Mesh2" in " ".join(snapshots.assumptions)


def test_values_at_nodes_have_their_share_of_the_faces(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path / "a.nc"), variables="eta")
    np.testing.assert_array_equal(snapshots[:], ON_NODES)
    assert snapshots.layout.mesh.values_at == "points"
    weights = snapshots.layout.weights
    share = np.array([1 / 3, 1 / 3 + 1 / 3 + 1 / 2, 1 / 2, 2 / 3, 1 / 3 + 1 / 2, 1 / 2])
    np.testing.assert_allclose(weights / weights.sum(), share / 4)


def test_several_layers_have_the_areas_of_one(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path / "a.nc", layers=2), variables="salt")
    assert snapshots.layout.axes == ("layer", "face")
    weights = np.asarray(snapshots.layout.weights)
    twice = np.tile(AREAS, (2, 1)).reshape(weights.shape) / 8
    np.testing.assert_allclose(weights / weights.sum(), twice)


def test_areas_on_the_sphere_shrink_towards_the_pole(tmp_path):
    units = ("degrees_east", "degrees_north")
    snapshots = rom.open_snapshots(write(tmp_path / "a.nc", units=units), variables="h")
    weights = np.asarray(snapshots.layout.weights)
    # on a degree or two next to the equator the sphere is nearly flat
    np.testing.assert_allclose(weights / weights.sum(), np.array(AREAS) / 4, rtol=1e-3)
    assert abs(weights[0] / weights[1] - 1) > 1e-6


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda f: f["Mesh2"].setncattr("face_node_connectivity", "gone"), "names 'gone'"),
        (lambda f: f["Mesh2_face_nodes"].__setitem__((0, 2), -999), "fewer than three nodes"),
        (lambda f: f["Mesh2_face_nodes"].__setitem__((0, 2), 99), "names a point that is not one"),
        (lambda f: f["h"].setncattr("location", "node"), "no value for each node"),
    ],
)
def test_a_broken_mesh_is_one_line_that_names_the_file(tmp_path, change, words):
    path = write(tmp_path / "a.nc", change=change)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path, variables="h")
    assert str(path) in str(caught.value)


def test_a_whole_sphere_has_the_area_of_one():
    from rom.data.formats.netcdf.ugrid import areas
    from rom.data.mesh import Mesh

    longitude, latitude = np.arange(0, 361, 30.0), np.arange(-90, 91, 30.0)
    x, y = np.meshgrid(longitude, latitude)
    points = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    numbers = np.arange(x.size).reshape(x.shape)
    faces = np.stack([numbers[:-1, :-1], numbers[:-1, 1:], numbers[1:, 1:], numbers[1:, :-1]], -1)
    faces = faces.reshape(-1, 4)
    mesh = Mesh(
        points, faces.ravel(), 4 * np.arange(len(faces) + 1), np.full(len(faces), 9), "cells"
    )
    assert areas(mesh, on_sphere=True).sum() == pytest.approx(4 * np.pi)
