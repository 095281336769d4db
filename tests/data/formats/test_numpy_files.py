"""Files of NumPy: arrays on the disk, archives, and what is not read."""

import struct
import zipfile

import numpy as np
import pytest

import rom
from rom.data import limits

FIELD = np.random.default_rng(0).normal(size=(20, 5, 6))


def test_the_rows_of_a_matrix_are_the_snapshots(tmp_path):
    np.save(tmp_path / "a.npy", FIELD[:, 0])
    snapshots = rom.open_snapshots(tmp_path / "a.npy")
    np.testing.assert_array_equal(snapshots[:], FIELD[:, 0])
    assert "the 20 rows of 'array' are the snapshots" in " ".join(snapshots.assumptions)
    np.savez(tmp_path / "b.npz", X=FIELD[:, 0], note="a flow")
    np.testing.assert_array_equal(rom.open_snapshots(tmp_path / "b.npz")[:], FIELD[:, 0])


@pytest.mark.parametrize("order", ["C", "F"])
def test_an_array_of_more_axes_stays_on_the_disk(tmp_path, order):
    np.save(tmp_path / "a.npy", np.asarray(FIELD, dtype=">f4", order=order))
    snapshots = rom.open_snapshots(tmp_path / "a.npy", axes="t y x")
    assert snapshots.layout.axes == ("y", "x")
    assert snapshots.dtype == np.float32
    np.testing.assert_allclose(snapshots[[3, 9]], FIELD[[3, 9]].reshape(2, -1), rtol=1e-6)
    with pytest.raises(rom.InputError, match=r"no vector of times.*--axes 't y x'"):
        rom.open_snapshots(tmp_path / "a.npy")


def test_times_tell_which_axis_are_the_snapshots(tmp_path):
    np.savez_compressed(tmp_path / "a.npz", u=FIELD.T, t=np.arange(20.0), x=np.arange(6.0) * 0.1)
    snapshots = rom.open_snapshots(tmp_path / "a.npz")
    assert len(snapshots) == 20
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], np.arange(6) * 0.1)
    chosen = rom.open_snapshots(tmp_path / "a.npz", dataset="u", axes="x y t", time="t")
    np.testing.assert_array_equal(np.sort(chosen[4]), np.sort(FIELD[4].ravel()))


def test_python_objects_are_not_read(tmp_path):
    np.savez(tmp_path / "a.npz", X=FIELD[:, 0], who=np.array([{"a": 1}], dtype=object))
    assert "who" in " ".join(rom.open_snapshots(tmp_path / "a.npz").assumptions)
    np.save(tmp_path / "b.npy", np.array([{"a": 1}], dtype=object))
    with pytest.raises(rom.InputError, match=r"b\.npy: damaged, or not a file of NumPy"):
        rom.open_snapshots(tmp_path / "b.npy")


@pytest.mark.parametrize("name", ["a.npy", "a.npz"])
@pytest.mark.parametrize("length", [7, 60, 200, 900])
def test_files_that_are_cut_short_are_refused(tmp_path, name, length):
    (np.save if name == "a.npy" else np.savez)(tmp_path / name, FIELD[:, 0])
    cut = tmp_path / f"cut-{name}"
    cut.write_bytes((tmp_path / name).read_bytes()[:length])
    with pytest.raises(rom.InputError, match=cut.name):
        rom.open_snapshots(cut)


def test_other_archives_are_no_arrays(tmp_path):
    import zipfile

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(rom.InputError, match="ZIP archive"):
        rom.open_snapshots(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (10, 1099511627776)}", "claims"),
        ("{'descr': '<f8', 'fortran_order': False, 'shape': (-1, 3)}", "damaged"),
        ("(" * 200, "damaged"),
    ],
)
def test_headers_that_claim_what_is_not_there(tmp_path, header, words):
    member = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode() + bytes(80)
    (tmp_path / "a.npy").write_bytes(member)
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("u.npy", member)
    with pytest.raises(rom.InputError, match=r"a\.npy: damaged, or not a file of NumPy"):
        rom.open_snapshots(tmp_path / "a.npy")
    with pytest.raises(rom.InputError, match=rf"b\.npz: .*{words}"):
        rom.open_snapshots(tmp_path / "b.npz")


def test_an_archive_that_would_fill_the_memory_is_not_unpacked(tmp_path, monkeypatch):
    np.savez_compressed(tmp_path / "a.npz", u=np.zeros((4096, 4096)))
    monkeypatch.setattr(limits, "available_bytes", lambda: 10**8)
    with pytest.raises(rom.InputError, match=r"a\.npz.* would take 134\.2 MB, there are 100\.0 MB"):
        rom.open_snapshots(tmp_path / "a.npz")
