"""Files of one series, and the options that win over what files say: the same for every HDF5
layout.
"""

import h5py
import numpy as np
import pytest

import rom

MAPPING = {"dataset": "u", "axes": "t x"}
U = np.random.default_rng(0).normal(size=(12, 5))


def write(path, rows, times=None, **others):
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file["u"] = rows
        if times is not None:
            file["t"] = times
        for name, values in others.items():
            file[name] = values


def test_files_are_sorted_by_time_not_by_name(tmp_path):
    for name, start in {"flow_2": 8, "flow_10": 0, "flow_9": 4}.items():
        write(tmp_path / f"{name}.h5", U[start : start + 4], np.arange(start, start + 4))
    snapshots = rom.open_snapshots(str(tmp_path / "flow_*.h5"), **MAPPING, time="t")
    np.testing.assert_array_equal(snapshots[:], U)
    np.testing.assert_array_equal(snapshots.times, np.arange(12))
    assert snapshots.trajectories is None
    assert snapshots.name == "flow"
    np.testing.assert_array_equal(snapshots[[1, 5, 11]], U[[1, 5, 11]])
    listed = rom.open_snapshots(sorted(tmp_path.glob("flow_*.h5")), **MAPPING, time="t")
    assert listed.fingerprint() == snapshots.fingerprint()


def test_files_without_times_are_in_the_order_of_their_numbers(tmp_path):
    for name, start in {"flow_2": 0, "flow_10": 8, "flow_9": 4}.items():
        write(tmp_path / f"{name}.h5", U[start : start + 4])
    snapshots = rom.open_snapshots(str(tmp_path / "*.h5"), **MAPPING)
    np.testing.assert_array_equal(snapshots[:], U)
    assert "order of the numbers in their names" in snapshots.assumptions[0]


def test_a_file_may_be_one_snapshot(tmp_path):
    for i in range(12):
        write(tmp_path / f"step{i}.h5", U[i], float(12 - i))
    snapshots = rom.open_snapshots(str(tmp_path / "step*.h5"), dataset="u", axes="x", time="t")
    np.testing.assert_array_equal(snapshots[:], U[::-1])
    single = rom.open_snapshots(tmp_path / "step3.h5", dataset="u", axes="x")
    np.testing.assert_array_equal(single[:], U[3:4])
    with pytest.raises(
        rom.InputError, match=r"1 snapshots are too few.* give all files of the series"
    ):
        rom.compare(single)


def test_files_with_the_same_times_are_trajectories(tmp_path):
    for i in range(3):
        write(tmp_path / f"run{i}.h5", U[4 * i : 4 * i + 4], np.arange(4) / 2)
    snapshots = rom.open_snapshots(str(tmp_path / "run*.h5"), **MAPPING, time="t")
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat([0, 1, 2], 4))
    np.testing.assert_array_equal(snapshots[:], U)
    assert "trajectory of its own" in " ".join(snapshots.assumptions)


def test_a_restart_that_repeats_an_instant_is_an_error(tmp_path):
    write(tmp_path / "a1.h5", U[:6], np.arange(6))
    write(tmp_path / "a2.h5", U[5:], np.arange(5, 12))
    with pytest.raises(rom.InputError, match="the time 5 occurs more than once"):
        rom.open_snapshots(str(tmp_path / "a*.h5"), **MAPPING, time="t")


def test_folders_of_a_split(tmp_path):
    for part, rows in {"train": U[:6], "valid": U[6:8], "test": U[8:]}.items():
        write(tmp_path / part / "a.h5", rows)
    snapshots = rom.open_snapshots(str(tmp_path / "*" / "a.h5"), **MAPPING)
    split = {part: snapshots[rows] for part, rows in snapshots.own_split.items()}
    np.testing.assert_array_equal(split["train"], U[:6])
    np.testing.assert_array_equal(split["validation"], U[6:8])
    np.testing.assert_array_equal(split["test"], U[8:])


@pytest.mark.parametrize(
    ("second", "words"),
    [
        ({"rows": U[:, :4]}, r"b\.h5: a grid of \(4,\) cells, that of .*a\.h5 has \(5,\)"),
        ({"rows": U[0], "times": None}, r"b\.h5:/u of shape \(5,\) has 1"),
        ({"rows": U, "times": np.arange(11)}, r"b\.h5: times has shape \(11,\), there are 12"),
        (
            {"rows": U, "times": np.arange(12), "xc": np.arange(5) * 2.0},
            "coordinates along x differ",
        ),
    ],
)
def test_files_that_do_not_fit_together(tmp_path, second, words):
    write(tmp_path / "a.h5", U, np.arange(12), xc=np.arange(5.0))
    write(tmp_path / "b.h5", **({"times": np.arange(12, 24), "xc": np.arange(5.0)} | second))
    given = MAPPING | {"time": "t", "coordinates": {"x": "xc"}}
    if "times" in second and second["times"] is None:
        given = MAPPING
    with pytest.raises(rom.InputError, match=words):
        rom.open_snapshots([tmp_path / "a.h5", tmp_path / "b.h5"], **given)


def test_patterns_and_lists_that_mean_no_file(tmp_path):
    with pytest.raises(rom.InputError, match="no file fits"):
        rom.open_snapshots(str(tmp_path / "*.h5"))
    with pytest.raises(rom.InputError, match="list of data files"):
        rom.open_snapshots([])
    with pytest.raises(rom.InputError, match=r"gone\.h5: no such file"):
        rom.open_snapshots([tmp_path / "gone.h5"])


def test_weights_from_coordinates_from_a_dataset_or_none(tmp_path):
    x = np.array([0.0, 1, 2, 3, 5])
    write(tmp_path / "a.h5", U, xc=x, area=np.arange(1, 6.0))
    given = MAPPING | {"coordinates": {"x": "xc"}}
    trapezoidal = rom.open_snapshots(tmp_path / "a.h5", **given)
    np.testing.assert_allclose(trapezoidal.layout.weights, [0.5, 1, 1, 1.5, 1])
    assert "cell weights: trapezoidal rule along x" in trapezoidal.assumptions
    named = rom.open_snapshots(tmp_path / "a.h5", **given, weights="area")
    np.testing.assert_array_equal(named.layout.weights, np.arange(1, 6))
    assert rom.open_snapshots(tmp_path / "a.h5", **given, weights="none").layout.weights is None
    uniform = rom.open_snapshots(tmp_path / "a.h5", **MAPPING, weights="coordinates")
    assert uniform.layout.weights is None
    assert "equal" in " ".join(uniform.assumptions)


def test_components_of_a_dataset_are_read_together(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["u"] = np.random.default_rng(0).normal(size=(6, 5, 3))
    snapshots = rom.open_snapshots(tmp_path / "a.h5", dataset="u", axes="t x c")
    calls = []
    from rom.data import hdf5_file

    read = hdf5_file.read_slab
    monkeypatch.setattr(
        "rom.data.hdf5_file.read_slab", lambda *arguments: calls.append(1) or read(*arguments)
    )
    assert snapshots[:3].shape == (3, 15)
    assert len(calls) == 1
