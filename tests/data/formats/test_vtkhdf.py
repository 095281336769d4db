"""VTKHDF: images and unstructured grids, one step or many, in pieces; what is refused."""

import itertools

import h5py
import numpy as np
import pytest

import rom
from tests.writers.vtkhdf import add_steps, start

TIMES = np.array([0.5, 1.0, 3.0])
#: x0 x1 y0 y1 z0 z1
EXTENT = np.array([1, 5, 0, 3, 2, 4])
ORIGIN, SPACING = np.array([10.0, 20, 30]), np.array([0.5, 2, 3])


def linear(p, t):
    return (2 * p[..., 0] + 3 * p[..., 1] + 5 * p[..., 2]) * (1 + t)


def image(path, at="PointData", *, direction=None, times=TIMES):
    """A field f that is linear in space and a vector w, the position, at the points or in the
    cells.
    """
    direction = np.eye(3) if direction is None else direction
    shift = 0.5 if at == "CellData" else 0
    low, high = EXTENT.reshape(3, 2).T
    x, y, z = (
        np.arange(a, b + (0 if shift else 1)) + shift for a, b in zip(low, high, strict=True)
    )
    k, j, i = np.meshgrid(z, y, x, indexing="ij")
    p = ORIGIN + (np.stack([i, j, k], axis=-1) * SPACING) @ direction.T
    with h5py.File(path, "w") as file:
        root = start(file, "ImageData")
        root.attrs["WholeExtent"], root.attrs["Origin"], root.attrs["Spacing"] = (
            EXTENT,
            ORIGIN,
            SPACING,
        )
        root.attrs["Direction"] = direction.ravel()
        f, w = (
            np.stack([values(t) for t in times])
            for values in (lambda t: linear(p, t), lambda t: p * (1 + t))
        )
        if len(times) > 1:
            add_steps(root, times)
        root[f"{at}/f"], root[f"{at}/w"] = (f, w) if len(times) > 1 else (f[0], w[0])
    return p


@pytest.mark.parametrize("at", ["PointData", "CellData"])
def test_an_image_has_its_values_where_they_lie(tmp_path, at):
    p = image(tmp_path / "a.vtkhdf", at)
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf")
    layout = snapshots.layout
    assert (layout.variables, layout.axes) == (("f", "w_x", "w_y", "w_z"), ("z", "y", "x"))
    assert layout.grid_shape == ((3, 4, 5) if at == "PointData" else (2, 3, 4))
    z, y, x = np.meshgrid(*(layout.coordinates[a] for a in "zyx"), indexing="ij")
    np.testing.assert_allclose(np.stack([x, y, z], axis=-1), p)
    np.testing.assert_allclose(layout.to_fields(snapshots[2:])[0, 0], linear(p, 3.0))
    np.testing.assert_allclose(layout.to_fields(snapshots[1:2])[0, 1:], np.moveaxis(p, -1, 0) * 2)
    np.testing.assert_array_equal(snapshots.times, TIMES)


def test_an_image_that_is_turned_keeps_its_points(tmp_path):
    c, s = np.cos(0.3), np.sin(0.3)
    p = image(tmp_path / "a.vtkhdf", direction=np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]))
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf")
    np.testing.assert_allclose(snapshots.layout.mesh.points, p.reshape(-1, 3))
    np.testing.assert_allclose(snapshots[0][:60], linear(snapshots.layout.mesh.points, 0.5))
    # a quarter turn is a grid again, whose axes have other names
    p = image(tmp_path / "b.vtkhdf", direction=np.array([[0.0, -1, 0], [1, 0, 0], [0, 0, 1]]))
    layout = rom.open_snapshots(tmp_path / "b.vtkhdf").layout
    assert layout.axes == ("z", "x", "y")
    np.testing.assert_allclose(layout.coordinates["x"], p[0, :, 0, 0])


