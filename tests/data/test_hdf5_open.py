"""The door to HDF5 files: links, sources that are themselves, files that are unknown."""

import h5py
import numpy as np
import pytest

import rom
from rom.data import hdf5_open, helper
from rom.data.hdf5_look import look
from rom.data.hdf5_open import open_hdf5
from rom.data.inspection.report import inspect_data
from rom.errors import InputError

VALUES = np.arange(12.0).reshape(4, 3)


def write(path, name="u"):
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        file[name] = VALUES
    return path


def virtual(path, where, inner, name="v"):
    layout = h5py.VirtualLayout(VALUES.shape, VALUES.dtype)
    layout[:] = h5py.VirtualSource(where, inner, shape=VALUES.shape)
    with h5py.File(path, "a") as file:
        file.create_virtual_dataset(name, layout)
    return path


def test_links_and_sources_below_the_folder_are_followed(tmp_path):
    write(tmp_path / "mesh" / "grid.h5")
    path = virtual(tmp_path / "a.h5", "mesh/grid.h5", "u")
    with h5py.File(path, "a") as file:
        file["linked"] = h5py.ExternalLink("mesh/grid.h5", "u")
        file["own"] = h5py.ExternalLink("a.h5", "v")
    with open_hdf5(path) as file:
        for name in ("v", "linked", "own"):
            np.testing.assert_array_equal(file[name][()], VALUES)


@pytest.mark.parametrize("absolute", [True, False])
def test_a_link_out_of_the_folder_has_to_be_asked_for(tmp_path, monkeypatch, absolute):
    other = write(tmp_path / "other" / "grid.h5")
    path = tmp_path / "own" / "a.h5"
    write(path)
    with h5py.File(path, "a") as file:
        target = str(other) if absolute else "../other/grid.h5"
        file["deep/linked"] = h5py.ExternalLink(target, "u")
    with pytest.raises(
        InputError, match=r"a\.h5: the link 'deep/linked' leads to .*grid\.h5, out of"
    ):
        open_hdf5(path)
    monkeypatch.setenv("ROM_LINKED_FOLDERS", str(tmp_path / "other"))
    with open_hdf5(path) as file:
        np.testing.assert_array_equal(file["deep/linked"][()], VALUES)


def test_a_source_or_storage_out_of_the_folder_is_refused(tmp_path):
    path = virtual(tmp_path / "a.h5", "/etc/hosts", "u")
    with pytest.raises(
        InputError, match="a source of the virtual dataset '/v' leads to /etc/hosts"
    ):
        open_hdf5(path)
    with h5py.File(tmp_path / "b.h5", "w") as file:
        raw = [("/etc/passwd", 0, h5py.h5f.UNLIMITED)]
        file.create_dataset("u", (10,), "u1", external=raw)
    with pytest.raises(InputError, match="the external storage of 'u' leads to /etc/passwd"):
        inspect_data(tmp_path / "b.h5", {"dataset": "u", "axes": "t"})


def test_a_virtual_dataset_of_itself_is_refused(tmp_path):
    with pytest.raises(InputError, match="'/v' is a source of itself"):
        open_hdf5(virtual(tmp_path / "a.h5", ".", "v"))
    virtual(tmp_path / "b.h5", "c.h5", "v")
    virtual(tmp_path / "c.h5", "b.h5", "v")
    with pytest.raises(InputError, match="is a source of itself"):
        open_hdf5(tmp_path / "b.h5")


def test_a_loop_of_soft_links_is_no_trap(tmp_path):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["one"], file["two"] = h5py.SoftLink("/two"), h5py.SoftLink("/one")
        file["group"] = file["/"]
    with open_hdf5(path) as file:
        np.testing.assert_array_equal(file["u"][()], VALUES)
    with pytest.raises(InputError, match=r"a\.h5: damaged.*too many links"):
        rom.open_snapshots(path, dataset="one", axes="t x")


def test_a_file_is_looked_at_once_until_it_changes(tmp_path, monkeypatch):
    looked = []
    monkeypatch.setattr(hdf5_open, "_look", looked.extend)
    path = write(tmp_path / "a.h5")
    for _ in range(3):
        open_hdf5(path).close()
    assert looked == [path]
    with h5py.File(path, "a") as file:
        file["more"] = np.zeros(10_000)
    open_hdf5(path).close()
    assert looked == [path, path]


def test_thousands_of_empty_groups_are_quick(tmp_path):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "a", libver="latest") as file:
        for i in range(3000):
            file.create_group(f"g{i}")
    look(path)
    assert inspect_data(path)["n_datasets"] == 1


def test_text_of_a_damaged_heap_does_not_hang(tmp_path, monkeypatch):
    monkeypatch.setattr(helper, "SECONDS", 0)
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["u"] = np.random.default_rng(0).normal(size=(20, 6))
        file["label"] = np.array([f"case {i}" for i in range(20)], object)
    content = bytearray(path.read_bytes())
    heap = content.find(b"GCOL")
    content[heap + 345], content[heap + 385] = 0, 1  # an object that is followed by itself
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"a\.h5: (the HDF5 library hangs over it|damaged|cannot)"):
        rom.open_snapshots(path, dataset="u", axes="t x", parameters=["label"])


@pytest.mark.parametrize("scales", [[1, 2], True, "t y x", ["a", "b"], 2.5])
def test_scales_of_another_type_of_which_the_library_dies_are_refused(tmp_path, scales):
    path = write(tmp_path / "a.h5")
    with h5py.File(path, "a") as file:
        file["t"] = np.arange(4.0)
        file["t"].make_scale("t")
        file["u"].dims[0].attach_scale(file["t"])
        file["u"].attrs["DIMENSION_LIST"] = scales
    with pytest.raises(InputError, match=r"a\.h5: damaged: DIMENSION_LIST of 'u' is no list"):
        open_hdf5(path)
