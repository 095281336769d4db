"""Room on the disk is asked for before the first run."""

from collections import namedtuple

import numpy as np
import pytest

import rom
from rom.execution import disk

X = np.random.default_rng(0).normal(size=(60, 500))
OPTIONS = {"reducers": ["pod", "pod-quadratic"], "n_components": [2, 4], "jobs": 1}


def has_free(monkeypatch, free):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: usage(free))


def test_a_disk_without_room_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    has_free(monkeypatch, 10**6)
    with pytest.raises(rom.InputError, match=r"4 runs store 1\d\.?\d*MB there, and 1MB are free"):
        rom.compare(X, out=tmp_path / "not" / "yet", **OPTIONS)
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_needs_no_room(tmp_path, monkeypatch):
    rom.compare(X, out=tmp_path, **OPTIONS)
    has_free(monkeypatch, 0)
    assert rom.compare(X, out=tmp_path, **OPTIONS).failures == {}


def test_the_estimate_is_about_what_is_stored(tmp_path, monkeypatch):
    said = []
    monkeypatch.setattr("rom.runs.check_disk", lambda store, needed, n: said.append(needed))
    rom.compare(X, out=tmp_path, **OPTIONS)
    stored = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    (estimate,) = said
    assert 0.5 * stored < estimate - disk.REPORT_BYTES < 1.2 * stored
