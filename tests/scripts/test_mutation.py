"""Mutants: what is changed of a file, and that the changed file is still Python."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.mutation.mutants import mutants
from scripts.mutation.recording import RECORD, Record

ROOT = Path(__file__).resolve().parents[2]


def changes(folder, source):
    (folder / "a.py").write_text(source, encoding="utf-8")
    return [one.apply(source) for one in mutants(folder, "a.py")]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x = a + b", ["x = a - b"]),
        ("x = (a) * (b)", ["x = (a) / (b)"]),
        ("x = a not in b", ["x = a in b"]),
        ("x = a < b <= c", ["x = a <= b <= c", "x = a < b < c"]),
        ("x = a and b or c", ["x = a or b or c", "x = a and b and c"]),
        ("x = True", ["x = False"]),
        ("x = 1e-3", ["x = 0.002"]),
        ("x = 'ü' + f(2)", ["x = 'ü' - f(2)", "x = 'ü' + f(3)"]),
        ("x += 1", ["x -= 1", "x += 2"]),
        ("x: int | None = y", []),
        ("def f(a: list[int] = b) -> dict[str, int]: ...", []),
        ('"""Adds 1 + 1."""', []),
    ],
)
def test_what_becomes_of_a_line(tmp_path, source, expected):
    assert changes(tmp_path, source) == expected


@pytest.mark.parametrize("file", ["rom/linalg/gram.py", "rom/metrics/intervals.py"])
def test_every_mutant_is_another_program(file):
    source = (ROOT / file).read_text(encoding="utf-8")
    found = mutants(ROOT, file)
    assert len(found) > 20
    for one in found:
        assert ast.dump(ast.parse(one.apply(source))) != ast.dump(ast.parse(source))


def test_a_line_is_judged_by_the_tests_that_run_it_the_quickest_first():
    seconds = {"tests/a.py::slow": 9.0, "tests/a.py::quick": 1.0, "tests/b.py::other": 2.0}
    record = Record(seconds, {"rom/a.py": {"3": [0, 1], "7": [2]}})
    assert record.tests_of("rom/a.py", 3) == ["tests/a.py::quick", "tests/a.py::slow"]
    # a constant: no test runs its line by itself
    assert record.tests_of("rom/a.py", 1) == [
        "tests/a.py::quick", "tests/b.py::other", "tests/a.py::slow",
    ]  # fmt: skip
    assert record.tests_of("rom/b.py", 1) == []


SUITE = """
import pytest
from rom import found

@pytest.fixture(scope="module")
def three():
    return found.three()

def test_first(three):
    assert three

def test_second(three):
    assert three == 3

def test_other():
    assert found.two() == 2

def test_broken():
    assert found.two() == 3
"""


def test_the_record_knows_shared_fixtures_and_leaves_out_what_fails(tmp_path):
    for name, text in {
        "rom/__init__.py": "",
        "rom/found.py": "def two():\n    return 2\n\ndef three():\n    return 3\n",
        "tests/test_found.py": SUITE,
        "pytest.ini": "[pytest]\n",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "scripts.mutation.recording", "tests"]
    # it is no worker of the tests that run this one
    where = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "PYTEST_XDIST_WORKER": ""}
    ran = subprocess.run(
        command, cwd=tmp_path, env=os.environ | where, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1, ran.stdout
    record = Record.read(tmp_path / RECORD)
    of = {
        line: {t.split("::")[1] for t in record.tests_of("rom/found.py", line)} for line in (2, 5)
    }
    # which tests of the file use a fixture is not known
    assert of == {2: {"test_other"}, 5: {"test_first", "test_second", "test_other"}}
