"""Boxes of datasets: the same values as h5py gives, whatever the storage."""

import tracemalloc
import zlib

import h5py
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from rom.data import limits
from rom.data.slab import chunk_index, read_all, read_slab
from rom.errors import InputError

SHAPE = (7, 6, 5)
STORAGE = {
    "plain": {},
    "chunks": {"chunks": (2, 4, 3)},
    "gzip": {"chunks": (3, 6, 2), "compression": "gzip"},
    "gzip and shuffle": {"chunks": (7, 2, 5), "compression": "gzip", "shuffle": True},
    "lzf": {"chunks": (2, 2, 2), "compression": "lzf"},
    "checksum": {"chunks": (2, 6, 5), "compression": "gzip", "fletcher32": True},
}


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("slab") / "a.h5"
    rng = np.random.default_rng(0)
    with h5py.File(path, "w", userblock_size=512) as file:
        for dtype in ("<f4", ">f8", "i2"):
            values = (100 * rng.normal(size=SHAPE)).astype(dtype)
            for name, options in STORAGE.items():
                file.create_dataset(f"{name}/{dtype}", data=values, **options)
        sparse = file.create_dataset(
            "sparse", SHAPE, "f4", chunks=(2, 3, 5), compression="gzip", fillvalue=7
        )
        sparse[2:4] = 1
        file.create_dataset("unwritten", SHAPE, "f4")
    return path


boxes = st.tuples(*(st.tuples(st.integers(0, n), st.integers(0, n)).map(sorted) for n in SHAPE))


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "i2"])
@pytest.mark.parametrize("storage", STORAGE)
@given(box=boxes)
@settings(max_examples=15, deadline=None)
def test_a_box_is_what_h5py_reads(path, storage, dtype, box):
    box = tuple(slice(*edges) for edges in box)
    with h5py.File(path, "r") as file:
        data = file[f"{storage}/{dtype}"]
        read = read_slab(data, box, chunk_index(data))
        np.testing.assert_array_equal(read, data[box])
        assert read.dtype == data.dtype


@pytest.mark.parametrize("name", ["sparse", "unwritten"])
def test_what_was_never_written_has_the_fill_value(path, name):
    with h5py.File(path, "r") as file:
        everything = tuple(slice(0, n) for n in SHAPE)
        np.testing.assert_array_equal(
            read_slab(file[name], everything, chunk_index(file[name])), file[name][:]
        )


def test_gzip_chunks_are_read_directly_and_others_by_the_library(path):
    with h5py.File(path, "r") as file:
        direct = {name: chunk_index(file[f"{name}/<f4"]) is not None for name in STORAGE}
    assert direct == {name: name in ("chunks", "gzip", "gzip and shuffle") for name in STORAGE}


@pytest.mark.parametrize("kind", ["f4", "S4"])
def test_a_chunk_that_holds_more_than_it_says_is_not_unpacked(tmp_path, kind):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        bomb = file.create_dataset("u", (8, 4), kind, chunks=(8, 4), compression="gzip")
        bomb.id.write_direct_chunk((0, 0), zlib.compress(bytes(2**27), 9))
    tracemalloc.start()
    with h5py.File(tmp_path / "a.h5") as file, pytest.raises(OSError, match="holds more"):
        read_all(file["u"])
    assert tracemalloc.get_traced_memory()[1] < 2**24
    tracemalloc.stop()


@pytest.mark.parametrize("chunks", [None, (1, 2**20)])
def test_values_that_were_never_written_are_not_read(tmp_path, chunks):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("u", (40, 2**20), "f4", chunks=chunks)
    with h5py.File(tmp_path / "a.h5") as file:
        with pytest.raises(InputError, match="has only 0 B in the file"):
            read_all(file["u"])
        box = slice(0, 2), slice(0, 3)  # of a few the value that fills them is as good as any
        np.testing.assert_array_equal(read_slab(file["u"], box), np.zeros((2, 3)))


def test_a_chunk_larger_than_the_memory_is_refused(path, monkeypatch):
    monkeypatch.setattr(limits, "SMALL", 0)
    monkeypatch.setattr(limits, "available_bytes", lambda: 90)
    with h5py.File(path) as file, pytest.raises(InputError, match=r"a chunk of .* would take"):
        read_slab(file["chunks/<f4"], (slice(0, 1),) * 3)
