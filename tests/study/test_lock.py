"""One process at a time works on a store; one that is dead does not keep it."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest

from rom.errors import InputError
from rom.study import lock
from rom.study.lock import LOCK, OWNER, locked

HOLD = """
import sys, time
from pathlib import Path
from rom.study.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that has the lock of OUT."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path / "out")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_second_process_is_refused_and_told_who_works_there(tmp_path, holder):
    out = tmp_path / "out"
    (out / "study.json").touch()
    before = names(out)
    for path in (out, out / "splits" / "1"):  # a variant is part of its store
        with pytest.raises(InputError) as error, locked(path):
            raise AssertionError("it was not held")
        said = str(error.value)
        assert f"process {holder.pid} on {socket.gethostname()}" in said
        assert "\n" not in said
    assert names(out) == before


def test_a_process_that_was_killed_does_not_keep_the_lock(tmp_path, holder):
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert names(tmp_path / "out") == [LOCK, OWNER]
    with locked(tmp_path / "out"):
        assert json.loads((tmp_path / "out" / OWNER).read_text())["pid"] == os.getpid()
    assert names(tmp_path / "out") == []


def test_blocks_of_one_thread_are_one_and_another_thread_is_refused(tmp_path):
    refused = []

    def second():
        try:
            with locked(tmp_path):
                pass
        except InputError as error:
            refused.append(str(error))

    with locked(tmp_path):
        with locked(tmp_path):
            pass
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert f"process {os.getpid()}" in refused[0]
    assert names(tmp_path) == []


def test_folders_that_were_made_for_it_are_gone_unless_something_is_in_them(tmp_path):
    with locked(tmp_path / "a" / "b"):
        assert (tmp_path / "a" / "b").is_dir()
    assert names(tmp_path) == []
    with locked(tmp_path / "a" / "b"):
        (tmp_path / "a" / "kept").touch()
    assert names(tmp_path / "a") == ["kept"]


def owner_elsewhere(folder, seconds_ago):
    owner = {"pid": 1, "host": "node7.elsewhere", "since": "2026-01-01 00:00:00"}
    (folder / OWNER).write_text(json.dumps(owner))
    moment = (folder / OWNER).stat().st_mtime - seconds_ago
    os.utime(folder / OWNER, (moment, moment))


def test_another_machine_that_gave_a_sign_of_life_keeps_it(tmp_path):
    owner_elsewhere(tmp_path, 5)
    with pytest.raises(InputError, match=r"node7\.elsewhere"), locked(tmp_path):
        raise AssertionError("it was not held")
    assert OWNER in names(tmp_path)
    owner_elsewhere(tmp_path, lock.DEAD + 5)
    with locked(tmp_path):
        pass
    assert OWNER not in names(tmp_path)


def test_who_has_it_gives_signs_of_life(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "BEAT", 0.01)
    with locked(tmp_path):
        os.utime(tmp_path / OWNER, (0, 0))
        beaten = threading.Event()
        for _ in range(1000):
            if (tmp_path / OWNER).stat().st_mtime > 0:
                break
            beaten.wait(0.01)
        assert (tmp_path / OWNER).stat().st_mtime > 0


@pytest.mark.parametrize("content", ["", "[1]", '{"pid": 1}', "\x00"])
def test_a_damaged_name_of_the_owner_says_nothing(tmp_path, content):
    (tmp_path / OWNER).write_text(content)
    with locked(tmp_path):
        pass


FORK = """
import os, sys, time
from pathlib import Path
from rom.study.lock import locked
with locked(Path(sys.argv[1])):
    child = os.fork()
    if child:
        print(child, flush=True)
    time.sleep(600)
"""


def test_children_of_a_process_that_was_killed_do_not_keep_it(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-c", FORK, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    child = int(process.stdout.readline())
    try:
        process.kill()
        process.wait()
        with locked(tmp_path):
            os.kill(child, 0)
    finally:
        os.kill(child, signal.SIGKILL)
        process.stdout.close()
