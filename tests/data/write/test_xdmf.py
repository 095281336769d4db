"""XDMF: every reader finds the linear field f = 2x + 3y + 5z at every point, whatever the order of
the axes.

Three readers that share no code with the package: meshio for meshes, a small interpreter of the
XDMF specification below for all, and ParaView's own three readers where pvpython is installed.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import h5py
import meshio
import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.snapshots import Snapshots

COEFFICIENTS = np.array([2.0, 3.0, 5.0])
TIMES = np.array([0.0, 0.25, 1.5])
CENTRES = {
    "x": np.array([0.0, 0.1, 0.4, 1.0]),
    "y": np.array([-1.0, 0.5, 2.0]),
    "z": np.array([3.0, 7.0]),
}
CENTRES |= {"lat": np.array([60.0, 30.0, 0.0]), "lon": np.array([0.0, 5.0, 20.0, 30.0])}
CENTRES |= {
    "row": np.arange(3.0),
    "column": np.arange(4.0),
    "r": np.array([1.0, 2.0]),
    "theta": np.arange(5) / 5,
}
#: What the picture shows: which direction an axis is, and its sign.
SHOWN = {
    "x": (0, 1),
    "y": (1, 1),
    "z": (2, 1),
    "lon": (0, 1),
    "lat": (1, 1),
    "row": (1, -1),
    "column": (0, 1),
}
SHOWN |= {"theta": (0, 1), "r": (1, 1)}


def grid(axes, known=True):
    axes = tuple(axes.split())
    shape = tuple(len(CENTRES[axis]) for axis in axes)
    points = np.zeros((*shape, 3))
    for axis, values in zip(
        axes, np.meshgrid(*(CENTRES[axis] for axis in axes), indexing="ij"), strict=True
    ):
        place, sign = SHOWN[axis]
        points[..., place] = sign * values
    coordinates = {axis: CENTRES[axis] for axis in axes} if known else {}
    return axes, shape, coordinates, points.reshape(-1, 3)


def rectilinear(axes, known=True):
    axes, shape, coordinates, points = grid(axes, known)
    return (
        FieldLayout(("u", "p'"), shape, axes, units=("m/s", "Pa"), coordinates=coordinates),
        points,
    )


def curvilinear(axes):
    axes, shape, _, points = grid(axes)
    points = points + 0.1 * np.sin(points[:, [1, 2, 0]])
    return FieldLayout(("u", "p'"), shape, axes, units=("m/s", "Pa"), mesh=Mesh(points)), points


POINTS = np.random.default_rng(0).uniform(size=(12, 3))


def mesh(cells, values_at="points"):
    """A mesh of (VTK type, numbers of points); the field belongs to its points or to the centres of
    its cells.
    """
    offsets = np.cumsum([0, *(len(numbers) for _, numbers in cells)])
    connectivity = np.concatenate([numbers for _, numbers in cells] or [np.zeros(0, int)])
    made = Mesh(
        POINTS,
        connectivity,
        offsets if cells else offsets[:0],
        np.array([k for k, _ in cells], int),
        values_at,
    )
    centres = np.array([POINTS[list(numbers)].mean(axis=0) for _, numbers in cells])
    layout = FieldLayout(("u", "p'"), (made.n_values,), units=("m/s", "Pa"), mesh=made)
    return layout, centres if values_at == "cells" else POINTS


def hexahedron(order):
    """Cells of unit cubes, so that centres are the means of the corners in every reader."""
    corner = np.array(
        [[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 0, 1], [1, 0, 1], [1, 1, 1], [0, 1, 1]],
        float,
    )
    points = np.concatenate([corner[order], corner[order] + [1, 0, 0]])
    made = Mesh(
        points,
        np.arange(16),
        np.array([0, 8, 16]),
        np.full(2, 11 if order[2] == 3 else 12),
        "cells",
    )
    return FieldLayout(("u", "p'"), (2,), mesh=made), points.reshape(2, 8, 3).mean(axis=1)


STRUCTURED = {
    "zyx": rectilinear("z y x"), "xyz": rectilinear("x y z"), "yxz": rectilinear("y x z"),
    "yx": rectilinear("y x"), "xy": rectilinear("x y"), "zx": rectilinear("z x"),
    "xz": rectilinear("x z"), "x": rectilinear("x"), "z": rectilinear("z"),
    "lat-lon": rectilinear("lat lon"), "lon-lat": rectilinear("lon lat"),
    "picture": rectilinear("row column", known=False), "polar": rectilinear("r theta"),
    "curvilinear2": curvilinear("y x"), "curvilinear2t": curvilinear("x y"),
    "curvilinear3": curvilinear("z y x"),
}  # fmt: skip
MESHES = {
    "cloud": mesh([]),
    "triangles": mesh([(5, [0, 1, 2]), (5, [2, 3, 4])]),
    "triangle-centres": mesh([(5, [0, 1, 2]), (5, [2, 3, 4]), (5, [9, 8, 7])], "cells"),
    "mixed": mesh(
        [(5, [0, 1, 2]), (9, [2, 3, 4, 5]), (5, [1, 2, 3]), (10, [0, 1, 2, 3]), (3, [10, 11])]
    ),
    "mixed-centres": mesh([(5, [0, 1, 2]), (10, [2, 3, 4, 5]), (3, [1, 2])], "cells"),
    "tetrahedra": mesh([(10, [0, 1, 2, 3]), (10, [4, 5, 6, 7])], "cells"),
    "wedge-pyramid": mesh([(13, [0, 1, 2, 3, 4, 5]), (14, [5, 6, 7, 8, 9])]),
    "lines": mesh([(3, [0, 1]), (3, [1, 2])], "cells"),
    "quadratic": mesh([(22, [0, 1, 2, 3, 4, 5])]),
    "hexahedra": hexahedron([0, 1, 2, 3, 4, 5, 6, 7]),
    "voxels": hexahedron([0, 1, 3, 2, 4, 5, 7, 6]),
}
POLYGONS = {"polygons": mesh([(7, [0, 1, 2, 3, 4]), (7, [4, 5, 6])])}  # meshio knows none
CASES = STRUCTURED | MESHES | POLYGONS


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every case as files: u = f + time, p' = -f."""
    folder = tmp_path_factory.mktemp("xdmf")
    for name, (layout, points) in CASES.items():
        f = points @ COEFFICIENTS
        rows = np.concatenate([f + TIMES[:, None], -f + 0 * TIMES[:, None]], axis=1)
        Snapshots.from_array(rows, layout=layout, times=TIMES).write(folder / f"{name}.h5")
    return folder


