"""Dedalus: both versions, components, several grids, sets of one run, process files, interrupted
and damaged files.
"""

import h5py
import numpy as np
import pytest

import rom
from tests.writers.dedalus import start, task

T, NX, NZ = 6, 4, 5
RNG = np.random.default_rng(0)
X, Z = 0.5 * np.arange(NX), np.cos(np.pi * np.arange(NZ)[::-1] / (NZ - 1))  # Fourier and Chebyshev
GRID = {"x": X, "z": Z}
B = RNG.normal(size=(T, NX, NZ))
TIMES = 0.1 * np.arange(T)


def test_components_come_directly_after_time(tmp_path):
    u, stress = RNG.normal(size=(T, 2, NX, NZ)), RNG.normal(size=(T, 2, 2, NX, NZ))
    three = RNG.normal(size=(T, 3, NX, NZ))
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        for name, values in {"b": B, "stress": stress, "u": u, "w": three}.items():
            task(file, name, values, GRID)
    snapshots = rom.open_snapshots(tmp_path / "a_s1.h5")
    layout = snapshots.layout
    names = (
        "b",
        "stress_xx",
        "stress_xz",
        "stress_zx",
        "stress_zz",
        "u_x",
        "u_z",
        "w_0",
        "w_1",
        "w_2",
    )
    assert layout.variables == names
    assert layout.axes == ("x", "z")
    expected = np.concatenate([B[:, None], stress.reshape(T, 4, NX, NZ), u, three], axis=1)
    np.testing.assert_array_equal(layout.to_fields(snapshots[:]), expected)
    np.testing.assert_array_equal(layout.coordinates["z"], Z)
    assert "cell weights: trapezoidal rule along z" in snapshots.assumptions


def test_version_two_has_its_scales_in_groups(tmp_path):
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        for name, values in {"x/1.0": X, "z/1.0": Z}.items():
            file[f"scales/{name}"] = values
            file[f"scales/{name}"].make_scale(name)
        dataset = file.create_dataset("tasks/b", data=B)
        dataset.attrs.update({"grid_space": [True, True], "scales": [1.0, 1.0], "task_number": 0})
        for number, (label, scale) in enumerate(
            {"t": "sim_time", "x": "x/1.0", "z": "z/1.0"}.items()
        ):
            dataset.dims[number].label = label
            dataset.dims[number].attach_scale(file["scales"][scale])
    snapshots = rom.open_snapshots(tmp_path / "a_s1.h5")
    np.testing.assert_array_equal(snapshots[:], B.reshape(T, -1))
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], X)
    np.testing.assert_array_equal(snapshots.times, TIMES)


def test_what_is_on_another_grid_is_left_out_and_said(tmp_path):
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", B, GRID)
        task(file, "slice", B[:, :, :1], {"x": X, "z": None})
        task(file, "energy", B[:, :1, :1], {"x": None, "z": None})
        task(file, "hat", B, GRID).attrs["grid_space"] = [False, True]
        task(file, "phase", B.astype(complex), GRID)
        file["tasks/anonymous/in a group"] = B
    snapshots = rom.open_snapshots(tmp_path / "a_s1.h5")
    assert snapshots.layout.variables == ("b",)
    words = " ".join(snapshots.assumptions)
    for expected in (
        "slice (on the grid x 4)",
        "energy (no field, one value a write)",
        "hat (in coefficient space)",
        "phase (of type complex128)",
        "anonymous/in a group (its axes have no labels)",
    ):
        assert expected in words
    chosen = rom.open_snapshots(tmp_path / "a_s1.h5", variables="slice")
    assert chosen.layout.axes == ("x",)
    np.testing.assert_array_equal(chosen[:], B[:, :, 0])


def test_two_grids_of_one_size_must_be_chosen_from(tmp_path):
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", B, GRID)
        task(file, "c", 2 * B, GRID)
        task(file, "d", 3 * B, {"x": X, "z": Z + 1})
    with pytest.raises(
        rom.InputError, match=r"several grids: b, c on x 4 z 5; d on x 4 z 5; choose .*variables="
    ):
        rom.open_snapshots(tmp_path / "a_s1.h5")
    np.testing.assert_array_equal(
        rom.open_snapshots(tmp_path / "a_s1.h5", variables=["d"])[:], 3 * B.reshape(T, -1)
    )
    with pytest.raises(rom.InputError, match="several grids"):
        rom.open_snapshots(tmp_path / "a_s1.h5", variables=["b", "d"])


