"""Watched files: what happened to them is seen without reading them, and said."""

import os

import pytest

from rom.data.watch import changes, states_of


@pytest.fixture
def path(tmp_path):
    (tmp_path / "flow.h5").write_bytes(b"12345678")
    return tmp_path / "flow.h5"


def append(path):
    with open(path, "ab") as stream:
        stream.write(b"9")


def rewrite(path):
    with open(path, "r+b") as stream:
        stream.write(b"2")


def rewrite_and_set_back(path):
    before = path.stat()
    rewrite(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def replace(path):
    before = path.stat()
    other = path.with_name("other")
    other.write_bytes(b"22345678")
    os.utime(other, ns=(before.st_atime_ns, before.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize(
    ("change", "sure", "words"),
    [
        (append, True, "had 8 bytes when it was opened, now 9"),
        (lambda path: os.truncate(path, 2_000), True, "now 2,000"),
        (lambda path: path.unlink(), True, "is gone"),
        (rewrite, False, "was written again"),
        (rewrite_and_set_back, False, "was written again"),
        (replace, False, "is another file of that name"),
        (lambda path: path.touch(), False, "was written again"),
    ],
)
def test_each_change_is_said(path, change, sure, words):
    before = states_of([path])
    assert changes(before) == []
    # the clock of a file system may tick a few times a second only
    os.utime(path, ns=(0, 10**9))
    before = states_of([path])
    change(path)
    (found,) = changes(before)
    assert found.sure == sure
    assert words in found.words
    assert str(path) in found.words


def test_a_file_that_was_missing_and_comes(tmp_path):
    before = states_of([tmp_path / "a"])
    (tmp_path / "a").touch()
    assert "was missing" in changes(before)[0].words


def test_of_a_folder_all_files_but_those_of_results(tmp_path):
    for name in ("case/0/u", "case/out/study.json", "case/out/runs/a", "case/new/.rom-lock"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    before = states_of([tmp_path / "case", tmp_path / "case" / "0" / "u"])
    assert [state.path for state in before] == [tmp_path / "case" / "0" / "u"]
    append(tmp_path / "case" / "out" / "runs" / "a")
    assert changes(before) == []