def check(times, points, values, count, time=TIMES[1]):
    f = np.asarray(points) @ COEFFICIENTS
    np.testing.assert_array_equal(times, TIMES)
    assert set(values) == {"u", "p'"}
    assert len(f) == count
    np.testing.assert_allclose(np.ravel(values["u"]), f + time, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.ravel(values["p'"]), -f, rtol=1e-12, atol=1e-12)


def read_xdmf(path, number):
    """An XDMF temporal collection by the specification: times, points (cell centres) and values of
    one snapshot.
    """
    grids = ElementTree.parse(path).findall("Domain/Grid/Grid")
    times = [float(grid.find("Time").get("Value")) for grid in grids]
    topology, geometry = grids[0].find("Topology"), grids[0].find("Geometry")
    for grid in grids[1:]:
        include = grid.find("{http://www.w3.org/2001/XInclude}include")
        assert (
            include.get("xpointer")
            == "xpointer(/Xdmf/Domain/Grid/Grid[1]/*[self::Topology or self::Geometry])"
        )
    arrays = [item(i, path) for i in geometry.findall("DataItem")]
    if geometry.get("GeometryType") == "VXVYVZ":  # x is the fastest
        z, y, x = np.meshgrid(*arrays[::-1], indexing="ij")
        points, shape = np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1), x.shape
    else:
        points, shape = arrays[0], (len(arrays[0]),)
    if topology.get("Dimensions"):
        dimensions = tuple(int(n) for n in topology.get("Dimensions").split())
        assert np.prod(dimensions) == len(points)
        assert topology.get("TopologyType") == ("3DRectMesh" if len(shape) == 3 else "3DSMesh")
    values = {}
    for attribute in grids[number].findall("Attribute"):
        values[attribute.get("Name")] = item(attribute.find("DataItem"), path)
        if attribute.get("Center") == "Cell":
            cells = cells_of(topology, path)
            assert len(cells) == int(topology.get("NumberOfElements"))
            centres = np.array([points[cell].mean(axis=0) for cell in cells])
    return times, centres if attribute.get("Center") == "Cell" else points, values


def cells_of(topology, path):
    data = item(topology.find("DataItem"), path)
    if topology.get("TopologyType") != "Mixed":
        return list(data)
    cells, i = [], 0
    while i < len(data):
        fixed = {4: 3, 5: 4, 6: 4, 7: 5, 8: 6, 9: 8}.get(data[i])
        n, i = (fixed, i + 1) if fixed else (data[i + 1], i + 2)
        cells.append(data[i : i + n])
        i += n
    return cells


