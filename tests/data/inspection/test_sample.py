"""The sample: bounded, spread over time or space, and right in what it says."""

import h5py
import numpy as np
import pytest

import rom
from rom.data.inspection import storage
from rom.data.inspection.contents import list_datasets
from rom.data.inspection.sample import take_sample

N, SHAPE = 400, (40, 50)
VALUES = np.random.default_rng(0).normal(size=(N, *SHAPE)).astype(np.float32)


def opened(tmp_path, axes="t y x", **options):
    path = tmp_path / "plain.h5"
    with h5py.File(path, "w") as file:
        data = VALUES if axes.startswith("t") else np.moveaxis(VALUES, 0, -1)
        file.create_dataset("u", data=data, **options)
    return rom.open_snapshots(path, dataset="u", axes=axes)


class Counter:
    """Counts the values that a source is asked for."""

    def __init__(self, source):
        self.source, self.values = source, 0

    def __getattr__(self, name):
        return getattr(self.source, name)

    def read(self, rows, tile=None):
        block = self.source.read(rows, tile)
        self.values += block.size
        return block


@pytest.mark.parametrize(
    ("axes", "options", "max_bytes"),
    [
        ("t y x", {}, 400_000),
        ("t y x", {}, 4_000),  # a snapshot has 8,000 bytes
        ("t y x", {"chunks": (8, 40, 50), "compression": "gzip"}, 400_000),
        ("t y x", {"chunks": (100, 5, 5), "compression": "gzip"}, 100_000),
        ("y x t", {}, 100_000),
        ("y x t", {"chunks": (10, 10, 100), "compression": "gzip"}, 400_000),
    ],
)
def test_a_sample_is_bounded_and_spread(tmp_path, axes, options, max_bytes):
    snapshots = opened(tmp_path, axes, **options)
    counter = Counter(snapshots.source)
    snapshots = snapshots._view(_source=counter)
    sample = take_sample(snapshots, strided=axes == "y x t" and not options, max_bytes=max_bytes)
    found = sample.variables[snapshots.layout.variables[0]]
    assert not sample.whole
    assert 0 < counter.values * 4 <= 4 * max_bytes
    assert sample.n_values == counter.values == found.count
    assert sample.n_snapshots > 1
    assert found.varies
    assert found.mean == pytest.approx(0, abs=0.2)
    assert found.standard_deviation == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize("max_bytes", [10_000, 10**9])
def test_the_whole(tmp_path, max_bytes):
    snapshots = opened(tmp_path, chunks=(100, 5, 5), compression="gzip")
    sample = take_sample(snapshots, whole=True, max_bytes=max_bytes)
    assert sample.whole
    assert sample.n_snapshots == N
    found = sample.variables["u"]
    assert (found.minimum, found.maximum) == (VALUES.min(), VALUES.max())
    assert found.mean == pytest.approx(VALUES.mean(dtype=np.float64), abs=1e-9)


def test_what_is_stored_together_and_far_too_large_is_not_looked_at(tmp_path):
    snapshots = opened(tmp_path, chunks=(400, 40, 50), compression="gzip")
    sample = take_sample(snapshots, max_bytes=10_000)
    assert (sample.n_values, sample.n_snapshots, sample.whole) == (0, 0, False)


@pytest.mark.parametrize(
    ("axes", "options", "case", "strided"),
    [
        ("t y x", {}, "plain", False),
        ("y x t", {}, "plain", True),
        ("t y x", {"chunks": (8, 40, 50)}, "plain", False),
        ("t y x", {"chunks": (8, 40, 50), "compression": "gzip", "shuffle": True}, "gzip", False),
        ("t y x", {"chunks": (8, 40, 50), "compression": "lzf"}, "other filters", False),
    ],
)
def test_how_the_file_would_be_read(tmp_path, axes, options, case, strided):
    snapshots = opened(tmp_path, axes, **options)
    items, _ = list_datasets(tmp_path / "plain.h5")
    found = storage.describe_storage(snapshots, items)
    assert (found["case"], found["strided"]) == (case, strided)


def test_compressed_whole_snapshots_that_do_not_fit_should_be_stored_anew(tmp_path, monkeypatch):
    snapshots = opened(tmp_path, chunks=(8, 40, 50), compression="gzip")
    items, _ = list_datasets(tmp_path / "plain.h5")
    monkeypatch.setattr(storage, "memory_bytes", lambda limit: 25_000)
    found = storage.describe_storage(snapshots, items)
    assert found["case"] == "whole snapshots"
    assert found["rewrite"] == "h5repack -l u:CHUNK=200x40x25 plain.h5 new.h5"
