"""rom.open_snapshots: names, cards, files, and files that are something else."""

from pathlib import Path

import h5py
import numpy as np
import pytest

import rom


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("cylinder_wak", "did you mean 'cylinder_wake'"),
        ("missing.h5", "missing.h5: no such file"),
        ("some/where", "no such file"),
        ("x" * 300, "cannot be read: File name too long"),
        ("missing.toml", "cannot be read as a card"),
        (None, "got NoneType"),
        (3, "got int"),
    ],
)
def test_what_is_not_there(name, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(rom.InputError, match=words):
        rom.open_snapshots(name)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"just text" * 9, "not an HDF5 file"),
        (b"CDF\x05" + bytes(60), "nccopy"),
        (b"CDF\x01" + bytes(60), "the file holds none|Known: none"),
        (b"MATLAB 5.0 MAT-file" + bytes(60), "damaged, or not a MATLAB file"),
        (b"\x93NUMPY" + bytes(60), "damaged, or not a file of NumPy"),
        (b"\x1f\x8b" + bytes(20), "not an HDF5 file"),
    ],
)
@pytest.mark.parametrize("mapping", [{}, {"dataset": "u", "axes": "t x"}])
def test_files_that_are_not_hdf5(tmp_path, content, words, mapping):
    path = tmp_path / "flow.h5"
    path.write_bytes(content)
    with pytest.raises(rom.InputError, match=rf"flow\.h5: .*({words})"):
        rom.open_snapshots(path, **mapping)


def test_a_truncated_file(tmp_path):
    path = tmp_path / "flow.h5"
    with h5py.File(path, "w") as file:
        file["u"] = np.zeros((50, 50))
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(rom.InputError, match=r"flow\.h5: cannot be read: .*truncated"):
        rom.open_snapshots(path)


def test_a_folder(tmp_path):
    with pytest.raises(rom.InputError, match=r"is a folder; .*/\*\.h5"):
        rom.open_snapshots(tmp_path)
    for name in ("a.vtu", "b.vtu", "a.pvd"):
        (tmp_path / name).write_text("")
    with pytest.raises(rom.InputError, match=r"is a folder; .*/\*\.vtu"):
        rom.open_snapshots(tmp_path)


def test_a_folder_with_the_name_of_a_data_set_does_not_hide_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("cylinder_wake").mkdir()  # an earlier report, say
    assert rom.open_snapshots("cylinder_wake").layout.variables == ("u", "v")
    with pytest.raises(rom.InputError, match="is a folder"):
        rom.open_snapshots("./cylinder_wake")


def test_an_anonymous_file_is_described(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["flow/UV"] = np.zeros((5, 4))
    with pytest.raises(
        rom.InputError, match=r"not recognised; give --dataset flow/UV.* flow/UV \(5, 4\)"
    ):
        rom.open_snapshots(tmp_path / "a.h5")


def test_a_data_set_by_name():
    snapshots = rom.open_snapshots("cylinder_wake", variables="u")
    assert snapshots.layout.variables == ("u",)
    assert snapshots.name == "cylinder_wake"
    assert snapshots.card is not None


def test_a_damaged_item_is_one_line_that_names_the_file(tmp_path):
    path = tmp_path / "broken.nc"
    with h5py.File(path, "w") as file:
        file.attrs["_NCProperties"] = "version=2"
        file["time"], file["x"], file["u"] = np.arange(4.0), np.arange(3.0), np.zeros((4, 3))
        for axis, name in enumerate(("time", "x")):
            file[name].make_scale(name)
            file["u"].dims[axis].attach_scale(file[name])
        dimensions = file["u"].attrs["DIMENSION_LIST"]
        del file["u"]
        file["u"] = np.zeros((4, 3, 1))
        file["u"].attrs.create("DIMENSION_LIST", dimensions, dtype=h5py.vlen_dtype(h5py.ref_dtype))
    with pytest.raises(rom.InputError, match=r"broken\.nc: damaged: DIMENSION_LIST of 'u'"):
        rom.open_snapshots(path)