def test_files_of_one_step_are_a_series(tmp_path):
    for i, t in enumerate(TIMES):
        image(tmp_path / f"a{i}.vtkhdf", times=[t])
        with h5py.File(tmp_path / f"a{i}.vtkhdf", "r+") as file:
            file["VTKHDF/FieldData/TimeValue"] = [t]
    snapshots = rom.open_snapshots(str(tmp_path / "a*.vtkhdf"), variables="f")
    np.testing.assert_array_equal(snapshots.times, TIMES)
    image(tmp_path / "all.vtkhdf")
    np.testing.assert_array_equal(
        snapshots[:], rom.open_snapshots(tmp_path / "all.vtkhdf", variables="f")[:]
    )


def test_steps_may_use_rows_again(tmp_path):
    image(tmp_path / "a.vtkhdf")
    with h5py.File(tmp_path / "a.vtkhdf", "r+") as file:
        file["VTKHDF/Steps/PointDataOffsets/f"] = [2, 0, 0]
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf", variables="f")
    with h5py.File(tmp_path / "a.vtkhdf") as file:
        np.testing.assert_array_equal(
            snapshots[:], file["VTKHDF/PointData/f"][:][[2, 0, 0]].reshape(3, -1)
        )


#: Two pieces: two tetrahedra, then a quadrilateral and a triangle.
POINTS = [
    np.random.default_rng(0).normal(size=(5, 3)),
    np.random.default_rng(1).normal(size=(6, 3)),
]
CELLS = [
    ([0, 1, 2, 3, 1, 2, 3, 4], [0, 4, 8], [10, 10]),
    ([0, 1, 2, 3, 3, 4, 5], [0, 4, 7], [9, 5]),
]
ALL_POINTS = np.concatenate(POINTS)
CENTRES = [
    p[c[a:b]].mean(axis=0)
    for p, (c, o, _) in zip(POINTS, CELLS, strict=True)
    for a, b in itertools.pairwise(o)
]


def unstructured(path, *, anew=False, pieces=2, times=TIMES):
    """Fields at points (p, w) and in cells (c); the mesh once, or anew in every step and moved to
    the right.
    """
    steps = len(times)
    repeats = steps if anew else 1
    points, cells = POINTS[:pieces], CELLS[:pieces]
    with h5py.File(path, "w") as file:
        root = start(file, "UnstructuredGrid")
        root["NumberOfPoints"] = np.tile([len(p) for p in points], repeats)
        root["NumberOfCells"] = np.tile([len(t) for _, _, t in cells], repeats)
        root["NumberOfConnectivityIds"] = np.tile([len(c) for c, _, _ in cells], repeats)
        where = np.concatenate(points)
        root["Points"] = np.concatenate([where + np.array([k, 0, 0]) for k in range(repeats)])
        for name, number in {"Connectivity": 0, "Offsets": 1, "Types": 2}.items():
            stored = np.tile(np.concatenate([cell[number] for cell in cells]), repeats)
            root[name] = stored.astype(np.uint8 if name == "Types" else np.int64)
        n, m = len(where), sum(len(t) for _, _, t in cells)
        root["PointData/p"] = np.concatenate([linear(where, t) for t in times])
        root["PointData/w"] = np.concatenate([where * (1 + t) for t in times])
        root["CellData/c"] = np.concatenate([linear(np.array(CENTRES[:m]), t) for t in times])
        if steps > 1:
            group = add_steps(root, times)
            step = np.arange(steps)
            group["PartOffsets"] = pieces * step * anew
            group["NumberOfParts"] = np.full(steps, pieces)
            group["PointOffsets"] = n * step * anew
            group["CellOffsets"] = (m * step * anew)[:, None]
            group["ConnectivityIdOffsets"] = (len(root["Connectivity"]) // repeats * step * anew)[
                :, None
            ]
            for name in ("p", "w"):
                group[f"PointDataOffsets/{name}"] = n * step
            group["CellDataOffsets/c"] = m * step


