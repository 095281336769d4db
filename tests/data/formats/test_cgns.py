"""CGNS: zones structured and not, several of them, steps in their order, units, links; what is
refused.
"""

import h5py
import numpy as np
import pytest

import rom
from rom.data.inspection.report import inspect_data
from tests.writers.cgns import add_solution, add_steps, characters, node, start, structured

TIMES = np.array([0.5, 1.0, 3.0])
NAMES = ["S2", "S10", "S1"]  # neither as text nor as numbers in the order of time
Z, Y, X = np.array([0.0, 1, 3, 4]), np.array([1.0, 2, 4]), np.array([0.0, 0.5, 1.5, 2, 3])


def grid(z=Z, y=Y, x=X):
    z, y, x = np.meshgrid(z, y, x, indexing="ij")
    return np.stack([x, y, z], axis=-1)


def centres(points):
    for axis in range(points.ndim - 1):
        n = points.shape[axis]
        points = (
            np.take(points, range(n - 1), axis=axis) + np.take(points, range(1, n), axis=axis)
        ) / 2
    return points


def linear(p, t):
    return (2 * p[..., 0] + 3 * p[..., 1] + 5 * p[..., 2]) * (1 + t)


def write(path, *zones, location="Vertex", dimension=3):
    """Structured zones of these points, with the pressure that is linear in space."""
    with h5py.File(path, "w", track_order=True) as file:
        base = start(file, dimension)
        for number, points in enumerate(zones):
            zone = structured(base, f"Zone{number}", points)
            at = points if location == "Vertex" else centres(points)
            for name, t in zip(NAMES, TIMES, strict=True):
                add_solution(zone, name, {"Pressure": linear(at, t)}, location)
        add_steps(base, TIMES, NAMES)
    return path


@pytest.mark.parametrize("location", ["Vertex", "CellCenter"])
def test_a_structured_zone_has_its_values_where_they_lie(tmp_path, location):
    snapshots = rom.open_snapshots(write(tmp_path / "a.cgns", grid(), location=location))
    layout = snapshots.layout
    assert (layout.variables, layout.axes) == (("Pressure",), ("z", "y", "x"))
    assert layout.grid_shape == ((4, 3, 5) if location == "Vertex" else (3, 2, 4))
    z, y, x = np.meshgrid(*(layout.coordinates[axis] for axis in "zyx"), indexing="ij")
    np.testing.assert_array_equal(snapshots.times, TIMES)
    for k, t in enumerate(TIMES):
        np.testing.assert_allclose(snapshots[k].reshape(z.shape), (2 * x + 3 * y + 5 * z) * (1 + t))


@pytest.mark.parametrize("location", ["Vertex", "CellCenter"])
def test_a_curvilinear_zone_keeps_its_points(tmp_path, location):
    p = grid()
    p[..., 1] += 0.2 * p[..., 0]
    snapshots = rom.open_snapshots(write(tmp_path / "a.cgns", p, location=location))
    assert snapshots.layout.axes == ("k", "j", "i")
    np.testing.assert_allclose(snapshots[2], linear(snapshots.layout.mesh.points, 3.0))


@pytest.mark.parametrize("location", ["Vertex", "CellCenter"])
def test_zones_follow_each_other(tmp_path, location):
    curved = grid(z=Z[:2], x=X + 5)
    curved[..., 0] += 0.1 * curved[..., 1]
    path = write(tmp_path / "a.cgns", grid(), curved, grid(z=[7.0, 8.0]), location=location)
    snapshots = rom.open_snapshots(path)
    layout = snapshots.layout
    assert layout.axes == ("point",)
    assert layout.grid_shape == ((60 + 30 + 30,) if location == "Vertex" else (24 + 8 + 8,))
    for k, t in enumerate(TIMES):
        np.testing.assert_allclose(snapshots[k], linear(layout.mesh.points, t))
    assert "3 zones, one after the other" in " ".join(snapshots.assumptions)
    some = rom.open_snapshots(path, zone="Zone2")
    assert some.layout.axes == ("z", "y", "x")[1 if location == "CellCenter" else 0 :]
    with pytest.raises(rom.InputError, match="no zone 'Zone9'"):
        rom.open_snapshots(path, zone=["Zone1", "Zone9"])


