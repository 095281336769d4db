"""Looks at files in another process: what they find, and how that process may end."""

import os
import signal
import time

import pytest

from rom.data import apart as module
from rom.data.apart import apart
from rom.errors import InputError


@pytest.fixture
def paths(tmp_path):
    found = [tmp_path / name for name in ("a", "b", "c")]
    for path in found:
        path.touch()
    return found


def test_what_is_fine_is_fine(paths):
    apart(lambda path: None, paths)


def test_what_is_refused_is_refused_here(paths):
    def look(path):
        if path.name == "b":
            raise InputError(f"{path}: not this one")

    with pytest.raises(InputError, match="b: not this one"):
        apart(look, paths)


def test_other_errors_are_met_by_whoever_reads_the_file(paths):
    apart(lambda path: 1 / 0, paths)


def test_a_process_that_dies_names_the_file(paths):
    with pytest.raises(InputError, match="b: the HDF5 library dies of it"):
        apart(lambda path: path.name == "b" and os.kill(os.getpid(), signal.SIGSEGV), paths)


def test_a_process_that_hangs_is_ended(paths, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0)

    def look(path):
        while path.name == "b":
            pass

    start = time.process_time()
    with pytest.raises(InputError, match="b: the HDF5 library hangs over it"):
        apart(look, paths)
    assert time.process_time() - start < 1  # it waited


def test_a_disk_that_does_not_answer(paths, monkeypatch):
    monkeypatch.setattr(module, "WAIT", 0.1)
    with pytest.raises(InputError, match="a: cannot be read: no answer from its disk"):
        apart(lambda path: signal.pause(), paths)
