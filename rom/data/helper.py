"""A process that does one thing for this one and may die of it: C libraries do, of broken files."""

from __future__ import annotations

import atexit
import json
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from rom.data.limits import available_bytes
from rom.errors import MISTAKES, InputError
from rom.registry import load

#: What the process runs. Its search path is that of this one.
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from rom.data.helper import serve;"
    " serve(sys.argv[1])"
)
#: Seconds of work of a call after which it is taken to hang: of a small file, and at most. Waiting
#: for a slow disk is no work.
SECONDS, MOST_SECONDS = 3, 600


@dataclass(frozen=True)
class Limits:
    """What a call may take: a second of work more for each `per_second` bytes of a file, and
    `memory` bytes (None: what is there).
    """

    per_second: int
    memory: int | None = None


class Helper:
    """Calls a function in another process, which is started when it is first needed, again when it
    died, and ends with this one.

    Parameters
    ----------
    function : str, as ``"module:name"``; what it is given and returns is pickled
    name : what dies, in words, e.g. "VTK"
    limits : Limits
    """

    def __init__(self, function: str, name: str, limits: Limits) -> None:
        self.function, self.name, self.limits = function, name, limits
        self._process: subprocess.Popen[bytes] | None = None
        self._owner, self._lock = os.getpid(), threading.Lock()

    def call(self, where: str, n_bytes: int, *arguments: Any) -> Any:
        """What the function returns.

        Parameters
        ----------
        where : what is read, for messages
        n_bytes : how much that is; a call may take longer for more

        Raises
        ------
        InputError
            That of the function, or one that says that the process died or hung.
        """
        self.start()
        with self._lock:
            process = self._process or self._new()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                seconds = min(MOST_SECONDS, SECONDS + n_bytes // self.limits.per_second)
                pickle.dump((seconds, self.limits.memory, arguments), process.stdin)
                process.stdin.flush()
                kind, answer = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                raise InputError(f"{where}: {self._why(self.stop())}") from error
            except BaseException:  # the answer to this call must not be taken for that to the next
                self.stop()
                raise
        if kind == "refused":
            raise InputError(answer)
        if kind == "mistake":
            raise answer
        return answer

    def start(self) -> None:
        """Start the process, which takes a moment: while it does, this one can do something
        else.
        """
        if self._owner != os.getpid():  # after a fork the process is the parent's
            self._process, self._owner, self._lock = None, os.getpid(), threading.Lock()
        with self._lock:
            if self._process is None:
                self._new()

    def _new(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", START, self.function, json.dumps(sys.path)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this process
        )
        atexit.register(self.stop)
        return self._process

    def stop(self) -> int:
        """End it, if it has not; how it ended."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return 0
        atexit.unregister(self.stop)
        for stream in (process.stdin, process.stdout):
            with suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        try:
            return process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()

    def _why(self, status: int) -> str:
        if status == -signal.SIGXCPU:
            return f"{self.name} hangs over it: damaged"
        return f"{self.name} dies of it: damaged, or it needs more memory than there is"


def serve(function: str) -> None:
    """Call a function again and again, until nobody asks any more."""
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_RDWR), 0)
    os.dup2(0, 1)  # libraries print what they think of a file
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    act = load(function)
    while True:
        try:
            seconds, memory, arguments = pickle.load(source)
        except EOFError:
            return
        _limit(seconds, available_bytes() if memory is None else memory)
        _reply(target, *_outcome(act, arguments))


def _limit(seconds: int, memory: int) -> None:
    """How much more this process may work, and take."""
    end = int(time.process_time()) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    with suppress(OSError, ValueError):  # another system, or a lower limit already
        used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = used * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _outcome(act: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[str, Any]:
    try:
        return "answer", act(*arguments)
    except InputError as error:
        return "refused", str(error)
    except MISTAKES as error:
        return "mistake", error


def _reply(target: BinaryIO, kind: str, answer: Any) -> None:
    pickle.dump((kind, answer), target, protocol=5)
    target.flush()
