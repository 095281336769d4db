"""Row sources: types, several datasets, damaged files, and that files are only read."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.part_source import PartSource, runs
from rom.data.parts import Decoding, Part, Segment
from rom.data.sources import ArraySource


def one_file(path, *parts):
    return Segment(tuple(Part(path, name, tuple(axes.split())) for name, axes in parts))


@pytest.mark.parametrize(
    ("stored", "read"),
    [
        ("f4", "f4"),
        ("f8", "f8"),
        (">f8", "f8"),
        (">f4", "f4"),
        ("f2", "f4"),
        ("u1", "f4"),
        ("i8", "f8"),
        ("g", "f8"),
    ],
)
def test_values_are_read_in_the_float_type_that_holds_them(tmp_path, stored, read):
    values = np.arange(12).reshape(4, 3).astype(stored)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = values
    source = PartSource([one_file(tmp_path / "a.h5", ("x", "t x"))], ("x",))
    assert source.dtype == np.dtype(read)
    np.testing.assert_array_equal(source.read(np.array([0, 2, 3])), values[[0, 2, 3]].astype(read))


def test_axes_are_brought_into_the_order_of_the_layout(tmp_path):
    values = np.arange(120.0).reshape(4, 5, 2, 3)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["xtcy"] = values
        file["txy"] = np.moveaxis(values[:, :, 0], 0, 1)
    one = PartSource([one_file(tmp_path / "a.h5", ("xtcy", "x t c y"))], ("x", "y"))
    assert one.shape == (5, 24)
    np.testing.assert_array_equal(one.read(np.arange(5))[2].reshape(2, 4, 3)[1], values[:, 2, 1])
    two = PartSource([one_file(tmp_path / "a.h5", *[("txy", "t x y")] * 2)], ("x", "y"))
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
            "x",
            data=np.random.default_rng(0).normal(size=(8, 50)),
            chunks=(2, 50),
            compression="gzip",
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


STORAGE = {
    "contiguous": {},
    "by time": {"chunks": (3, 6, 8, 2), "compression": "gzip"},
    "by space": {"chunks": (10, 2, 3, 1), "compression": "gzip", "shuffle": True},
    "plain chunks": {"chunks": (4, 4, 4, 2)},
}


@pytest.mark.parametrize("storage", STORAGE)
@pytest.mark.parametrize("width", [1, 7, 40, 1000])
def test_tiles_cover_every_feature_once_and_hold_what_rows_hold(tmp_path, storage, width):
    values = np.random.default_rng(0).normal(size=(10, 6, 8, 2))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("UV", data=values, **STORAGE[storage])
        file.create_dataset("p", data=values[..., 0])
    segment = one_file(tmp_path / "a.h5", ("UV", "t y x c"), ("p", "t y x"))
    source = PartSource([segment], ("x", "y"))
    rows = np.array([0, 1, 4, 8])
    whole = source.read(rows)
    tiles = source.tiles(width)
    if not tiles:  # a compressed chunk holds much more of a row than fits
        assert storage.startswith("by")
        assert 4 * width < np.prod(STORAGE[storage]["chunks"][1:])
        return
    seen = np.concatenate([np.arange(source.shape[1])[tile.features] for tile in tiles])
    assert sorted(seen) == list(range(source.shape[1]))
    for tile in tiles:
        np.testing.assert_array_equal(source.read(rows, tile), whole[:, tile.features])


def test_a_pass_over_the_tiles_reads_no_chunk_twice(tmp_path, monkeypatch):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", data=np.zeros((20, 50)), chunks=(6, 7), compression="gzip")
    source = PartSource([one_file(tmp_path / "a.h5", ("x", "t x"))], ("x",))
    boxes = []
    monkeypatch.setattr(
        "rom.data.hdf5_file.read_slab", lambda data, box, index: boxes.append(box) or data[box]
    )
    for tile in source.tiles(20):
        source.read(np.arange(20), tile)
    assert all(box[0] == slice(0, 20) for box in boxes)
    assert all(box[1].start % 7 == 0 for box in boxes)


def test_segments_are_rows_one_after_the_other(tmp_path):
    values = np.random.default_rng(0).normal(size=(3, 5, 4))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["btx"] = values
        for i, value in enumerate(values[0]):
            file[f"step{i}"] = value
    path = tmp_path / "a.h5"
    source = PartSource(
        [Segment((Part(path, "btx", ("b", "t", "x"), {"b": i}),)) for i in range(3)], ("x",)
    )
    rows = np.array([0, 4, 5, 6, 14])
    np.testing.assert_array_equal(source.read(rows), values.reshape(15, 4)[rows])
    steps = PartSource([Segment((Part(path, f"step{i}", ("x",)),)) for i in range(5)], ("x",))
    np.testing.assert_array_equal(steps.read(np.array([1, 3])), values[0][[1, 3]])


def test_variables_and_ranges_of_a_dataset(tmp_path):
    values = np.random.default_rng(0).normal(size=(5, 4, 3))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["txc"] = values
    part = Part(
        tmp_path / "a.h5", "txc", ("t", "x", "c"), {"c": (2, 0), "x": slice(1, 3), "t": slice(1, 5)}
    )
    source = PartSource([Segment((part,))], ("x",))
    expected = np.moveaxis(values[1:, 1:3][..., [2, 0]], 2, 1).reshape(4, 4)
    np.testing.assert_array_equal(source.read(np.arange(4)), expected)
    for tile in source.tiles(1):
        np.testing.assert_array_equal(source.read(np.arange(4), tile), expected[:, tile.features])


def test_missing_is_found_before_scale_and_offset():
    decoded = Decoding(fill=(-9.0,), scale=0.5, offset=10.0, valid=(-8, 6))(
        np.array([-9, 0, 4, 7], dtype="i2")
    )
    np.testing.assert_array_equal(decoded, [np.nan, 10, 12, np.nan])


def test_rows_are_read_in_few_pieces():
    rows = np.array([0, 1, 2, 4, 100, 101])
    pieces = list(runs(rows))
    assert len(pieces) < len(rows)
    assert [i for first, last, _, _ in pieces for i in rows[first:last]] == list(rows)
    assert all(
        rows[first] == lowest and rows[last - 1] == highest - 1
        for first, last, lowest, highest in pieces
    )
