"""Row sources: types, several datasets, damaged files, and that files are only read."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.sources import ArraySource, DatasetAxes, H5Source


@pytest.mark.parametrize(
    ("stored", "read"),
    [("f4", "f4"), ("f8", "f8"), (">f8", "f8"), (">f4", "f4"), ("f2", "f4"), ("u1", "f4"), ("i8", "f8"), ("g", "f8")],
)
def test_values_are_read_in_the_float_type_that_holds_them(tmp_path, stored, read):
    values = np.arange(12).reshape(4, 3).astype(stored)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = values
    source = H5Source(tmp_path / "a.h5", [DatasetAxes("x", ("t", "x"))], ("x",))
    assert source.dtype == np.dtype(read)
    np.testing.assert_array_equal(source.read(np.array([0, 2, 3])), values[[0, 2, 3]].astype(read))


def test_axes_are_brought_into_the_order_of_the_layout(tmp_path):
    values = np.arange(120.0).reshape(4, 5, 2, 3)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["xtcy"] = values
        file["txy"] = np.moveaxis(values[:, :, 0], 0, 1)
    one = H5Source(tmp_path / "a.h5", [DatasetAxes("xtcy", ("x", "t", "c", "y"))], ("x", "y"))
    assert one.shape == (5, 24)
    np.testing.assert_array_equal(one.read(np.arange(5))[2].reshape(2, 4, 3)[1], values[:, 2, 1])
    two = H5Source(tmp_path / "a.h5", [DatasetAxes("txy", ("t", "x", "y"))] * 2, ("x", "y"))
    np.testing.assert_array_equal(two.read(np.array([3]))[0, :12], values[:, 3, 0].ravel())


def test_stored_integers_are_multiplied_when_they_are_read():
    source = ArraySource(np.array([[0, 255]], dtype=np.uint8), factor=1 / 255)
    block = source.read(np.array([0]))
    assert block.dtype == np.float32
    np.testing.assert_allclose(block, [[0, 1]])


def test_a_damaged_chunk_is_the_files_fault_and_says_where(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        data = file.create_dataset(
            "x", data=np.random.default_rng(0).normal(size=(8, 50)), chunks=(2, 50), compression="gzip"
        )
        chunk = data.id.get_chunk_info(2)
    content = bytearray(path.read_bytes())
    content[chunk.byte_offset : chunk.byte_offset + chunk.size] = b"\xff" * chunk.size
    path.write_bytes(content)
    snapshots = rom.open_snapshots(path, dataset="x", axes="t x")
    assert snapshots[:4].shape == (4, 50)
    with pytest.raises(rom.InputError, match=r"a\.h5: dataset 'x' is damaged, row 4"):
        snapshots[4:6]


def test_a_read_only_file_is_enough_and_stays_as_it_is(tmp_path):
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file["x"] = np.random.default_rng(0).normal(size=(40, 6))
    path.chmod(0o444)
    before = path.read_bytes(), path.stat().st_mtime_ns
    snapshots = rom.open_snapshots(path, dataset="x", axes="t x")
    rom.compare(snapshots, reducers=["pod"], n_components=[2], jobs=1)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