@pytest.mark.parametrize("anew", [False, True])
@pytest.mark.parametrize("pieces", [1, 2])
def test_an_unstructured_grid_has_its_values_where_they_lie(tmp_path, anew, pieces):
    unstructured(tmp_path / "a.vtkhdf", anew=anew, pieces=pieces)
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf")
    mesh = snapshots.layout.mesh
    assert snapshots.layout.variables == ("p", "w_x", "w_y", "w_z")
    np.testing.assert_array_equal(mesh.points, np.concatenate(POINTS[:pieces]))
    assert mesh.types.tolist() == [10, 10, 9, 5][: 2 * pieces]
    for k, t in enumerate(TIMES):
        expected = np.concatenate([linear(mesh.points, t), *(mesh.points.T * (1 + t))])
        np.testing.assert_allclose(snapshots[k], expected)
    said = " ".join(snapshots.assumptions)
    assert ("written again from step 1" in said, "2 pieces" in said) == (anew, pieces == 2)
    assert "variables at cells are left out: c" in said
    cells = rom.open_snapshots(tmp_path / "a.vtkhdf", variables="c")
    mesh = cells.layout.mesh
    centres = [
        mesh.points[mesh.connectivity[a:b]].mean(axis=0)
        for a, b in zip(mesh.offsets, mesh.offsets[1:], strict=False)
    ]
    np.testing.assert_allclose(cells[1], linear(np.array(centres), 1.0))


def test_offsets_of_arrays_are_those_of_the_mesh_where_there_are_none(tmp_path):
    unstructured(tmp_path / "a.vtkhdf", anew=True)
    expected = rom.open_snapshots(tmp_path / "a.vtkhdf")[:]
    with h5py.File(tmp_path / "a.vtkhdf", "r+") as file:
        for name in (
            "PointDataOffsets",
            "CellDataOffsets",
            "PartOffsets",
            "PointOffsets",
            "NumberOfParts",
        ):
            del file[f"VTKHDF/Steps/{name}"]
    np.testing.assert_array_equal(rom.open_snapshots(tmp_path / "a.vtkhdf")[:], expected)


def test_a_mesh_without_steps_is_one_snapshot_of_a_series(tmp_path):
    for k, t in enumerate(TIMES):
        unstructured(tmp_path / f"a{k}.vtkhdf", times=[t])
    unstructured(tmp_path / "all.vtkhdf")
    series = rom.open_snapshots(str(tmp_path / "a?.vtkhdf"))
    np.testing.assert_array_equal(series[:], rom.open_snapshots(tmp_path / "all.vtkhdf")[:])


def test_ghosts_are_masked_and_numbers_of_points_are_no_variables(tmp_path):
    unstructured(tmp_path / "a.vtkhdf")
    with h5py.File(tmp_path / "a.vtkhdf", "r+") as file:
        ghosts = np.zeros((3, 11), np.uint8)
        ghosts[0, [2, 7, 8]] = 1, 2, 4  # the last bit is none of those that hide a point
        file["VTKHDF/PointData/vtkGhostType"] = ghosts.ravel()
        file["VTKHDF/PointData/ids"] = np.arange(33)
        file["VTKHDF/PointData"].attrs["GlobalIds"] = "ids"
        file["VTKHDF/PointData/label"] = np.arange(33)
        file["VTKHDF/PointData/label"].attrs["Attribute"] = "pedigreeids"
        for name in ("vtkGhostType", "ids", "label"):
            file[f"VTKHDF/Steps/PointDataOffsets/{name}"] = [0, 11, 22]
    snapshots = rom.open_snapshots(tmp_path / "a.vtkhdf")
    assert np.flatnonzero(snapshots.layout.mask).tolist() == [2, 7]
    assert snapshots.layout.variables == ("p", "w_x", "w_y", "w_z")
    said = " ".join(snapshots.assumptions)
    assert "2 points that vtkGhostType calls duplicate or hidden are masked" in said
    assert "no fields are left out: ids, label" in said


def test_ghosts_of_an_image(tmp_path):
    image(tmp_path / "a.vtkhdf")
    ghosts = np.zeros((3, 3, 4, 5), np.uint8)
    ghosts[:, 1, 2, 3] = 2
    with h5py.File(tmp_path / "a.vtkhdf", "r+") as file:
        file["VTKHDF/PointData/vtkGhostType"] = ghosts
    mask = rom.open_snapshots(tmp_path / "a.vtkhdf").layout.mask
    assert np.argwhere(mask).tolist() == [[1, 2, 3]]


