"""A reader that looks at a store all the while: whatever has its name there is whole."""

from __future__ import annotations

import io
import json
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import h5py
import pandas as pd

from rom.files import sum_of
from rom.study.sums import damage

#: How files of these kinds end.
ENDS = {".html": b"</html>", ".pdf": b"%%EOF", ".png": b"IEND\xaeB`\x82"}
#: Names of what is not finished, and of what only shows who works there and how far that is.
PASSING = re.compile(r"\.part$|^\.rom-|^progress\.json$")


def fault(path: Path) -> str:
    """What is wrong with a file, as far as it can be seen in it alone; "" for nothing."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:  # it was replaced by nothing: a figure of an earlier report
        return ""
    try:
        if path.suffix in ENDS and not content.rstrip().endswith(ENDS[path.suffix]):
            return f"{path} has no end"
        if path.suffix == ".json":
            json.loads(content)
        if path.suffix == ".csv" and content.strip():
            pd.read_csv(io.BytesIO(content))
        if path.suffix == ".h5":
            h5py.File(io.BytesIO(content), "r").close()
    except (ValueError, OSError) as error:
        return f"{path}: {error}"
    return "" if content else f"{path} is empty"


def broken_seal(path: Path) -> str:
    """What a sealed file says of itself and of others, unless it is another one meanwhile."""
    try:
        before = sum_of(path)
        words = damage(path)
        return words if words and sum_of(path) == before else ""
    except FileNotFoundError:
        return ""


def files_of(out: Path) -> Iterator[Path]:
    """All files that have their names."""
    for folder, folders, names in os.walk(out):  # folders that go meanwhile are no error
        folders[:] = [name for name in folders if not PASSING.search(name)]
        yield from (Path(folder, name) for name in names if not PASSING.search(name))


class Reader:
    """Looks at all files of a store as soon as they have their names, while the block lasts.

    Attributes
    ----------
    faults : list of str, what was seen that must not be seen
    looks : int, how often it looked for new files
    """

    def __init__(self, out: Path) -> None:
        self.out, self.faults, self.looks = out, list[str](), 0
        self._over, self._ended = threading.Event(), False
        self._known: dict[Path, tuple[int, int]] = {}
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        if not self._ended:
            self.faults.append("the reader died")

    def _look(self) -> None:
        while not self._over.wait(0.02):
            for path in files_of(self.out):
                if self._is_new(path):
                    is_sealed = path.name in ("run.json", "measures.json")
                    words = fault(path) or (broken_seal(path) if is_sealed else "")
                    self.faults += [words] if words else []
            self.looks += 1
        self._ended = True

    def _is_new(self, path: Path) -> bool:
        """Whether a file was not read yet as it is now."""
        try:
            found = path.stat()
        except FileNotFoundError:
            return False
        now = found.st_ino, found.st_mtime_ns
        is_new, self._known[path] = self._known.get(path) != now, now
        return is_new
