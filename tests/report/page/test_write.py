"""A report that cannot be written to its end leaves the one before."""

import errno
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import rom
from rom.errors import WriteError

X = np.random.default_rng(0).normal(size=(40, 6)) * np.arange(1, 7)


@pytest.fixture
def comparison(tmp_path):
    found = rom.compare(X, reducers=["pod"], n_components=[1], jobs=1, out=tmp_path / "out")
    found.report()
    return found


def contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["report.html", "report.md", "results.csv"])
def test_a_disk_that_is_full_leaves_the_report_before(comparison, monkeypatch, name):
    before, replace = contents(comparison.path), Path.replace

    def full(self, target):
        if Path(target).name == name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", full)
    write = comparison.report
    if name == "results.csv":
        write = partial(comparison.store.write_table, name, comparison.table)
    with pytest.raises(WriteError, match=rf"{name}: cannot be written: No space left"):
        write()
    assert contents(comparison.path) == before


def test_a_report_that_dies_in_the_middle_of_a_page_leaves_the_page_before(comparison, monkeypatch):
    before, write_text = contents(comparison.path), Path.write_text

    def dies(self, text, **how):
        write_text(self, text[: len(text) // 2], **how)
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_text", dies)
    with pytest.raises(KeyboardInterrupt):
        comparison.report()
    assert contents(comparison.path) == before


def test_figures_of_an_earlier_report_go(comparison):
    stale = comparison.path / "figures" / "stale.png"
    stale.touch()
    kept = {path for path in contents(comparison.path) if path != stale}
    comparison.report()
    assert set(contents(comparison.path)) == kept
