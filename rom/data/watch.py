"""Watching the files of data: whether they are still those that were opened."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: Files of a store, which is no data: the one that makes it a store, and its lock.
OURS = {"study.json", ".rom-lock"}


@dataclass(frozen=True)
class FileState:
    """A file as it was at one moment, by what the system says of it; nothing is read.

    Attributes
    ----------
    path : absolute
    size : int, bytes; -1 where there is no such file
    modified : int, ns. When its content was last written, which whoever writes may set.
    changed : int, ns. When anything of it was last changed, which nobody can set.
    number : int. Of the file on its disk: another one may have taken its name.
    """

    path: Path
    size: int
    modified: int = 0
    changed: int = 0
    number: int = 0

    @classmethod
    def of(cls, path: Path) -> FileState:
        try:
            found = path.stat()
        except OSError:
            return cls(path, -1)
        return cls(path, found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)

    def to_dict(self) -> dict[str, Any]:
        """For the record: path, bytes, and time of the last writing in UTC."""
        return {"path": str(self.path), "bytes": self.size, "modified": _moment(self.modified)}


@dataclass(frozen=True)
class Change:
    """What has happened to a file; `sure` where its content cannot be what it was."""

    words: str
    sure: bool


def states_of(paths: Iterable[Path]) -> tuple[FileState, ...]:
    """The files as they are now; for a folder all files in it."""
    found = dict.fromkeys(file for path in paths for file in _files(Path(path).absolute()))
    return tuple(FileState.of(path) for path in found)


def changes(before: Iterable[FileState]) -> list[Change]:
    """What has happened to files since they were in these states."""
    found = []
    for state in before:
        now = FileState.of(state.path)
        if now != state:
            found.append(_change(state, now))
    return found


def _change(state: FileState, now: FileState) -> Change:
    if now.size < 0:
        return Change(f"{state.path} is gone", sure=True)
    if state.size < 0:
        return Change(f"{state.path}, which was missing, is there", sure=True)
    if now.size != state.size:
        words = f"{state.path} had {state.size:,} bytes when it was opened, now {now.size:,}"
        return Change(words, sure=True)
    if now.number != state.number:
        return Change(f"{state.path} is another file of that name", sure=False)
    words = (
        f"{state.path} was written again on {_moment(now.changed)} (before: "
        f"{_moment(state.changed)}), {now.size:,} bytes as before"
    )
    return Change(words, sure=False)


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for folder, folders, names in os.walk(path):
        if not OURS.isdisjoint(names):  # the results of a comparison, in the folder of its data
            folders.clear()
            continue
        folders.sort()
        yield from (Path(folder, name) for name in sorted(names))


def _moment(nanoseconds: int) -> str:
    seconds, rest = divmod(nanoseconds, 10**9)
    return f"{time.strftime('%Y-%m-%d %H:%M:%S', time.gmtime(seconds))}.{rest // 10**6:03d} UTC"
