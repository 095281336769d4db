"""The code blocks of a page in Markdown, and a session that runs them one after the other.

- ``python`` blocks share one namespace, in which ``rom`` and ``np`` are imported;
- of ``bash`` blocks the lines that begin with ``rom`` are run, in this process;
- ``console`` blocks have such lines after ``$``, and what they print, with ``...`` for what is left
  out;
- ``toml`` blocks are a study or a card, which is read and checked;
- ``text`` blocks, and directives such as ``{toctree}``, are no code.

``<!-- not run: reason -->`` before a block says why it cannot run, ``<!-- long: reason -->`` that
only ``scripts/docs`` runs it.
"""

from __future__ import annotations

import doctest
import glob
import re
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from typer.testing import CliRunner

import rom
from rom.cli import app

FENCE = re.compile(r"^(`{3,})(\S*)[^\n]*\n(.*?)^\1[ ]*$", re.MULTILINE | re.DOTALL)
MARK = re.compile(r"<!-- (not run|long): (.+?) -->\s*$", re.DOTALL)
LANGUAGES = ("python", "bash", "console", "toml", "text")
#: First words of lines that are not run, and why.
OTHER_COMMANDS = {
    "pip": "needs the network",
    "conda": "needs the network",
    "python3": "makes an environment",
    "dask": "needs several machines",
    "paraview": "a window",
}
#: Options that make every comparison a short one.
QUICK = ("--epochs", "1", "--seeds", "1", "--no-controls", "--jobs", "1")
LOOSE = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass(frozen=True)
class Block:
    """A block: its language, its text, where it begins, and what is said before it."""

    language: str
    text: str
    line: int
    mark: str = ""
    reason: str = ""

    @property
    def is_code(self) -> bool:
        """Whether it is to be run."""
        return self.language != "text" and self.mark != "not run"


def blocks(text: str) -> list[Block]:
    """The blocks of a page, without directives."""
    found = []
    for match in FENCE.finditer(text):
        if match[2].startswith("{"):
            continue
        mark = MARK.search(text[: match.start()])
        line = text.count("\n", 0, match.start()) + 1
        said = (mark[1], mark[2]) if mark else ("", "")
        found.append(Block(match[2], match[3], line, *said))
    return found


def arguments(line: str) -> list[str]:
    """The words of a command as a shell gives them: patterns without quotes are file names."""
    words = []
    for word in shlex.split(line, comments=True, posix=False):
        bare = shlex.split(word)[0]
        names = sorted(glob.glob(bare)) if bare == word and glob.has_magic(bare) else []
        words += names or [bare]
    return words


class Session:
    """Runs the blocks of one page in the current folder."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"rom": rom, "np": np}

    def run(self, block: Block) -> None:
        """Run a block; AssertionError where it fails."""
        getattr(self, f"_{block.language}")(block)

    def _python(self, block: Block) -> None:
        exec(compile(block.text, f"<block at line {block.line}>", "exec"), self.names)

    def _bash(self, block: Block) -> None:
        for line in block.text.replace("\\\n", " ").splitlines():
            words = line.split()
            if not words or words[0].startswith("#") or words[0] in OTHER_COMMANDS:
                continue
            assert words[0] == "rom", f"line {block.line}: how is {words[0]!r} to be run?"
            command(line)

    def _console(self, block: Block) -> None:
        for piece in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            line, _, expected = piece.partition("\n")
            printed = command(line)
            # doctest's mark for an empty line is not needed: white space is equal
            ok = doctest.OutputChecker().check_output(expected, printed, LOOSE)
            assert ok, f"expected:\n{expected}\nprinted:\n{printed}"

    def _toml(self, block: Block) -> None:
        from rom.data.catalog import read_card
        from rom.study.config import read_study

        is_card = "licence" in block.text
        path = Path("card.toml" if is_card else "study.toml")
        path.write_text(block.text, encoding="utf-8")
        (read_card if is_card else read_study)(path)


class OnlyPrepared(Exception):  # noqa: N818 (it ends a command early and is no error)
    """A comparison whose data, options and split are right, and which is not run."""


def command(line: str) -> str:
    """Run a line ``rom ...``; what it printed."""
    words = arguments(line)[1:]
    if words[0] == "compare":
        words += QUICK
    result = CliRunner().invoke(app, words)
    if isinstance(result.exception, OnlyPrepared):
        return ""
    assert result.exit_code == 0, f"{line}\n{result.output}\n{result.exception!r}"
    return result.output
