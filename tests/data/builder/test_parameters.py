"""Parameters and points that the user names, in any kind of file."""

import h5py
import numpy as np
import pytest

import rom

RNG = np.random.default_rng(0)
CASES, POINTS = 30, 12
FIELD = RNG.normal(size=(CASES, POINTS))
XYZ = RNG.normal(size=(POINTS, 3))
RE = np.repeat([100.0, 200.0, 300.0], 10)
ANGLE = np.tile(np.arange(10.0), 3)


@pytest.fixture
def study(tmp_path):
    """Cases of a study over two parameters, as people store them: no times."""
    path = tmp_path / "cases.h5"
    with h5py.File(path, "w") as file:
        file["p"], file["xyz"], file["conditions/Re"], file["AoA"] = FIELD, XYZ, RE, ANGLE
        file["x"], file["y"] = XYZ[:, 0], XYZ[:, 1]
        file.attrs["Mach"] = 0.3
    return path


def test_cases_are_no_series_in_time(study):
    snapshots = rom.open_snapshots(
        study, dataset="p", axes="t point", parameters=["conditions/Re", "AoA", "Mach"],
        points="xyz",
    )  # fmt: skip
    assert not snapshots.ordered
    np.testing.assert_array_equal(snapshots.parameters["Re"], RE)
    np.testing.assert_array_equal(snapshots.parameters["AoA"], ANGLE)
    assert set(snapshots.parameters["Mach"]) == {0.3}
    np.testing.assert_array_equal(snapshots.layout.mesh.points, XYZ)
    np.testing.assert_array_equal(snapshots[:], FIELD)


def test_points_may_be_a_vector_for_each_direction(study):
    snapshots = rom.open_snapshots(study, dataset="p", axes="t point", points=["x", "y"])
    np.testing.assert_array_equal(snapshots.layout.mesh.points[:, :2], XYZ[:, :2])
    assert (snapshots.layout.mesh.points[:, 2] == 0).all()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"parameters": "Rey"}, "no array or attribute 'Rey'; Known: AoA, Mach"),
        ({"parameters": "xyz"}, "'xyz' has 36 values, there are 30 snapshots"),
        ({"parameters": "run_(?P<Re>"}, "is no regular expression"),
        ({"parameters": r"run_(?P<Re>\\d+)"}, "its name does not match"),
        ({"parameters": "table.csv"}, "cannot be read as CSV"),
        ({"points": "p"}, r"of shape \(30, 12\); two or three columns"),
        ({"axes": "point t", "points": "xyz"}, "12 points for 30 values .* other way round"),
    ],
)
def test_what_does_not_fit_is_refused(study, options, words):
    with pytest.raises(rom.InputError, match=words):
        rom.open_snapshots(study, dataset="p", **{"axes": "t point"} | options)


def test_numbers_in_the_names_of_files(tmp_path):
    for re in (100, 250):
        np.savez(tmp_path / f"run_{re}_fine.npz", u=FIELD, t=np.arange(CASES) * 1.0)
    snapshots = rom.open_snapshots(
        str(tmp_path / "*.npz"), parameters=r"run_(?P<Re>\d+)_(?P<mesh>[a-z]+)"
    )
    assert snapshots.trajectories.tolist() == [0] * CASES + [1] * CASES
    np.testing.assert_array_equal(snapshots.parameters["Re"], np.repeat([100.0, 250.0], CASES))
    assert set(snapshots.parameters["mesh"]) == {"fine"}


@pytest.mark.parametrize("by_name", [True, False])
def test_a_table_beside_the_files(tmp_path, by_name):
    for name in "ab":
        np.save(tmp_path / f"{name}.npy", FIELD)
    lines = ["file,Re", "b.npy,2", "a.npy,1"] if by_name else ["Re", "1", "2"]
    (tmp_path / "cases.csv").write_text("\n".join(lines))
    paths = [tmp_path / "a.npy", tmp_path / "b.npy"]
    snapshots = rom.open_snapshots(paths, parameters="cases.csv")
    np.testing.assert_array_equal(snapshots.parameters["Re"], np.repeat([1, 2], CASES))
    (tmp_path / "cases.csv").write_text("Re\n1\n2\n3")
    with pytest.raises(rom.InputError, match="3 rows; a row for each of the 60 snapshots or 2"):
        rom.open_snapshots(paths, parameters="cases.csv")
    (tmp_path / "cases.csv").write_text("file,Re\na.npy,1")
    with pytest.raises(rom.InputError, match=r"no row for b\.npy"):
        rom.open_snapshots(paths, parameters="cases.csv")