def test_tiles_of_several_zones_hold_what_rows_hold(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path / "a.cgns", grid(), grid(z=[7.0, 8.0])))
    found = np.full(snapshots.shape, np.nan)
    tiles = snapshots.tiles(3 * 8 * 7)
    assert len(tiles) > 4
    for tile in tiles:
        values, features = snapshots.read_tile(tile)
        found[:, features] = values
    np.testing.assert_array_equal(found, snapshots[:])


def test_rind_is_left_out(tmp_path):
    p = grid()
    around = np.array([1, 2, 0, 1, 2, 0], np.int32)  # low and high along i, j, k
    pad = [(2, 0), (0, 1), (1, 2)]
    with h5py.File(tmp_path / "a.cgns", "w") as file:
        zone = structured(start(file), "Zone", p)
        coordinates = zone["GridCoordinates"]
        for direction, letter in enumerate("XYZ"):
            del coordinates[f"Coordinate{letter}"]
            node(
                coordinates,
                f"Coordinate{letter}",
                "DataArray_t",
                np.pad(p[..., direction], pad, constant_values=99),
            )
        node(coordinates, "Rind", "Rind_t", around)
        for k, t in enumerate(TIMES):
            padded = np.pad(linear(centres(p), t), pad, constant_values=99)
            node(
                add_solution(zone, f"S{k}", {"Pressure": padded}, "CellCenter"),
                "Rind",
                "Rind_t",
                around,
            )
    snapshots = rom.open_snapshots(tmp_path / "a.cgns")
    np.testing.assert_allclose(snapshots.layout.coordinates["x"], (X[1:] + X[:-1]) / 2)
    np.testing.assert_allclose(snapshots[1], linear(centres(p), 1.0).ravel())
    said = " ".join(snapshots.assumptions)
    assert "order of the numbers in their names" in said


#: A hexahedron, a wedge on its side and a pyramid on top, as the standard numbers their nodes (from
#: 1).
POINTS = np.array(
    [
        [0, 0, 0],
        [1, 0, 0],
        [1, 1, 0],
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 1],
        [1, 1, 1],
        [0, 1, 1],
        [2, 0, 0],
        [2, 1, 0],
        [0.5, 0.5, 2],
    ],
    np.float64,
)
HEXAHEDRON, WEDGE, PYRAMID = [1, 2, 3, 4, 5, 6, 7, 8], [2, 9, 6, 3, 10, 7], [5, 6, 7, 8, 11]
CELL_CENTRES = np.array(
    [POINTS[np.array(cell) - 1].mean(axis=0) for cell in (HEXAHEDRON, WEDGE, PYRAMID)]
)


def unstructured(path, *, mixed=False, location="Vertex", kinds=(17, 14, 12)):
    with h5py.File(path, "w") as file:
        base = start(file)
        zone = node(base, "Zone", "Zone_t", np.array([[11], [3], [0]], np.int32))
        node(zone, "ZoneType", "ZoneType_t", "Unstructured")
        coordinates = node(zone, "GridCoordinates", "GridCoordinates_t")
        for direction, letter in enumerate("XYZ"):
            node(coordinates, f"Coordinate{letter}", "DataArray_t", POINTS[:, direction])
        cells = dict(zip(kinds, (HEXAHEDRON, WEDGE, PYRAMID), strict=True))
        sections = {"b": (5, [1, 2, 3, 4], 4)}  # a boundary: elements that are no cells
        if mixed:
            everything = [number for kind, cell in cells.items() for number in (kind, *cell)]
            sections["a"] = (20, everything, 1)
            sections["b"] = (7, [1, 2, 3, 4], 4)
        else:  # names whose order is not that of the elements
            sections |= {
                name: (kind, cell, i + 1)
                for i, (name, (kind, cell)) in enumerate(zip("zya", cells.items(), strict=True))
            }
        for name, (kind, numbers, first) in sections.items():
            section = node(zone, name, "Elements_t", np.array([kind, 0], np.int32))
            last = 3 if mixed and name == "a" else first
            node(section, "ElementRange", "IndexRange_t", np.array([first, last], np.int32))
            node(section, "ElementConnectivity", "DataArray_t", np.array(numbers, np.int32))
        at = POINTS if location == "Vertex" else CELL_CENTRES
        for name, t in zip(NAMES, TIMES, strict=True):
            add_solution(zone, name, {"p": linear(at, t)}, location)
        add_steps(base, TIMES, NAMES)
    return path