def test_the_sets_of_a_run_are_one_series_in_numerical_order(tmp_path):
    for number in (1, 2, 10):
        with h5py.File(tmp_path / f"run_s{number}.h5", "w") as file:
            start(file, number + TIMES)
            task(file, "b", number * B, GRID)
    snapshots = rom.open_snapshots(str(tmp_path / "run_s*.h5"))
    assert snapshots.trajectories is None
    np.testing.assert_allclose(snapshots.times, np.concatenate([1 + TIMES, 2 + TIMES, 10 + TIMES]))
    np.testing.assert_array_equal(
        snapshots[:], np.concatenate([B, 2 * B, 10 * B]).reshape(3 * T, -1)
    )


def test_a_disk_is_weighted_by_its_radius(tmp_path):
    phi, r = np.linspace(0, 2 * np.pi, 8, endpoint=False), np.linspace(0, 1, 41)
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES[:2])
        task(file, "b", np.zeros((2, 8, 41)), {"phi": phi, "r": r})
    layout = rom.open_snapshots(tmp_path / "a_s1.h5").layout
    assert np.average(r, weights=layout.weights[0]) == pytest.approx(2 / 3, abs=0.01)


def test_joint_files_need_the_files_of_the_processes(tmp_path):
    virtual = h5py.VirtualLayout((T, NX, NZ), "f8")
    (tmp_path / "a_s1").mkdir()
    for rank, rows in enumerate([slice(0, 2), slice(2, NX)]):
        with h5py.File(tmp_path / "a_s1" / f"a_s1_p{rank}.h5", "w") as file:
            file["tasks/b"] = B[:, rows]
        source = h5py.VirtualSource(
            f"a_s1/a_s1_p{rank}.h5", "tasks/b", (T, rows.stop - rows.start, NZ)
        )
        virtual[:, rows] = source
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", virtual, GRID)
    np.testing.assert_array_equal(rom.open_snapshots(tmp_path / "a_s1.h5")[:], B.reshape(T, -1))
    (tmp_path / "a_s1" / "a_s1_p1.h5").rename(tmp_path / "elsewhere.h5")
    with pytest.raises(rom.InputError, match=r"lie in a_s1/a_s1_p1\.h5, which is not next to it"):
        rom.open_snapshots(tmp_path / "a_s1.h5")


def test_the_file_of_one_process_is_refused(tmp_path):
    with h5py.File(tmp_path / "a_s1_p0.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", B, GRID).attrs["global_shape"] = [2 * NX, NZ]
    with pytest.raises(rom.InputError, match="merge the files of the processes first"):
        rom.open_snapshots(tmp_path / "a_s1_p0.h5")


def test_an_interrupted_write_is_left_out(tmp_path):
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", B, GRID)
        task(file, "c", B[:-1], GRID)
    snapshots = rom.open_snapshots(tmp_path / "a_s1.h5")
    assert len(snapshots) == T - 1
    assert "the last write is not complete: 5 writes are read" in snapshots.assumptions


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: f.pop("tasks/b"), "no task is a field on a grid .there is no task"),
        (lambda f: f["scales"].pop("sim_time"), "not recognised"),
        (
            lambda f: f["tasks/b"].dims[2].__setattr__("label", ""),
            "its axes have no labels.*dataset='tasks/NAME'",
        ),
        (
            lambda f: f["tasks/b"].attrs.__setitem__("DIMENSION_LABELS", -7),
            "its axes have no labels",
        ),
        (
            lambda f: f["tasks/b"].attrs.__setitem__("DIMENSION_LABELS", h5py.Empty("f4")),
            "its axes have no labels",
        ),
        (lambda f: f["tasks/b"].resize(T + 3, axis=0), None),
    ],
)
def test_damaged_files(tmp_path, damage, words):
    with h5py.File(tmp_path / "a_s1.h5", "w") as file:
        start(file, TIMES)
        task(file, "b", B, GRID)
        damage(file)
    if words is None:  # more values than times: those without a time are not snapshots
        assert len(rom.open_snapshots(tmp_path / "a_s1.h5")) == T
        return
    with pytest.raises(rom.InputError, match=words) as error:
        rom.open_snapshots(tmp_path / "a_s1.h5")
    assert "a_s1.h5" in str(error.value)
