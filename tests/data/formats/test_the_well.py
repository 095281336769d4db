"""The Well: trajectories, components, flags, parameters, boundaries, and damaged files."""

import h5py
import numpy as np
import pytest

import rom
from tests.writers.the_well import boundary, field, header

B, T, NX, NY = 3, 6, 4, 5
RNG = np.random.default_rng(0)
P = RNG.normal(size=(B, T, NX, NY)).astype(np.float32)
V = RNG.normal(size=(B, T, NX, NY, 2)).astype(np.float32)
D = RNG.normal(size=(B, T, NX, NY, 2, 2)).astype(np.float32)
DIMS = {"x": np.arange(NX), "y": 0.5 * np.arange(NY)}
TIMES = 0.1 * np.arange(T)


def scalar(file, name, values, sample_varying, time_varying):
    file["scalars"].attrs["field_names"] = [*map(str, file["scalars"].attrs["field_names"]), name]
    file["scalars"][name] = values
    file["scalars"][name].attrs.update(
        {"sample_varying": sample_varying, "time_varying": time_varying}
    )


@pytest.fixture
def path(tmp_path):
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        header(file, DIMS, TIMES, B)
        field(file, "t0_fields/pressure", P)
    return tmp_path / "a.hdf5"


def test_trajectories_components_and_parameters(path):
    with h5py.File(path, "a") as file:
        field(file, "t1_fields/velocity", V)
        field(file, "t2_fields/D", D)
        field(file, "t2_fields/S", D.reshape(B, T, NX, NY, 4), symmetric=True)
        field(file, "t2_fields/A", D, antisymmetric=True)
        scalar(file, "mass", np.array([7.0]), False, False)
        scalar(file, "alpha", np.arange(B), True, False)
        scalar(file, "energy", np.arange(T), False, True)
        scalar(file, "heat", np.arange(B * T).reshape(B, T), True, True)
        boundary(file, "x", "PERIODIC")
        boundary(file, "y", "wall")
    snapshots = rom.open_snapshots(path)
    names = (
        "pressure",
        "velocity_x",
        "velocity_y",
        "D_xx",
        "D_xy",
        "D_yx",
        "D_yy",
        "S_xx",
        "S_xy",
        "S_yy",
        "A_xy",
    )
    assert snapshots.layout.variables == names
    assert snapshots.layout.periodic == ("x",)
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(np.arange(B), T))
    np.testing.assert_allclose(snapshots.times, np.tile(TIMES, B), rtol=1e-6)
    fields = snapshots.layout.to_fields(snapshots[:]).reshape(B, T, len(names), NX, NY)
    tensor = D.transpose(0, 1, 4, 5, 2, 3)
    expected = [
        P,
        V[..., 0],
        V[..., 1],
        *(tensor[:, :, i, j] for i, j in [(0, 0), (0, 1), (1, 0), (1, 1)]),
    ]
    expected += [tensor[:, :, 0, 0], tensor[:, :, 0, 1], tensor[:, :, 1, 1], tensor[:, :, 0, 1]]
    np.testing.assert_array_equal(fields, np.stack(expected, axis=2))
    rows = {name: values.reshape(B, T) for name, values in snapshots.parameters.items()}
    assert (rows["mass"] == 7).all()
    assert (rows["speed"] == 0.5).all()
    np.testing.assert_array_equal(rows["alpha"][:, 2], np.arange(B))
    np.testing.assert_array_equal(rows["energy"][1], np.arange(T))
    np.testing.assert_array_equal(rows["heat"], np.arange(B * T).reshape(B, T))
    assert "S is symmetric" in " ".join(snapshots.assumptions)


@pytest.mark.parametrize("empty", [np.array([]), h5py.Empty("f8")])
def test_an_empty_simulation_parameter_is_left_out_and_said(path, empty):
    with h5py.File(path, "a") as file:
        file.attrs["speed"] = empty
    snapshots = rom.open_snapshots(path)
    assert "speed" not in snapshots.parameters
    assert "simulation parameter speed has 0 values: left out" in snapshots.assumptions


