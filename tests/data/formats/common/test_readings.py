"""What may be meant by arrays without a word on their axes."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.formats.common.readings import readings

N = np.random.default_rng(0).normal


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"u": (50, 20, 30), "t": (50,)}, ["--dataset u --axes 't y x' --time t"]),
        # no vector tells which axis are the snapshots: the first, or as other programs the last
        ({"u": (50, 20)}, ["--dataset u --axes 't x'", "--dataset u --axes 'x t'"]),
        (
            {"a/u": (50, 20, 30, 3), "a/time": (50,)},
            [
                "--dataset a/u --axes 't y x c' --time a/time",
                "--dataset a/u --axes 't z y x' --time a/time",
            ],
        ),
        # cases, wherever they stand, and the cells of a contour
        (
            {"Cp": (349, 120), "AoA": (349,), "Re": (349,), "x": (120,), "y": (120,)},
            ["--dataset Cp --axes 't point' --parameters AoA,Re --points x,y"],
        ),
        (
            {"Cp": (120, 349), "AoA": (349,), "xyz": (120, 2)},
            ["--dataset Cp --axes 'point t' --parameters AoA --points xyz"],
        ),
        # next to times other vectors are signals
        (
            {"u": (50, 20), "time": (50,), "lift": (50,)},
            ["--dataset u --axes 't x' --time time"],
        ),
        # a square says nothing
        (
            {"u": (50, 20, 20), "x": (20,), "time": (50,)},
            ["--dataset u --axes 't y x' --time time"],
        ),
        # two vectors of one name: the first that fits
        (
            {"u": (50, 20, 30), "time": (50,), "a/x": (20,), "b/x": (30,)},
            ["--dataset u --axes 't x y' --time time"],
        ),
        ({f"u{i}": (5, 20) for i in range(20)}, []),
    ],
)
def test_vectors_tell_what_axes_are(arrays, expected):
    assert [reading.arguments for reading in readings(arrays)] == expected


def test_each_reading_is_a_mapping_that_opens_the_file(tmp_path):
    path = tmp_path / "foil.h5"
    shapes = {"Cp": (60, 40), "AoA": (60,), "Re": (60,), "x": (40,), "y": (40,)}
    with h5py.File(path, "w") as file:
        for name, shape in shapes.items():
            file[name] = N(size=shape)
    (reading,) = readings(shapes)
    snapshots = rom.open_snapshots(path, **reading.mapping)
    assert snapshots.shape == (60, 40)
    assert set(snapshots.parameters) == {"AoA", "Re"}
    assert len(snapshots.layout.mesh.points) == 40
    assert not snapshots.ordered
    with pytest.raises(rom.InputError) as caught:
        rom.open_snapshots(path)
    assert f"give {reading.arguments} (in Python: {reading.python})" in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "expected"),
    [
        ({"p": (60, 90)}, ["--dataset p --axes 'y x'", "--dataset p --axes 't x'"]),
        ({"p": (60, 90), "time": ()}, ["--dataset p --axes 'y x' --time time"]),
        ({"p": (60, 90), "x": (90,), "y": (60,)}, ["--dataset p --axes 'y x'"]),
        # each file holds several
        ({"p": (50, 60, 90), "time": (50,)}, ["--dataset p --axes 't y x' --time time"]),
    ],
)
def test_of_many_files_each_is_rather_a_snapshot(arrays, expected):
    found = readings(arrays, n_files=120)
    assert [one.arguments for one in found[: len(expected)]] == expected
    if "time" not in arrays or arrays["time"] == ():
        assert found[0].said.startswith("120 snapshots of 1 variable on 60 x 90 cells")


def test_files_of_one_snapshot_and_a_time_in_an_attribute(tmp_path):
    for i in range(20):
        with h5py.File(tmp_path / f"flow_{i:02d}.h5", "w") as file:
            file["u"], file.attrs["time"], file.attrs["run"] = N(size=(4, 5)), 0.1 * i, "a"
    files = sorted(tmp_path.glob("*.h5"))
    with pytest.raises(rom.InputError, match=r"--axes 'y x' .*which gives 20 snapshots"):
        rom.open_snapshots(files)
    snapshots = rom.open_snapshots(files, dataset="u", axes="y x", time="time")
    np.testing.assert_allclose(snapshots.times, 0.1 * np.arange(20))
    assert snapshots.layout.grid_shape == (4, 5)
    with pytest.raises(rom.InputError, match=r"'run' holds .*, not numbers"):
        rom.open_snapshots(files, dataset="u", axes="y x", time="run")
