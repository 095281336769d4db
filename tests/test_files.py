"""Files are written whole or not at all: what had the name before stays until then."""

import errno
import os

import pytest

from rom import files
from rom.errors import WriteError
from rom.files import place_folder, remove_unfinished, sum_of, write_text, writing_together


def refuse(*given, **more):
    raise OSError(errno.ENOSPC, "No space left on device")


def content_of(folder):
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_an_error_in_the_block_leaves_what_was_there(tmp_path):
    def half():
        with writing_together([tmp_path / "a", tmp_path / "b"]) as parts:
            for part in parts:
                part.write_text("half")
            raise ArithmeticError

    write_text(tmp_path / "a", "before")
    with pytest.raises(ArithmeticError):
        half()
    assert content_of(tmp_path) == {"a": "before"}


@pytest.mark.parametrize("point", ["Path.write_bytes", "os.fsync", "Path.replace"])
def test_a_disk_that_runs_full_at_any_point_leaves_what_was_there(tmp_path, monkeypatch, point):
    write_text(tmp_path / "a", "before")
    with monkeypatch.context() as patched:
        patched.setattr(f"rom.files.{point}", refuse)
        with pytest.raises(WriteError, match=r"a: cannot be written: No space left on device"):
            write_text(tmp_path / "a", "after")
    assert content_of(tmp_path) == {"a": "before"}
    write_text(tmp_path / "a", "after")
    assert content_of(tmp_path) == {"a": "after"}


def test_a_disk_that_runs_full_in_the_block_is_said_of_the_file(tmp_path):
    with (
        pytest.raises(WriteError, match="b: cannot be written: No space left"),
        files.writing(tmp_path / "b"),
    ):
        refuse()


def test_the_content_is_on_the_disk_before_the_name_is(tmp_path, monkeypatch):
    order = []
    fsync, replace = os.fsync, files.Path.replace
    monkeypatch.setattr(files.os, "fsync", lambda fd: order.append("sync") or fsync(fd))
    monkeypatch.setattr(
        files.Path, "replace", lambda self, to: order.append("name") or replace(self, to)
    )
    write_text(tmp_path / "a", "text")
    assert order[:2] == ["sync", "name"]
    order.clear()
    write_text(tmp_path / "a", "text", durable=False)
    assert order == ["name"]


def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "to").write_text("before")
    (tmp_path / "link").symlink_to("to")
    write_text(tmp_path / "link", "after")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "to").read_text() == "after"


def test_what_is_no_file_is_not_replaced(tmp_path):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    for name, words in [("folder", "is a folder"), ("pipe", "a device or a pipe")]:
        with pytest.raises(WriteError, match=words):
            write_text(tmp_path / name, "text")
    with pytest.raises(WriteError, match="cannot be written"):
        write_text(tmp_path / "missing" / "a", "text")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "pipe"]


def test_a_name_as_long_as_a_file_system_allows(tmp_path):
    write_text(tmp_path / ("x" * 255), "text")
    assert (tmp_path / ("x" * 255)).read_text() == "text"


def test_a_folder_is_placed_in_one_step_and_not_over_another(tmp_path):
    for name in ("new", "late"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    place_folder(tmp_path / "new", tmp_path / "run")
    with pytest.raises(OSError, match="not empty"):
        place_folder(tmp_path / "late", tmp_path / "run")
    assert (tmp_path / "run" / "a").read_text() == "new"


def test_what_a_killed_writer_left_is_removed_and_nothing_else(tmp_path):
    left = files.unfinished_name(tmp_path / "results.csv")
    left.touch()
    files.unfinished_name(tmp_path / "folder").mkdir()
    kept = ["results.csv", "notes.part", "model.pod-k2.part", "0123abcd.part.h5"]
    for name in kept:
        (tmp_path / name).touch()
    remove_unfinished(tmp_path)
    remove_unfinished(tmp_path / "missing")
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_the_sum_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert sum_of(tmp_path / "a").startswith("ba7816bf8f01cfea")
