"""Calls in another process: what they return, and how that process may end."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from rom.data import helper as module
from rom.data.helper import Helper, Limits
from rom.errors import InputError


def act(what):
    """What the tests ask for, in the other process."""
    if what == "refuse":
        raise InputError("a.h5: not this one")
    if what == "mistake":
        raise NameError("nothing of this name")
    if what == "die":
        os.kill(os.getpid(), signal.SIGSEGV)
    while what == "hang":
        pass
    if what == "fill":
        bytearray(2**30)
    print("what a library says")  # not mixed up with the answer
    return what, os.getpid()


@pytest.fixture
def helper():
    found = Helper("tests.data.test_helper:act", "the library", Limits(2**20, memory=2**28))
    yield found
    found.stop()


def test_a_call_is_answered_by_one_process(helper):
    answers = [helper.call("a.h5", 0, what) for what in ("one", "two")]
    assert [what for what, _ in answers] == ["one", "two"]
    assert answers[0][1] == answers[1][1] != os.getpid()


def test_threads_take_turns(helper):
    with ThreadPoolExecutor(4) as pool:
        found = pool.map(lambda i: helper.call("a.h5", 0, i)[0], range(40))
    assert list(found) == list(range(40))


def test_errors_of_the_input_and_of_the_package_come_back(helper):
    with pytest.raises(InputError, match=r"^a\.h5: not this one$"):
        helper.call("b.h5", 0, "refuse")
    with pytest.raises(NameError, match="nothing of this name"):
        helper.call("b.h5", 0, "mistake")


def test_a_process_that_dies_is_an_error_of_the_file_and_another_takes_its_place(helper):
    with pytest.raises(InputError, match=r"a\.h5: the library dies of it"):
        helper.call("a.h5", 0, "die")
    assert helper.call("b.h5", 0, "one")[0] == "one"


def test_a_process_that_hangs_or_takes_too_much_is_ended(helper, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0)
    start = time.process_time()
    with pytest.raises(InputError, match=r"a\.h5: the library hangs over it"):
        helper.call("a.h5", 0, "hang")
    assert time.process_time() - start < 1  # it waited
    with pytest.raises(InputError, match=r"a\.h5: the library dies of it"):
        helper.call("a.h5", 0, "fill")


def test_a_fork_has_a_process_of_its_own(helper):
    number = helper.call("a.h5", 0, "one")[1]
    if not (child := os.fork()):
        other = helper.call("a.h5", 0, "one")[1]
        helper.stop()
        os._exit(int(other == number))
    assert os.waitpid(child, 0)[1] == 0
    assert helper.call("a.h5", 0, "one")[1] == number