@pytest.mark.parametrize("mixed", [False, True])
def test_an_unstructured_zone_keeps_its_cells(tmp_path, mixed):
    snapshots = rom.open_snapshots(
        unstructured(tmp_path / "a.cgns", mixed=mixed, location="CellCenter")
    )
    mesh = snapshots.layout.mesh
    assert mesh.types.tolist() == [12, 13, 14]
    assert mesh.connectivity.tolist() == [n - 1 for n in HEXAHEDRON + WEDGE + PYRAMID]
    np.testing.assert_allclose(snapshots[2], linear(CELL_CENTRES, 3.0))
    at_points = rom.open_snapshots(unstructured(tmp_path / "b.cgns", mixed=mixed))
    np.testing.assert_array_equal(at_points.layout.mesh.points, POINTS)
    np.testing.assert_allclose(at_points[1], linear(POINTS, 1.0))


def test_cells_of_unknown_kinds_are_said(tmp_path):
    snapshots = rom.open_snapshots(unstructured(tmp_path / "a.cgns", kinds=(23, 14, 12)))
    np.testing.assert_array_equal(snapshots.layout.mesh.points, POINTS)
    assert not len(snapshots.layout.mesh.types)
    assert "of kinds that are not kept (sections z)" in " ".join(snapshots.assumptions)
    cells = rom.open_snapshots(
        unstructured(tmp_path / "b.cgns", kinds=(23, 14, 12), location="CellCenter")
    )
    assert cells.layout.mesh is None
    assert "where the cells lie is not known" in cells.assumptions


def test_unstructured_zones_are_one_mesh(tmp_path):
    path = unstructured(tmp_path / "a.cgns")
    with h5py.File(path, "r+") as file:
        file.copy("Base/Zone", "Base/Zone2")
    mesh = rom.open_snapshots(path).layout.mesh
    assert mesh.types.tolist() == [12, 13, 14] * 2
    np.testing.assert_array_equal(mesh.connectivity[19:], mesh.connectivity[:19] + 11)


def test_files_of_one_step_that_link_to_the_mesh(tmp_path):
    with h5py.File(tmp_path / "grid.cgns", "w") as file:
        structured(start(file), "Zone", grid())
    for k, t in enumerate(TIMES):
        with h5py.File(tmp_path / f"s{k}.cgns", "w") as file:
            base = start(file)
            zone = structured(base, "Zone", grid())
            del zone["GridCoordinates"]
            link = node(zone, "GridCoordinates", "")
            link.attrs["type"] = b"LK"
            link[" file"], link[" path"] = (
                characters("grid.cgns"),
                characters("/Base/Zone/GridCoordinates"),
            )
            link[" link"] = h5py.ExternalLink("grid.cgns", "/Base/Zone/GridCoordinates")
            add_solution(zone, "FlowSolution", {"Pressure": linear(grid(), t)})
            add_solution(zone, "Centers", {"Density": linear(centres(grid()), t)}, "CellCenter")
            add_steps(base, np.array([t]), ["FlowSolution"])
    snapshots = rom.open_snapshots(str(tmp_path / "s*.cgns"))
    np.testing.assert_array_equal(snapshots.times, TIMES)
    np.testing.assert_array_equal(snapshots.layout.coordinates["z"], Z)
    np.testing.assert_allclose(snapshots[1], linear(grid(), 1.0).ravel())
    assert "solutions at cells are left out: they are no steps" in snapshots.assumptions
    (tmp_path / "grid.cgns").unlink()
    with pytest.raises(
        rom.InputError, match=r"GridCoordinates leads to nothing \(file grid\.cgns\)"
    ):
        rom.open_snapshots(str(tmp_path / "s*.cgns"))


@pytest.mark.parametrize("scaled", [False, True])
def test_units(tmp_path, scaled):
    path = write(tmp_path / "a.cgns", grid())
    with h5py.File(path, "r+") as file:
        base = file["Base"]
        names = ("Kilogram", "Meter", "Second", "Kelvin", "Radian")
        units = np.stack([characters(name, 32) for name in names])
        node(base, "DimensionalUnits", "DimensionalUnits_t", units)
        exponents = np.array([1, -1, -2, 0, 0], np.float32)
        node(base["Zone0/S2/Pressure"], "DimensionalExponents", "DimensionalExponents_t", exponents)
        if scaled:
            node(base, "DataClass", "DataClass_t", "NormalizedByUnknownDimensional")
    snapshots = rom.open_snapshots(path)
    assert (snapshots.layout.units, snapshots.time_unit) == (
        ("1" if scaled else "kg m-1 s-2",),
        "s",
    )
    assert snapshots.layout.coordinate_units == {"z": "m", "y": "m", "x": "m"}


