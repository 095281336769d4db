"""Mutants: what is changed of a file, and that the changed file is still Python."""

import ast
from pathlib import Path

import pytest

from scripts.mutation.mutants import mutants

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
