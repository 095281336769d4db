"""The canonical layout: what is written comes back, and damaged files are named."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.formats import canonical
from rom.data.formats.canonical import write_canonical

U = np.random.default_rng(0).normal(size=(12, 3, 4))


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "flow.h5"
    write_canonical(
        path,
        {"u": U, "v": -U},
        axes=("y", "x"),
        units={"u": "m/s"},
        coordinates={"x": np.arange(4.0)},
        times=np.arange(12) / 2,
        time_unit="s",
        weights=np.ones((3, 4)),
        mask=np.eye(3, 4, dtype=bool),
        parameters={"re": np.arange(12.0)},
    )
    return path


def test_what_is_written_comes_back(path):
    snapshots = rom.open_snapshots(path)
    layout = snapshots.layout
    assert (layout.variables, layout.grid_shape, layout.axes, layout.units) == (
        ("u", "v"),
        (3, 4),
        ("y", "x"),
        ("m/s", ""),
    )
    assert (snapshots.time_unit, snapshots.name, snapshots.ordered) == ("s", "flow", True)
    np.testing.assert_array_equal(snapshots.times, np.arange(12) / 2)
    np.testing.assert_array_equal(snapshots.parameters["re"], np.arange(12))
    np.testing.assert_array_equal(layout.coordinates["x"], np.arange(4))
    valid = ~np.eye(3, 4, dtype=bool)
    fields = layout.to_fields(snapshots[:])
    np.testing.assert_array_equal(fields[:, 1, valid], -U[:, valid])
    assert np.isnan(fields[:, :, ~valid]).all()


def test_one_variable_can_be_chosen(path):
    snapshots = rom.open_snapshots(path, variables="v")
    assert snapshots.shape == (12, 12)
    with pytest.raises(rom.InputError, match="no variable 'w'; Known: u, v"):
        rom.open_snapshots(path, variables="w")


def replace(name, value):
    def change(file):
        if name in file:
            del file[name]
        if isinstance(value, dict):
            file.create_group(name)
        elif value is not None:
            file[name] = value

    return change


def attribute(name, value=None):
    def change(file):
        del file.attrs[name]
        if value is not None:
            file.attrs[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (attribute("axes"), "root attribute axes"),
        (attribute("variables"), "root attribute variables"),
        (attribute("variables", 5), "root attribute variables"),
        (attribute("variables", ["u", "u"]), "unique"),
        (attribute("rom_version"), "root attribute rom_version"),
        (attribute("rom_version", "abc"), "root attribute rom_version"),
        (attribute("rom_version", 99), "newer version"),
        (attribute("axes", "z y x"), "share one shape"),
        (attribute("axes", "t x"), "neither 't' nor 'c'"),
        (replace("fields", None), "no dataset 'fields/u'"),
        (replace("fields/v", None), "no dataset 'fields/v'"),
        (replace("fields/v", {}), "is a group"),
        (replace("fields/v", np.zeros((12, 3, 4), dtype=complex)), "not real numbers"),
        (replace("fields/v", np.array([b"a"] * 12)), "not real numbers"),
        (replace("fields/v", np.zeros((12, 3, 5))), r"share one shape .* v \(12, 3, 5\)"),
        (replace("fields/v", np.zeros((11, 3, 4))), "share one shape"),
        (replace("fields/v", 1.0), "share one shape"),
        (replace("weights", np.ones((4, 3))), "weights have shape"),
        (replace("weights", np.array([b"a"])), "not real numbers"),
        (replace("weights", {}), "is a group"),
        (replace("mask", np.ones((3, 4))), "covers every cell"),
        (replace("mask", np.ones((4, 3))), "mask has shape"),
        (replace("time", np.arange(11.0)), "times has shape"),
        (replace("time", np.zeros(12)), "more than once"),
        (replace("time", {}), "is a group"),
        (replace("coordinates/x", np.arange(5.0)), "coordinates of 'x'"),
        (replace("parameters/re", np.arange(11.0)), "re has shape"),
    ],
)
def test_a_damaged_file_is_refused_by_name(path, change, words):
    with h5py.File(path, "r+") as file:
        change(file)
    with pytest.raises(rom.InputError, match=words) as caught:
        rom.open_snapshots(path)
    assert str(path) in str(caught.value)


def test_a_foreign_attribute_of_that_name_is_no_canonical_file(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["u"] = U
        file.attrs["rom_format"] = [1, 1]
    assert canonical.recognise(tmp_path / "a.h5") == ""


def test_fields_that_do_not_fit_are_not_written(tmp_path):
    for fields, axes in [
        ({"u": U, "v": U[:5]}, ("y", "x")),
        ({"u": U}, ("x",)),
        ({"u": U[:0]}, ("y", "x")),
        ({}, ("x",)),
    ]:
        with pytest.raises(rom.InputError, match="fields"):
            write_canonical(tmp_path / "a.h5", fields, axes=axes)
    assert not (tmp_path / "a.h5").exists()


def test_a_mask_per_variable_and_units_of_coordinates_come_back(tmp_path):
    fields = {name: np.ones((3, 2, 4)) for name in ("u", "v")}
    mask = np.zeros((2, 2, 4), dtype=bool)
    mask[1, 0, 2] = True
    write_canonical(
        tmp_path / "flow.h5",
        fields,
        axes=("y", "x"),
        mask=mask,
        coordinates={"x": np.arange(4.0)},
        coordinate_units={"x": "m"},
    )
    snapshots = rom.open_snapshots(tmp_path / "flow.h5")
    np.testing.assert_array_equal(snapshots.layout.mask, mask)
    assert np.isnan(snapshots[:]).sum() == 3
    assert snapshots.layout.coordinate_units == {"x": "m"}