def change(name, value=None, attribute=None):
    def apply(file):
        item = (
            file["VTKHDF"]
            if name is None
            else file["VTKHDF"][name]
            if attribute
            else file["VTKHDF"]
        )
        if attribute:
            del item.attrs[attribute]
            if value is not None:
                item.attrs[attribute] = value
        else:
            del item[name]
            if value is not None:
                item[name] = value

    return apply


@pytest.mark.parametrize(
    ("make", "apply", "words"),
    [
        (
            image,
            change(None, None, "WholeExtent"),
            "attribute WholeExtent of VTKHDF must be 6 numbers",
        ),
        (image, change(None, [1, 2], "Spacing"), "attribute Spacing of VTKHDF must be 3 numbers"),
        (image, change("Steps/Values", [1.0]), "Steps/Values has 1 entries, there are 3 steps"),
        (image, change("Steps", "none", "NSteps"), "NSteps of VTKHDF/Steps must be a number"),
        (
            image,
            change("PointData/f", np.zeros((3, 4, 4, 5))),
            r"PointData/f has shape \(4, 4, 5\), its grid 3 x 4 x 5",
        ),
        (
            image,
            change("PointData/f", np.zeros((2, 3, 4, 5))),
            "PointData/f has 2 rows, steps reach from 0 to 3",
        ),
        (unstructured, change("NumberOfCells"), "no dataset 'VTKHDF/NumberOfCells'"),
        (
            unstructured,
            change("PointData/p", np.zeros(30)),
            "PointData/p has 30 rows, steps reach from 0 to 33",
        ),
        (unstructured, change("Steps/PartOffsets", [0, 0, 1]), "names pieces that are not there"),
        (
            unstructured,
            change("Steps/PartOffsets", [0, np.nan, 1]),
            "PartOffsets holds values that are not finite",
        ),
        (unstructured, change("Types"), "no dataset 'VTKHDF/Types'"),
        (
            unstructured,
            change("Connectivity", np.full(15, 99)),
            "names a point that is not one of 11",
        ),
    ],
)
def test_what_is_not_read_is_one_line_that_names_the_file(tmp_path, make, apply, words):
    path = tmp_path / "a.vtkhdf"
    make(path)
    with h5py.File(path, "r+") as file:
        apply(file)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_mesh_that_changes_is_refused(tmp_path):
    unstructured(tmp_path / "a.vtkhdf", anew=True, pieces=1)
    with h5py.File(tmp_path / "a.vtkhdf", "r+") as file:
        file["VTKHDF/NumberOfPoints"][2] = 4
    with pytest.raises(
        rom.InputError, match="the mesh changes: 5 points in the first step, 4 in step 2"
    ):
        rom.open_snapshots(tmp_path / "a.vtkhdf")


def test_an_image_in_a_plane_may_or_may_not_have_its_third_axis(tmp_path):
    values = np.random.default_rng(0).normal(size=(3, 4, 5))
    for name, stored in {"a": values, "b": values[:, None]}.items():
        with h5py.File(tmp_path / f"{name}.vtkhdf", "w") as file:
            root = start(file, "ImageData")
            root.attrs["WholeExtent"], root.attrs["Origin"] = [0, 4, 0, 3, 0, 0], np.zeros(3)
            root.attrs["Spacing"] = np.ones(3)
            add_steps(root, TIMES)
            root["PointData/f"] = stored
        snapshots = rom.open_snapshots(tmp_path / f"{name}.vtkhdf")
        assert (snapshots.layout.axes, snapshots.layout.grid_shape) == (("y", "x"), (4, 5))
        np.testing.assert_array_equal(snapshots[:], values.reshape(3, -1))


@pytest.mark.parametrize("make", [image, unstructured])
def test_a_file_that_does_not_say_its_type_has_that_of_its_arrays(tmp_path, make):
    make(tmp_path / "a.vtkhdf")
    make(tmp_path / "b.vtkhdf")
    with h5py.File(tmp_path / "b.vtkhdf", "r+") as file:
        del file["VTKHDF"].attrs["Type"]
    one, other = (rom.open_snapshots(tmp_path / name) for name in ("a.vtkhdf", "b.vtkhdf"))
    np.testing.assert_array_equal(one[:], other[:])
    assert one.layout.variables == other.layout.variables
    assert "does not say its type" in " ".join(other.assumptions)