def test_a_field_may_be_shared_by_all_trajectories_and_others_are_left_out(path):
    with h5py.File(path, "a") as file:
        field(file, "t0_fields/drive", P[0], sample_varying=False)
        field(file, "t0_fields/terrain", P[:, 0], time_varying=False)
        field(file, "t0_fields/profile", P[..., 0], dim_varying=[True, False])
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("pressure", "drive")
    drive = snapshots.layout.to_fields(snapshots[:]).reshape(B, T, 2, NX, NY)[:, :, 1]
    np.testing.assert_array_equal(drive, np.broadcast_to(P[0], P.shape))
    words = " ".join(snapshots.assumptions)
    assert "constant in time: terrain" in words
    assert "not varying along every axis: profile" in words


def test_each_trajectory_may_have_times_of_its_own(tmp_path):
    times = TIMES + np.array([[0.0], [10.0], [0.0]])
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        header(file, DIMS, times, B)
        field(file, "t0_fields/pressure", P)
    np.testing.assert_allclose(
        rom.open_snapshots(tmp_path / "a.hdf5").times, times.ravel(), rtol=1e-6
    )


def test_files_in_folders_bring_their_split_and_their_trajectories(tmp_path):
    for i, part in enumerate(["train", "valid", "test"]):
        (tmp_path / part).mkdir()
        with h5py.File(tmp_path / part / "w.hdf5", "w") as file:
            header(file, DIMS, TIMES, 2)
            field(file, "t0_fields/pressure", P[:2] + i)
    snapshots = rom.open_snapshots(str(tmp_path / "*" / "w.hdf5"))
    assert snapshots.shape == (6 * T, NX * NY)
    assert len(np.unique(snapshots.trajectories)) == 6
    for i, part in enumerate(["train", "validation", "test"]):
        np.testing.assert_array_equal(
            snapshots[snapshots.own_split[part]], (P[:2] + i).reshape(2 * T, -1)
        )


def test_a_sphere_is_weighted_by_its_area(tmp_path):
    theta, phi = np.linspace(0.1, np.pi - 0.1, 200), np.linspace(0, 2 * np.pi, 100, endpoint=False)
    with h5py.File(tmp_path / "a.hdf5", "w") as file:
        header(file, {"theta": theta, "phi": phi}, TIMES[:2], 1)
        file.attrs["grid_type"] = "equiangular"
        field(file, "t0_fields/h", np.zeros((1, 2, 200, 100), np.float32))
    layout = rom.open_snapshots(tmp_path / "a.hdf5").layout
    mean_of_cos_squared = np.average(np.cos(theta) ** 2, weights=layout.weights[:, 0])
    assert mean_of_cos_squared == pytest.approx(
        1 / 3, abs=0.01
    )  # on the sphere; 1/2 with equal weights


def cut(file):
    del file["t0_fields/pressure"]
    field(file, "t0_fields/pressure", P[:, :-1])


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (cut, r"'/t0_fields/pressure' has shape \(3, 5, 4, 5\), expected \(3, 6, 4, 5\)"),
        (
            lambda f: f["t0_fields/pressure"].attrs.pop("time_varying"),
            "has no attribute 'time_varying'",
        ),
        (
            lambda f: f["t0_fields"].attrs.update(field_names=["presure"]),
            "no dataset 't0_fields/presure'",
        ),
        (
            lambda f: f["t0_fields/pressure"].attrs.update(time_varying=False),
            "no field varies in time",
        ),
        (lambda f: f["dimensions"].pop("time"), "no dataset 'dimensions/time'"),
        (lambda f: f.attrs.update(n_trajectories=4), "damaged"),
        (lambda f: scalar(f, "heat", np.arange(5), True, True), "scalars/heat has shape"),
        (lambda f: field(f, "t1_fields/u", V[..., :1]), r"expected \(3, 6, 4, 5, 2\)"),
    ],
)
def test_damaged_files_are_named(path, damage, words):
    with h5py.File(path, "a") as file:
        damage(file)
    with pytest.raises(rom.InputError, match=words) as error:
        rom.open_snapshots(path)
    assert str(path) in str(error.value)
