"""Scaled fields with their mean and deviation: physical units, what is said, and the layout of one
variable.
"""

import pickle

import h5py
import numpy as np
import pytest

import rom
from tests.writers.field import Field
from tests.writers.kth import write

NT, NX, NZ = 9, 4, 3
U = np.random.default_rng(0).normal(size=(NT, NX, NZ)).astype("f4")


def single(path, u=U, **others):
    with h5py.File(path, "w") as file:
        items = {
            "u": u,
            "nt": NT,
            "nx": NX,
            "nz": NZ,
            "mean": np.full((1, NX, NZ), 2.0),
            "std": np.array([0.5]),
        }
        for name, values in {**items, **others}.items():
            file[name] = values


def test_fields_are_in_physical_units_and_the_statistics_are_not_trusted(tmp_path):
    field = Field()
    path = write(tmp_path, field).data
    snapshots = rom.open_snapshots(path)
    fields = snapshots.layout.to_fields(snapshots[:])
    np.testing.assert_allclose(fields[:, 1], field.v, atol=1e-5)
    said = " ".join(snapshots.assumptions)
    assert "fields are UV * std + mean" in said
    assert "over unknown snapshots" in said
    only = rom.open_snapshots(path, variables="v")
    np.testing.assert_array_equal(only[:], fields[:, 1].reshape(len(fields), -1))


def test_statistics_are_fitted_anew_on_the_training_snapshots(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path, Field()).data)
    train = snapshots.select(slice(0, 20))
    pipeline = rom.Pipeline().fit(train)
    rows = pipeline.transform(train)[:]
    np.testing.assert_allclose(rows.mean(axis=0), 0, atol=1e-6)
    assert abs(pipeline.transform(snapshots)[20:].mean(axis=0)).max() > 0.1


def test_tiles_blocks_and_pickles_are_physical_too(tmp_path):
    snapshots = rom.open_snapshots(write(tmp_path, Field()).data)
    expected = snapshots[:]
    again = pickle.loads(pickle.dumps(snapshots))
    np.testing.assert_array_equal(again[[3, 17]], expected[[3, 17]])
    for tile in snapshots.tiles(3000):
        values, features = snapshots.read_tile(tile)
        np.testing.assert_array_equal(values, expected[:, features])
    assert snapshots.dtype == expected.dtype == np.float32


def test_values_as_they_are_stored_by_a_mapping(tmp_path):
    path = write(tmp_path, Field()).data
    stored = rom.open_snapshots(path, dataset="UV", axes="t y x c")
    with h5py.File(path) as file:
        np.testing.assert_array_equal(stored[:], np.moveaxis(file["UV"][:], -1, 1).reshape(40, -1))


def test_one_variable_with_an_obstacle(tmp_path):
    u = U.copy()
    u[:, 1, 1] = np.nan
    single(tmp_path / "a.hdf5", u, xx=np.arange(4.0), zz=np.arange(3.0))
    snapshots = rom.open_snapshots(tmp_path / "a.hdf5")
    assert (snapshots.layout.variables, snapshots.layout.axes) == (("u",), ("x", "z"))
    np.testing.assert_array_equal(
        snapshots[:], (u * 0.5 + 2).reshape(NT, -1)
    )  # the obstacle is NaN, not zero
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], np.arange(4))
    assert "datasets u, nt, nx, nz, mean, std" in snapshots.read_as


def test_coordinates_that_are_no_vectors_are_left_out_and_said(tmp_path):
    single(tmp_path / "a.hdf5", xx=np.zeros((NX, NZ)), zz=np.zeros((NX, NZ)))
    snapshots = rom.open_snapshots(tmp_path / "a.hdf5")
    assert not snapshots.layout.coordinates
    assert "left out (no vectors along an axis): xx, zz" in snapshots.assumptions


def test_a_mean_of_another_grid_is_an_error(tmp_path):
    single(tmp_path / "a.hdf5", mean=np.zeros((5, 5)))
    with pytest.raises(
        rom.InputError, match=r"a\.hdf5: mean has shape \(5, 5\), a snapshot \(4, 3\)"
    ):
        rom.open_snapshots(tmp_path / "a.hdf5")


def test_files_that_were_scaled_differently_do_not_fit_together(tmp_path):
    single(tmp_path / "a1.hdf5")
    single(tmp_path / "a2.hdf5")
    assert len(rom.open_snapshots(str(tmp_path / "a*.hdf5"))) == 2 * NT
    single(tmp_path / "a3.hdf5", std=0.25)
    with pytest.raises(
        rom.InputError, match=r"a3\.hdf5: its fields were scaled by another mean or deviation"
    ):
        rom.open_snapshots(str(tmp_path / "a*.hdf5"))
