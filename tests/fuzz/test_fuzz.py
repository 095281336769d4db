"""A short run of the fuzzer; scripts/fuzz --minutes N is a long one."""

import random

import pytest

from tests.fuzz.case import play
from tests.fuzz.mutate import mutate
from tests.fuzz.run import FINE
from tests.fuzz.subjects import Subject, all_subjects
from tests.fuzz.workers import outcomes

pytest.importorskip("pyvista")
#: Cases of each subject.
ROUNDS, SEED = 2, 0


def test_broken_files_of_every_kind_are_data_or_a_rom_error(tmp_path):
    subjects = all_subjects(tmp_path)
    numbers = iter(range(ROUNDS * len(subjects)))
    found = list(outcomes(subjects, tmp_path, SEED, numbers, 1))
    assert len(found) == ROUNDS * len(subjects)
    assert [one for one in found if one.kind not in FINE] == []
    assert {one.kind for one in found} == set(FINE)


def test_a_case_is_the_same_each_time(tmp_path):
    (tmp_path / "a.csv").write_text("1,2\n3,4\n")
    changed = []
    for _ in range(2):
        (tmp_path / "b.csv").write_bytes((tmp_path / "a.csv").read_bytes())
        words = mutate(tmp_path / "b.csv", random.Random("0/1"))
        changed.append((words, (tmp_path / "b.csv").read_bytes()))
    assert changed[0] == changed[1]


def fail(path, options):
    raise ZeroDivisionError("a mistake of the package")


def die(path, options):
    import os

    os._exit(3)


@pytest.mark.parametrize(("read", "kind"), [(fail, "other"), (die, "crash")])
def test_what_it_finds_is_reported_and_it_goes_on(tmp_path, read, kind):
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "a.csv").write_text("1,2\n3,4\n")
    subjects = [Subject("it", "a.csv", read)]
    found = list(outcomes(subjects, tmp_path, 0, iter(range(2)), 1))
    assert [(one.number, one.kind) for one in found] == [(0, kind), (1, kind)]


def test_a_case_can_be_played_alone(tmp_path):
    (tmp_path / "it").mkdir()
    (tmp_path / "it" / "a.csv").write_text("1,2\n3,4\n")
    assert play([Subject("it", "a.csv", lambda *_: None)], tmp_path, 0, 5).kind == "data"
