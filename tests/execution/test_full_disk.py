"""A disk that runs full at any file of a comparison: what was finished stays, the rest is named,
and done when there is room again.
"""

import errno
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.errors import WriteError
from rom.study.damage import damages
from rom.study.store import Store

T, PLACE = np.arange(40.0)[:, None] / 3, np.linspace(0, 2, 9)
FIELDS = np.sin(T + PLACE) + np.cos(2 * T + PLACE**2)
OPTIONS = {"reducers": ["pod", "autoencoder"], "controls": False, "n_components": [2]}
OPTIONS |= {"seeds": 1, "epochs": 2, "jobs": 1, "checkpoint_seconds": 0}


def compare(folder):
    return rom.compare(FIELDS, **OPTIONS, out=folder)


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    return compare(tmp_path_factory.mktemp("calm") / "out").table


def full(monkeypatch, name):
    """No more room, from the first file of that name on."""
    replace, is_full = Path.replace, []

    def refuse(self, target):
        if is_full or Path(target).match(name):
            is_full.append(True)
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)


@pytest.mark.parametrize(
    ("name", "finished"),
    [
        ("runs/pod-*", 0),
        ("metrics.csv", 0),
        ("measures.json", 0),
        ("checkpoint.safetensors", 1),
        ("runs/autoencoder-*", 1),
        ("results.csv", 2),
    ],
)
def test_a_full_disk_loses_nothing(tmp_path, monkeypatch, calm, name, finished):
    with monkeypatch.context() as patched:
        full(patched, name)
        # tables are written at the end, too
        with pytest.raises(WriteError, match="No space left on device"):
            compare(tmp_path / "out")
    store = Store.open(tmp_path / "out")
    assert len(store.finished()) == finished
    assert damages(store) == []
    before = {path: path.stat().st_mtime_ns for path in store.path.glob("runs/*/run.json")}
    after = compare(tmp_path / "out")
    assert after.failures == {}
    assert {path: path.stat().st_mtime_ns for path in before} == before
    times = calm.metric.str.endswith("_seconds")
    assert after.table[~times].equals(calm[~times])


@pytest.mark.parametrize("name", ["study.json", "data.h5"])
def test_a_disk_that_is_full_at_the_start(tmp_path, monkeypatch, name):
    with monkeypatch.context() as patched:
        full(patched, name)
        with pytest.raises(WriteError, match=rf"{name}: cannot be written"):
            compare(tmp_path / "out")
    assert not list((tmp_path / "out").rglob("*.part")) if (tmp_path / "out").exists() else True
    assert compare(tmp_path / "out").failures == {}
