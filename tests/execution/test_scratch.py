"""A copy of the snapshots while a comparison lasts: the same results, and nothing is left of it."""

import shutil
from collections import namedtuple
from typing import Any

import h5py
import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.execution import scratch

X = np.random.default_rng(0).normal(size=(60, 8, 10)) * np.arange(1, 11)
OPTIONS: dict[str, Any] = {
    "n_components": [2], "reducers": ["pod"], "controls": False, "jobs": 1, "threads": 1,
}  # fmt: skip


@pytest.fixture
def path(tmp_path):
    """A file with one compressed chunk."""
    path = tmp_path / "flow.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("u", data=X, chunks=X.shape, compression="gzip")
    return path


@pytest.fixture
def small_blocks(monkeypatch):
    """A pass takes five rows at a time, as of large data."""
    monkeypatch.setattr(scratch, "pass_bytes", lambda _: 5 * X[0].nbytes)


@pytest.fixture
def copies(monkeypatch):
    """The copies that are made."""
    made, copied = [], scratch.copied

    def noted(snapshots, path, size):
        made.append(path)
        return copied(snapshots, path, size)

    monkeypatch.setattr(scratch, "copied", noted)
    return made


def opened(path):
    return rom.open_snapshots(path, dataset="u", axes="t y x")


def test_results_are_the_same_bits(path, tmp_path, copies, monkeypatch):
    without = rom.compare(opened(path), **OPTIONS, out=tmp_path / "without")
    assert copies == []
    monkeypatch.setattr(scratch, "pass_bytes", lambda _: 5 * X[0].nbytes)
    with_it = rom.compare(opened(path), **OPTIONS, out=tmp_path / "with")
    assert copies == [tmp_path / "with" / "copy.part" / "rows.h5"]
    assert not copies[0].parent.exists()
    (run,) = without.store.runs()
    assert with_it.store.runs() == [run]
    one, other = (c.store.latents(run) for c in (without, with_it))
    assert one.tobytes() == other.tobytes()


def test_wrong_input_leaves_nothing(path, tmp_path, small_blocks, copies):
    with pytest.raises(InputError, match="n_components=99"):
        rom.compare(opened(path), **OPTIONS | {"n_components": [99]}, out=tmp_path / "out")
    assert len(copies) == 1
    assert not (tmp_path / "out").exists()


def test_what_a_kill_left_is_no_obstacle(path, tmp_path, small_blocks, copies):
    left = tmp_path / "out" / "copy.part" / "rows.h5"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"half")
    rom.compare(opened(path), **OPTIONS, out=tmp_path / "out")
    assert not left.parent.exists()


def test_without_room_the_file_itself_is_read(path, tmp_path, small_blocks, monkeypatch, capsys):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 9 * 10**8, 10**8))
    found = rom.compare(opened(path), **OPTIONS, out=tmp_path / "out", show_progress=True)
    assert found.failures == {}
    assert "no room for a copy" in capsys.readouterr().err
