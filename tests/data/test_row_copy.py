"""A copy of rows: the same values and the same identity, with one read of every chunk."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.row_copy import copied, copy_bytes, reads_of_a_pass

X = np.random.default_rng(0).normal(size=(40, 2, 12, 16)).astype("f4")
CHUNKS = [(7, 1, 5, 6), (40, 2, 3, 4), (40, 2, 12, 16), (8, 1, 12, 16)]


def opened(folder, chunks, **storage):
    path = folder / "flow.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("u", data=X, chunks=chunks, **storage)
    return rom.open_snapshots(path, dataset="u", axes="t c y x")


@pytest.mark.parametrize("chunks", CHUNKS)
@pytest.mark.parametrize("rows", [slice(None), slice(0, 40, 10), [3, 1, 30, 31, 7, 39]])
def test_a_copy_is_the_same_snapshots(tmp_path, chunks, rows):
    snapshots = opened(tmp_path, chunks, compression="gzip").select(rows)
    copy = copied(snapshots, tmp_path / "copy.h5", 2000)
    np.testing.assert_array_equal(copy[:], snapshots[:])
    assert copy.fingerprint() == snapshots.fingerprint()
    assert copy.files == snapshots.files
    assert copy_bytes(snapshots) == snapshots[:].nbytes
    assert reads_of_a_pass(copy, 2000) == 1


def test_a_copy_of_several_arrays_with_a_mask(tmp_path):
    path = tmp_path / "flow.h5"
    u, v = X[:, 0].copy(), X[:, 1].copy()
    u[:, 3, 4] = np.nan
    with h5py.File(path, "w") as file:
        file.create_dataset("u", data=u, chunks=(20, 5, 4), compression="gzip")
        file.create_dataset("v", data=v, chunks=(10, 12, 16), compression="gzip")
    snapshots = rom.open_snapshots(path, dataset=["u", "v"], axes="t y x").resolve_missing()
    copy = copied(snapshots, tmp_path / "copy.h5", 4000)
    np.testing.assert_array_equal(copy.pack()[:], snapshots.pack()[:])
    assert copy.fingerprint() == snapshots.fingerprint()


def test_how_often_a_pass_reads_a_chunk(tmp_path):
    snapshots = opened(tmp_path, (20, 2, 3, 4), compression="gzip")
    row = X[0].nbytes
    assert reads_of_a_pass(snapshots, 2 * row) == 10
    assert reads_of_a_pass(snapshots, 20 * row) == 1


def test_a_part_of_a_chunk_without_compression_is_read_alone(tmp_path):
    assert reads_of_a_pass(opened(tmp_path, (20, 2, 3, 4)), 1) == 1


def test_every_chunk_is_read_once(tmp_path, monkeypatch):
    snapshots = opened(tmp_path, (8, 1, 4, 16), compression="gzip")
    source, boxes = snapshots.source, []
    read = type(source).read

    def counted(self, rows, tile=None):
        boxes.append((rows[0] // 8, tuple(tile.part[1].items()), tile.part[0]))
        return read(self, rows, tile)

    monkeypatch.setattr(type(source), "read", counted)
    copied(snapshots, tmp_path / "copy.h5", 1)
    assert len(boxes) == len({str(box) for box in boxes}) == 5 * 2 * 3
