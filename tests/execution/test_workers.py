"""Workers: answers, errors and deaths of forked processes, and that none outlives its parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from rom.errors import InputError, RunError
from rom.execution.workers import Workers, can_fork
from tests.execution.restarts import MARK, processes, wait

pytestmark = pytest.mark.skipif(not can_fork(), reason="processes are not forked on this system")


def double(shared, item):
    return os.getpid(), item * shared


def refuse(shared, item):
    raise InputError("not that")


def die_for_two(shared, item):
    if item == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def fault(shared, item):
    os.kill(os.getpid(), signal.SIGSEGV)


def oom_score(shared, item):
    return int(Path("/proc/self/oom_score_adj").read_text())


def total(shared, item):
    return float(shared.sum()), isinstance(shared.base, np.ndarray | None)


@pytest.fixture(scope="module")
def workers():
    with Workers(["rom.errors"]) as started:
        yield started


def test_answers_of_as_many_processes_as_items(workers):
    answers = dict(workers.map(double, 10, [1, 2, 3], 2))
    assert {number: value for number, (_, value) in answers.items()} == {0: 10, 1: 20, 2: 30}
    pids = {pid for pid, _ in answers.values()}
    assert len(pids) == 3
    assert os.getpid() not in pids


def test_an_error_is_raised_here(workers):
    with pytest.raises(InputError, match="not that") as caught:
        list(workers.map(refuse, None, [1], 1))
    assert "in refuse" in caught.value.__notes__[0]


def test_one_that_dies_takes_no_other_with_it():
    with Workers([]) as workers:
        answers = dict(workers.map(die_for_two, None, [1, 2, 3], 1))
    assert (answers[0], answers[2]) == (1, 3)
    assert isinstance(answers[1], RunError)
    assert "it was killed" in str(answers[1])


def test_a_fault_in_a_library_is_called_by_its_name():
    with Workers([]) as workers:
        ((_, answer),) = workers.map(fault, None, [1], 1)
    assert str(answer) == "its process died of the signal SIGSEGV"


@pytest.mark.skipif(not Path("/proc/self/oom_score_adj").is_file(), reason="not Linux")
def test_a_process_of_a_run_is_ended_before_the_one_that_waits_for_it(workers):
    ((_, score),) = workers.map(oom_score, None, [None], 1)
    assert score == min(1000, oom_score(None, None) + 100)


def test_large_arrays_are_sent_as_files_that_are_gone_afterwards(workers, tmp_path):
    array = np.arange(300_000.0)
    ((_, (value, _)),) = workers.map(total, array, [None], 1, tmp_path / "folder")
    assert value == array.sum()
    assert list(tmp_path.iterdir()) == []


def test_without_room_large_arrays_are_sent_in_memory(workers, tmp_path):
    (tmp_path / "file").touch()
    ((_, (value, _)),) = workers.map(
        total, np.ones(300_000), [None], 1, tmp_path / "file" / "folder"
    )
    assert value == 300_000


def test_a_host_that_dies_is_an_error_of_one_line():
    with Workers([]) as workers:
        workers._host.kill()
        workers._host.wait()
        with pytest.raises(RunError, match="died, often for want of memory"):
            list(workers.map(double, 1, [1], 1))


@pytest.mark.parametrize("victim", ["parent", "host"])
def test_none_outlives_its_parent(tmp_path, victim):
    mark = f"{tmp_path.name}-{victim}"
    script = (
        "from rom.execution.workers import Workers; from tests.execution.test_workers import"
        " sleep\n"
    )
    script += "with Workers([]) as workers: list(workers.map(sleep, None, [1, 2], 2))"
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {MARK: mark}, stderr=subprocess.PIPE
    )
    wait(process, 60, until=lambda: len(processes(mark)) == 4)
    assert len(processes(mark)) == 4
    parent, host = sorted(processes(mark))[:2]
    os.kill({"parent": parent, "host": host}[victim], 9)
    end = time.monotonic() + 20
    while processes(mark) and time.monotonic() < end:
        process.poll()
    assert processes(mark) == []
    process.communicate()


def sleep(shared, item):
    time.sleep(600)
