"""PDEBench's four layouts: batches and seeds are trajectories, unwritten frames are left out,
damage is named.
"""

import h5py
import numpy as np
import pytest

import rom
from tests.writers.pdebench_incompressible import store
from tests.writers.pdebench_seeds import seed

B, T, NX, NY = 3, 6, 4, 5
RNG = np.random.default_rng(0)
U = RNG.normal(size=(B, T, NX, NY)).astype(np.float32)
X, Y, TIMES = np.arange(NX) / 4, np.arange(NY) / 2, 0.5 * np.arange(T)


def scalar(path, values, times=TIMES, **more):
    with h5py.File(path, "w") as file:
        file["tensor"] = values
        file["x-coordinate"] = X
        if values.ndim > 3:
            file["y-coordinate"] = Y
        if times is not None:
            file["t-coordinate"] = times
        for name, dataset in more.items():
            file[name] = dataset
        file.attrs["beta"] = 0.25
    return path


def test_a_batch_is_trajectories(tmp_path):
    snapshots = rom.open_snapshots(scalar(tmp_path / "a.hdf5", U, np.append(TIMES, 9.0)))
    np.testing.assert_array_equal(snapshots[:], U.reshape(B * T, -1))
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(np.arange(B), T))
    np.testing.assert_array_equal(snapshots.times, np.tile(TIMES, B))
    assert snapshots.layout.axes == ("x", "y")
    assert (snapshots.parameters["beta"] == 0.25).all()
    assert "the last is left out" in " ".join(snapshots.assumptions)


def test_one_grid_axis_and_no_times(tmp_path):
    snapshots = rom.open_snapshots(scalar(tmp_path / "a.hdf5", U[..., 0], None))
    np.testing.assert_array_equal(snapshots[:], U[..., 0].reshape(B * T, -1))
    np.testing.assert_array_equal(snapshots.times, np.tile(np.arange(T), B))
    assert "numbers of the steps" in " ".join(snapshots.assumptions)


def test_darcy_flow_has_samples_in_no_order(tmp_path):
    values = RNG.normal(size=(40, 1, NX, NY)).astype(np.float32)
    path = scalar(tmp_path / "darcy.hdf5", values, None, nu=np.ones((40, NX, NY), np.float32))
    snapshots = rom.open_snapshots(path)
    np.testing.assert_array_equal(snapshots[[3, 30]], values[[3, 30]].reshape(2, -1))
    assert snapshots.times is None
    assert snapshots.trajectories is None
    assert not snapshots.ordered
    words = " ".join(snapshots.assumptions)
    assert "independent samples" in words
    assert "left out: nu" in words
    assert "order of time" not in words
    assert rom.open_snapshots(path, dataset="nu", axes="t x y").shape == (40, NX * NY)


def test_several_files_add_trajectories(tmp_path):
    for i in range(2):
        scalar(tmp_path / f"beta{i}.hdf5", U + i)
    snapshots = rom.open_snapshots(str(tmp_path / "beta*.hdf5"))
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(np.arange(2 * B), T))
    np.testing.assert_array_equal(snapshots[:], np.concatenate([U, U + 1]).reshape(2 * B * T, -1))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((U, TIMES[:-1]), "t-coordinate has 5 times for 6 snapshots"),
        ((U[0, 0], TIMES), r"'tensor' has shape \(4, 5\), one to three grid axes expected"),
    ],
)
def test_damaged_scalar_files(tmp_path, arguments, words):
    path = scalar(tmp_path / "a.hdf5", *arguments)
    with pytest.raises(rom.InputError, match=words) as error:
        rom.open_snapshots(path)
    assert str(path) in str(error.value)


def test_compressible_flow_in_three_dimensions(tmp_path):
    fields = {
        name: RNG.normal(size=(2, 3, 2, 3, 4)) for name in ("density", "pressure", "Vx", "Vy", "Vz")
    }
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        for name, values in fields.items():
            file[name] = values
        for axis, n in {"x": 2, "y": 3, "z": 4, "t": 4}.items():
            file[f"{axis}-coordinate"] = np.arange(n)
    snapshots = rom.open_snapshots(tmp_path / "a.hdf5")
    assert snapshots.layout.axes == ("x", "y", "z")
    found = snapshots.layout.to_fields(snapshots[:])
    np.testing.assert_array_equal(
        found, np.stack(list(fields.values()), axis=2).reshape(6, 5, 2, 3, 4)
    )


