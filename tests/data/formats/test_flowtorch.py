"""flowTorch: times as numbers, components, volumes, and fields that some times lack."""

import h5py
import numpy as np
import pytest

import rom

TIMES = {
    "2": 0.0,
    "10": 1.0,
    "1e-3": 2.0,
    "0.5": 3.0,
}  # as a run names them, and what is stored there
N = 4


def write(path, fields, constant=True):
    with h5py.File(path, "w") as file:
        if constant:
            file["constant/centers"] = np.arange(3.0 * N).reshape(N, 3)
            file["constant/volumes"] = np.arange(1.0, N + 1)
        for time, value in TIMES.items():
            for name, shape in fields.items():
                file[f"variable/{time}/{name}"] = value + np.arange(float(np.prod(shape))).reshape(
                    shape
                )
    return path


def test_times_are_sorted_as_numbers(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path / "a.hdf5", {"p": (N,)}))
    np.testing.assert_array_equal(snapshots.times, [0.001, 0.5, 2, 10])
    np.testing.assert_array_equal(snapshots[:, 0], [2, 3, 0, 1])


def test_components_volumes_and_centers(tmp_path):
    fields = {"U": (N, 3), "p": (N, 1), "R": (N, 6), "Y": (N, 4)}
    snapshots = rom.open_snapshots(write(tmp_path / "a.hdf5", fields))
    layout = snapshots.layout
    assert layout.variables == (
        *("R_xx", "R_xy", "R_xz", "R_yy", "R_yz", "R_zz"),
        *("U_x", "U_y", "U_z"),
        *("Y_0", "Y_1", "Y_2", "Y_3"),
        "p",
    )
    np.testing.assert_array_equal(layout.weights, np.arange(1, N + 1))
    np.testing.assert_array_equal(layout.mesh.points, np.arange(3 * N).reshape(N, 3))
    assert not layout.has_grid
    uy = layout.to_fields(snapshots[:])[2, 7]
    np.testing.assert_array_equal(uy, 0 + np.arange(3 * N).reshape(N, 3)[:, 1])


def test_a_field_that_some_times_lack_is_left_out_and_said(tmp_path):
    path = write(tmp_path / "a.hdf5", {"p": (N,), "UMean": (N, 3), "walls": (2,)})
    with h5py.File(path, "r+") as file:
        del file["variable/0.5/UMean"], file["variable/2/UMean"]
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("p",)
    assert "left out (missing at time 0.5): UMean" in snapshots.assumptions
    assert "left out (not numbers of the 4 cells): walls" in snapshots.assumptions
    with pytest.raises(rom.InputError, match=r"a\.hdf5: 'UMean' is missing at time 0.5"):
        rom.open_snapshots(path, variables=["UMean_x"])


def test_without_constants_weights_are_equal_and_this_is_said(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path / "a.hdf5", {"p": (N,)}, constant=False))
    assert snapshots.layout.weights is None
    assert snapshots.assumptions[:2] == [
        "no constant/volumes: equal cell weights",
        "no constant/centers: where the cells lie is not known",
    ]


def test_a_mesh_that_changes_is_an_error(tmp_path):
    path = write(tmp_path / "a.hdf5", {"p": (N,)})
    with h5py.File(path, "r+") as file:
        del file["variable/2/p"]
        file["variable/2/p"] = np.zeros(N + 1)
    with pytest.raises(rom.InputError, match=r"'variable/2/p' gives 5 values a snapshot"):
        rom.open_snapshots(path)[:]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda file: file.create_group("variable/mean"),
            "variable/mean is no group that is called after a time",
        ),
        (
            lambda file: file.create_group("variable/nan"),
            "variable/nan is no group that is called after a time",
        ),
        (lambda file: file.create_dataset("variable/7", data=1.0), "variable/7 is no group"),
        (
            lambda file: file.create_group("variable/7"),
            "no field is there at every time .*missing at time 7",
        ),
    ],
)
def test_damaged_files(tmp_path, change, words):
    path = write(tmp_path / "a.hdf5", {"p": (N,)})
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(rom.InputError, match=words):
        rom.open_snapshots(path)