def item(element, path):
    assert element.get("Format") == "HDF"
    name, dataset = element.text.split(":")
    with h5py.File(path.parent / name, "r") as file:
        values = file[dataset][()]
    assert values.shape == tuple(int(n) for n in element.get("Dimensions").split())
    assert element.get("NumberType") == {"f": "Float", "i": "Int"}[values.dtype.kind]
    assert int(element.get("Precision")) == values.dtype.itemsize
    return values


@pytest.mark.parametrize("name", CASES)
def test_the_specification(folder, name):
    check(*read_xdmf(folder / f"{name}.xdmf", 1), len(CASES[name][1]))


@pytest.mark.parametrize("name", MESHES)
def test_meshio(folder, name):
    layout, where = MESHES[name]
    with meshio.xdmf.TimeSeriesReader(folder / f"{name}.xdmf") as reader:
        points, cells = reader.read_points_cells()
        steps = [reader.read_data(k) for k in range(reader.num_steps)]
    time, at_points, at_cells = steps[1]
    np.testing.assert_array_equal(points, layout.mesh.points)
    if layout.mesh.values_at == "cells":
        where = np.concatenate([points[block.data].mean(axis=1) for block in cells])
        at_points = {key: np.concatenate(values) for key, values in at_cells.items()}
    check([step[0] for step in steps], where, at_points, layout.mesh.n_values, time)


@pytest.mark.skipif(shutil.which("pvpython") is None, reason="ParaView (pvpython) is not installed")
def test_paraview(folder):
    script = Path(__file__).with_name("paraview_points.py")
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith("PYTHON")
    }  # its own Python
    answer = subprocess.run(
        [shutil.which("pvpython"), str(script), str(folder)],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert "JSON:" in answer.stdout, answer.stderr
    found = json.loads(answer.stdout.split("JSON:")[1])
    assert set(found) == {"Xdmf3ReaderS", "Xdmf3ReaderT", "XDMFReader"}
    for reader, files in found.items():
        assert set(files) == set(CASES)
        for name, seen in files.items():
            try:
                check(seen["times"], seen["points"], seen["values"], len(CASES[name][1]))
            except AssertionError as error:
                raise AssertionError(f"{reader}, {name}: {error}") from error


def test_units_are_written_and_names_are_escaped(folder):
    text = (folder / "yx.xdmf").read_text()
    assert '<Information Name="units of u" Value="m/s" />' in text
    names = [
        a.get("Name") for a in ElementTree.fromstring(text).findall("Domain/Grid/Grid[1]/Attribute")
    ]
    assert names == ["u", "p'"]


def test_a_growing_grid_of_x_fastest_is_stored_as_one_array_per_axis(folder):
    kinds = {
        name: ElementTree.parse(folder / f"{name}.xdmf").find(".//Geometry").get("GeometryType")
        for name in CASES
    }
    assert {name for name, kind in kinds.items() if kind == "VXVYVZ"} == {
        "zyx",
        "yx",
        "zx",
        "x",
        "z",
        "polar",
    }


def test_each_trajectory_is_a_file_of_its_own(tmp_path):
    rows = np.arange(10.0).reshape(5, 2)
    snapshots = Snapshots.from_array(rows, times=[0, 1, 2, 0, 1], trajectories=[4, 4, 4, 7, 7])
    written = snapshots.write(tmp_path / "flow.h5")
    assert [path.name for path in written] == ["flow.h5", "flow_t4.xdmf", "flow_t7.xdmf"]
    times, _, values = read_xdmf(written[2], 1)
    np.testing.assert_array_equal(times, [0, 1])
    np.testing.assert_array_equal(values["x"].ravel(), [8, 9])


@pytest.mark.parametrize(
    ("layout", "words"),
    [
        (FieldLayout(("u",), (1, 1, 2, 2), ("a", "b", "y", "x")), "XDMF knows three"),
        (mesh([(42, [0, 1, 2, 3])])[0], "VTK type 42"),
        (mesh([(5, [0, 1, 2, 3])])[0], "not made of 3 points"),
    ],
)
def test_what_has_no_picture_is_refused(tmp_path, layout, words):
    with pytest.raises(rom.InputError, match=words):
        Snapshots.from_array(np.ones((2, layout.n_features)), layout=layout).write(
            tmp_path / "a.h5"
        )
    assert list(tmp_path.iterdir()) == []
