"""Mutants: one operator, comparison or constant of a file changed."""

from __future__ import annotations

import ast
import io
import itertools
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

#: What becomes of an operator.
OPERATORS = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==",
    "+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*", "**": "*",
    "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=",
    "and": "or", "or": "and", "in": "not in", "is": "is not", "not in": "in", "is not": "is",
}  # fmt: skip
Place = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """A change of a file: at a line (from 1) and column, in characters, another text."""

    file: str
    line: int
    column: int
    was: str
    becomes: str

    def apply(self, source: str) -> str:
        """The source of the file with the change."""
        lines = source.splitlines(keepends=True)
        line = lines[self.line - 1]
        before, after = line[: self.column], line[self.column + len(self.was) :]
        assert line[self.column :].startswith(self.was), self
        lines[self.line - 1] = before + self.becomes + after
        return "".join(lines)


def mutants(root: Path, file: str) -> list[Mutant]:
    """All mutants of a file below `root`, in the order of its lines.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.py").write_text("def f(x: int = 2): return x + 1 < 0")
    ...     [f"{m.was} -> {m.becomes}" for m in mutants(Path(folder), "a.py")]
    ['2 -> 3', '+ -> -', '1 -> 2', '< -> <=', '0 -> 1']
    """
    source = (root / file).read_text(encoding="utf-8")
    tree = ast.parse(source)
    lines = source.splitlines()
    tokens = [
        token
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type in (tokenize.OP, tokenize.NAME)
    ]
    found = set()
    for node in _code(tree):
        if isinstance(node, ast.Constant):
            found |= set(_of_constant(file, node, lines))
            continue
        for start, end in _gaps(node):
            found |= set(_of_operator(file, tokens, _in_text(start, lines), _in_text(end, lines)))
    return sorted(found, key=lambda one: (one.line, one.column))


def _code(node: ast.AST) -> Iterator[ast.AST]:
    """All that runs: types are left out."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield child
                yield from _code(child)


def _gaps(node: ast.AST) -> Iterator[tuple[Place, Place]]:
    """Where the operators of a node stand: between its operands."""
    operands: list[ast.expr] = []
    if isinstance(node, ast.BinOp):
        operands = [node.left, node.right]
    elif isinstance(node, ast.BoolOp):
        operands = node.values
    elif isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
    elif isinstance(node, ast.AugAssign):
        operands = [node.target, node.value]
    for before, after in itertools.pairwise(operands):
        assert before.end_lineno is not None
        assert before.end_col_offset is not None
        yield (before.end_lineno, before.end_col_offset), (after.lineno, after.col_offset)


def _in_text(place: Place, lines: list[str]) -> Place:
    """The syntax tree counts bytes, tokens count characters."""
    line = lines[place[0] - 1].encode()
    return place[0], len(line[: place[1]].decode())


def _of_operator(
    file: str, tokens: list[tokenize.TokenInfo], start: Place, end: Place
) -> Iterator[Mutant]:
    between = [token for token in tokens if start <= token.start and token.end <= end]
    words = [token for token in between if token.string not in "()"]
    text = " ".join(token.string for token in words)
    # of two words only if they stand together, as the text has to be found in its line
    together = {token.start[0] for token in words}
    if text in OPERATORS and len(together) == 1:
        line, column = words[0].start
        yield Mutant(file, line, column, text, OPERATORS[text])


def _of_constant(file: str, node: ast.Constant, lines: list[str]) -> Iterator[Mutant]:
    value = node.value
    line, column = _in_text((node.lineno, node.col_offset), lines)
    if isinstance(value, bool):
        yield Mutant(file, line, column, str(value), str(not value))
    elif isinstance(value, int | float):
        was = ast.get_source_segment("\n".join(lines), node)
        if was and lines[line - 1][column:].startswith(was):
            becomes = value + 1 if isinstance(value, int) else 2 * value or 1.0
            yield Mutant(file, line, column, was, repr(becomes))
