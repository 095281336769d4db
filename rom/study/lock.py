"""The lock of a store: one process at a time works on it, on whatever machine."""

from __future__ import annotations

import json
import os
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from rom.errors import InputError, WriteError
from rom.files import write_text
from rom.study.store import STUDY, VARIANTS

LOCK, OWNER = ".rom-lock", ".rom-lock.json"
#: Seconds between signs of life of who has the lock, and after which a silent one is dead.
BEAT, DEAD = 10.0, 60.0
#: Seconds that what a killed process has started may take to notice.
ENDING = 5.0


@dataclass(frozen=True)
class Owner:
    """Who works on a store: the number of the process, its machine, and since when."""

    pid: int
    host: str
    since: str

    @classmethod
    def here(cls) -> Owner:
        return cls(os.getpid(), socket.gethostname(), time.strftime("%Y-%m-%d %H:%M:%S"))

    @classmethod
    def of(cls, path: Path) -> Owner | None:
        """Who a file names, None where there is none (any more)."""
        try:
            return cls(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def is_here(self) -> bool:
        return self.host == socket.gethostname()

    @property
    def is_gone(self) -> bool:
        """Whether its process has ended; never said of one on another machine."""
        if not self.is_here or os.name != "posix":  # elsewhere 0 is a signal like others
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:  # somebody else's
            return False
        return False

    def __str__(self) -> str:
        return f"process {self.pid} on {self.host}, since {self.since}"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Nobody else works on the store in a folder while the block lasts.

    The system takes the lock from a process that dies, so none is left behind. Where the disk is
    shared by machines and its locks are not, signs of life in :data:`OWNER` tell whether who
    has the lock on another machine is alive. Nested blocks of one thread are one. The lock of a
    store is also that of its variants (``splits/``, ``learning/``).

    Raises
    ------
    InputError
        If another process works there; nothing has been changed.
    """
    path = _whole(path.absolute())
    new = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        lock = _acquired(path)
    except OSError as error:
        _remove(new)
        raise WriteError(f"{path}: cannot be written: {error.strerror or error}") from error
    try:
        if lock.lock_counter > 1:
            yield
            return
        _check_other_machines(path)
        with _signs_of_life(path / OWNER):
            try:
                yield
            finally:
                # while it is held: who has opened it meanwhile sees that it is gone
                with suppress(OSError):
                    (path / LOCK).unlink()
    finally:
        lock.release()
        _remove(new)


def _whole(path: Path) -> Path:
    """The store that a variant belongs to, or the store itself."""
    above = path.parent.parent
    return above if path.parent.name in VARIANTS and (above / STUDY).is_file() else path


def _acquired(path: Path) -> filelock.BaseFileLock:
    lock = filelock.FileLock(path / LOCK, is_singleton=True)
    with warnings.catch_warnings():
        # of a disk without locks: a file takes their place
        warnings.simplefilter("ignore", UserWarning)
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            owner = Owner.of(path / OWNER)
            if owner is None or not owner.is_gone:
                raise _taken(path, owner) from None
            try:
                lock.acquire(timeout=ENDING)
            except filelock.Timeout:
                raise _taken(path, Owner.of(path / OWNER)) from None
    return lock


def _taken(path: Path, owner: Owner | None) -> InputError:
    who = f" ({owner})" if owner else ""
    return InputError(
        f"{path}: another command works there{who}; wait until it has ended, or choose another"
        " --out"
    )


def _check_other_machines(path: Path) -> None:
    """A lock that was to be had says nothing of other machines where each has its own locks."""
    owner, now = Owner.of(path / OWNER), path / LOCK
    if owner is None or owner.is_here:
        return
    now.touch()  # by the clock of the disk, which is that of the signs of life
    with suppress(FileNotFoundError):
        silent = now.stat().st_mtime - (path / OWNER).stat().st_mtime
        if silent < DEAD:
            raise InputError(
                f"{path}: another command works there ({owner}), or was killed there"
                f" {max(silent, 0):.0f} s ago; wait until it has ended, or for a minute"
            )


@contextmanager
def _signs_of_life(path: Path) -> Iterator[None]:
    """Say who has the lock, again and again."""
    write_text(path, json.dumps(asdict(Owner.here())), durable=False)
    over = threading.Event()

    def beat() -> None:
        while not over.wait(BEAT):
            with suppress(OSError):
                os.utime(path)

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(OSError):
            path.unlink()


def _remove(new: list[Path]) -> None:
    """Remove the folders that were made for the lock alone."""
    with suppress(OSError):
        for folder in new:
            folder.rmdir()