def test_both_locations(tmp_path):
    for k, t in enumerate(TIMES):
        with h5py.File(tmp_path / f"s{k}.cgns", "w") as file:
            zone = structured(start(file), "Zone", grid())
            add_solution(zone, "FlowSolution", {"Pressure": linear(grid(), t)})
            add_solution(zone, "Centers", {"Density": linear(centres(grid()), t)}, "CellCenter")
            add_solution(zone, "Faces", {"Density": np.zeros(3)}, "FaceCenter")
    snapshots = rom.open_snapshots(str(tmp_path / "s*.cgns"))
    said = " ".join(snapshots.assumptions)
    assert "variables at cells are left out: Density" in said
    assert "solutions of FaceCenter are left out" in said
    assert rom.open_snapshots(str(tmp_path / "s*.cgns"), variables="Density").layout.grid_shape == (
        3,
        2,
        4,
    )


def second_base(file):
    file.copy("Base", "Other")


def delete(name):
    def change(file):
        del file[name]

    return change


def replace(name, values):
    def change(file):
        del file[f"{name}/ data"]
        file[f"{name}/ data"] = values

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (second_base, "several bases, choose one with base=: Base, Other"),
        (delete("Base/Zone0"), "no zone in the base"),
        (delete("Base/Zone0/ data"), "damaged: the node '/Base/Zone0' has no numbers"),
        (
            delete("Base/Zone0/S10"),
            "names the solution 'S10' as a step; those at points are S1, S2",
        ),
        (
            delete("Base/Zone0/S1/Pressure"),
            "/Base/Zone0/S1 of zone 'Zone0' has no 'Pressure', the first has",
        ),
        (
            replace("Base/BaseIterativeData/TimeValues", [0.0, 1.0]),
            "2 times in /Base/BaseIterativeData/TimeValues, but 3",
        ),
        (
            replace("Base/Zone0/S1/Pressure", np.zeros((5, 3, 4))),
            r"has shape \(5, 3, 4\), zone 'Zone0' needs \(4, 3, 5\)",
        ),
        (replace("Base/Zone0", np.zeros(3)), r"/Base/Zone0 holds float64 of shape \(3,\)"),
    ],
)
def test_what_is_not_read_is_one_line_that_names_the_file(tmp_path, change, words):
    path = write(tmp_path / "a.cgns", grid())
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_of_several_bases_can_be_chosen(tmp_path):
    path = write(tmp_path / "a.cgns", grid())
    with h5py.File(path, "r+") as file:
        second_base(file)
    assert rom.open_snapshots(path, base="Other").shape == (3, 60)


def test_zones_with_different_steps_are_refused(tmp_path):
    path = write(tmp_path / "a.cgns", grid(), grid())
    with h5py.File(path, "r+") as file:
        del file["Base/Zone1/ZoneIterativeData"], file["Base/Zone1/S1"]
    with pytest.raises(
        rom.InputError, match="different numbers of steps: Zone0 3, Zone1 2; choose some with zone="
    ):
        rom.open_snapshots(path)


def test_coordinates_that_are_not_cartesian_are_said(tmp_path):
    path = write(tmp_path / "a.cgns", grid())
    with h5py.File(path, "r+") as file:
        coordinates = file["Base/Zone0/GridCoordinates"]
        for letter, other in zip("XYZ", ("R", "Theta", "Phi"), strict=True):
            coordinates.move(f"Coordinate{letter}", f"Coordinate{other}")
    snapshots = rom.open_snapshots(path)
    assert (snapshots.layout.axes, snapshots.layout.mesh) == (("k", "j", "i"), None)
    assert "no coordinates CoordinateX" in " ".join(snapshots.assumptions)


def test_datasets_of_several_zones_are_listed_with_what_they_are(tmp_path):
    report = inspect_data(write(tmp_path / "a.cgns", grid(), grid(z=[7.0, 8.0])))
    read = {item["name"]: item["read_as"] for item in report["datasets"] if item["read_as"]}
    assert read["Base/Zone1/S10/Pressure/ data"] == "Pressure"
    assert read["Base/BaseIterativeData/TimeValues/ data"] == "time"