def test_fields_of_different_shapes(tmp_path):
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        for name, n in {"density": 4, "pressure": 4, "Vx": 3}.items():
            file[name] = np.zeros((2, 3, n))
        file["x-coordinate"] = np.arange(4)
    with pytest.raises(rom.InputError, match=r"damaged: 'Vx' has shape \(2, 3, 3\)"):
        rom.open_snapshots(tmp_path / "a.hdf5")


def test_seeds_are_trajectories_in_the_order_of_their_numbers(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in (10000, 2, 999):  # as strings: 0002, 0999, 10000; the file lists them so, too
            seed(file, number, np.full((T, NX, NY, 1), number), x=X, y=Y, t=TIMES + number)
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    assert snapshots.layout.variables == ("data",)
    np.testing.assert_array_equal(snapshots.parameters["seed"], np.repeat([2, 999, 10000], T))
    np.testing.assert_array_equal(snapshots[:][:, 0], np.repeat([2, 999, 10000], T))
    np.testing.assert_array_equal(snapshots.times[::T], [2, 999, 10000])


def test_a_seed_without_a_component_axis(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        seed(file, 0, U[0, :, :, 0], x=X, t=TIMES)
    np.testing.assert_array_equal(rom.open_snapshots(tmp_path / "a.h5")[:], U[0, :, :, 0])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda f: f["0001"].pop("data"), "no dataset '0001/data'"),
        (lambda f: f["0001/grid"].pop("t"), "no dataset '0001/grid/t'"),
        (
            lambda f: seed(f, 2, U[0, :, :-1, :, None], t=TIMES),
            r"0002/data has shape \(6, 3, 5, 1\)",
        ),
        (lambda f: seed(f, 2, U[0, ..., None], t=TIMES[1:]), "0002/grid/t has 5 times for 6"),
    ],
)
def test_damaged_seeds(tmp_path, damage, words):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for number in range(2):
            seed(file, number, U[number, ..., None], x=X, y=Y, t=TIMES)
        damage(file)
    with pytest.raises(rom.InputError, match=words) as error:
        rom.open_snapshots(tmp_path / "a.h5")
    assert "a.h5" in str(error.value)


@pytest.fixture
def flow():
    velocity = RNG.normal(size=(2, T, NX, NY, 2)).astype(np.float32)
    return velocity, velocity[..., :1] * 2, np.stack([TIMES, TIMES])


def test_frames_after_the_latest_index_are_left_out(tmp_path, flow):
    store(tmp_path / "a.h5", *flow, n_written=4)
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    fields = snapshots.layout.to_fields(snapshots[:])
    assert fields.shape == (2 * 4, 3, NX, NY)
    expected = (
        np.concatenate(flow[:2], axis=-1)[:, :4].transpose(0, 1, 4, 2, 3).reshape(8, 3, NX, NY)
    )
    np.testing.assert_array_equal(fields, expected)
    np.testing.assert_array_equal(snapshots.times, np.tile(TIMES[:4], 2))
    assert "interrupted: 4 of 6 frames were written" in " ".join(snapshots.assumptions)


@pytest.mark.parametrize(
    ("latest", "words"), [(-1, "no frame was written"), (6, "latestIndex is 6, but there are 6")]
)
def test_an_impossible_latest_index(tmp_path, flow, latest, words):
    store(tmp_path / "a.h5", *flow, n_written=T)
    with h5py.File(tmp_path / "a.h5", "a") as file:
        file.attrs["latestIndex"] = latest
    with pytest.raises(rom.InputError, match=words):
        rom.open_snapshots(tmp_path / "a.h5")


def test_particles_on_another_grid(tmp_path, flow):
    velocity, particles, times = flow
    store(tmp_path / "a.h5", velocity, particles[:, :, 1:], times, n_written=T)
    with pytest.raises(rom.InputError, match="'particles' has shape"):
        rom.open_snapshots(tmp_path / "a.h5")
