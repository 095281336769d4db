"""Mutants: what is changed of a file, and that the changed file is still Python."""

import ast

import pytest

from scripts.mutation.mutants import mutants


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


def test_every_mutant_is_python(tmp_path):
    with open(ast.__file__, encoding="utf-8") as stream:
        source = stream.read()
    found = changes(tmp_path, "".join(source.splitlines(keepends=True)[:200]))
    assert len(found) > 50
    for mutated in found:
        ast.parse(mutated)
