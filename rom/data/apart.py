"""Looking at files in a process of its own: a C library that dies or hangs over one takes nothing
else with it.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import resource
import select
import signal
import time
import warnings
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from rom.errors import InputError

#: Seconds of work after which a look at a file is taken to hang: of a small file, and at most. They
#: do not count waiting for a slow disk, and of a large file each second stands for `PER_SECOND`
#: bytes.
SECONDS, MOST_SECONDS, PER_SECOND = 3, 60, 2**25
#: Seconds without a word after which the disk is taken to be gone.
WAIT = 120.0
#: Bytes that a look may take.
MEMORY = 2**30
#: What is written for a file that is fine, and before the reason for one that is not.
FINE, REFUSED = b"+", b"-"


def apart(look: Callable[[Path], None], paths: Sequence[Path]) -> None:
    """Call ``look(path)`` for each file in a copy of this process, which costs a few milliseconds.

    Raises
    ------
    InputError
        That of `look`, or one that says how the process ended: it died, or worked too long.
    """
    reader, writer = os.pipe()
    try:
        with warnings.catch_warnings():
            # the copy runs h5py and no other thread, and h5py holds its lock while it is made
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
    except OSError as error:  # no room for another process
        os.close(reader)
        os.close(writer)
        logging.getLogger("rom").debug("%s: looked at in this process: %s", paths[0], error)
        for path in paths:
            look(path)
        return
    if not pid:
        os.close(reader)
        _look(look, paths, writer)
    os.close(writer)
    try:
        said = _answer(reader)
    finally:
        os.close(reader)
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)  # it has answered, or never will
        ended = _ended(pid)
    fine, refused, reason = said.partition(REFUSED)
    if refused:
        raise InputError(reason.decode("utf-8", "replace"))
    if len(fine) < len(paths):
        raise InputError(f"{paths[len(fine)]}: {_why(ended)}")


def _look(look: Callable[[Path], None], paths: Sequence[Path], writer: int) -> NoReturn:
    """What the copy does; it never returns into the code that it was copied from."""
    try:
        faulthandler.disable()
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        signal.signal(signal.SIGXCPU, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit_memory(MEMORY)
        for path in paths:
            _limit_time(path)
            os.write(writer, _said(look, path))
    finally:
        os._exit(0)


def _said(look: Callable[[Path], None], path: Path) -> bytes:
    try:
        look(path)
    except InputError as error:
        return REFUSED + str(error).encode("utf-8", "replace")[:4000]
    except Exception:
        pass  # whoever reads the file meets the same exception, and says it
    return FINE


def limit_memory(more: int) -> None:
    """Let this process take only so many bytes more than it has."""
    with suppress(OSError, ValueError):  # another system, or a lower limit already
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = used * resource.getpagesize() + more
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _limit_time(path: Path) -> None:
    seconds = min(MOST_SECONDS, SECONDS + path.stat().st_size // PER_SECOND)
    used = int(time.process_time()) + 1
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, hard))


def _answer(reader: int) -> bytes:
    """What the copy says until it ends, or is silent for too long."""
    said = b""
    poll = select.poll()
    poll.register(reader, select.POLLIN | select.POLLHUP)
    while poll.poll(1000 * WAIT):
        part = os.read(reader, 4096)
        if not part:
            break
        said += part
    return said


def _ended(pid: int) -> int:
    """How the copy ended: the number of a signal, 0 where that is not known."""
    try:
        status = os.waitpid(pid, 0)[1]
    except ChildProcessError:  # a program around this one collects all that end
        return 0
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def _why(number: int) -> str:
    if number == signal.SIGXCPU:
        return "the HDF5 library hangs over it: damaged"
    if number == signal.SIGKILL:
        return f"cannot be read: no answer from its disk in {WAIT:.0f} s"
    return "the HDF5 library dies of it: damaged, or a virtual dataset of itself"
