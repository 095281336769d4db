"""A process that does one thing for this one and may die of it: readers in C++ do."""

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
from typing import Any, BinaryIO

from rom.data.apart import limit_memory
from rom.data.limits import available_bytes
from rom.errors import MISTAKES, InputError
from rom.registry import load

#: What the process runs. Its search path is that of this one.
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from rom.data.helper import serve;"
    " serve(sys.argv[1])"
)
#: Seconds of work of a call after which it is taken to hang, and bytes that one more stands for.
SECONDS, PER_SECOND = 3, 2**19


class Helper:
    """Calls a function in another process, which is started when it is first needed, again when it
    died, and ends with this one.

    Parameters
    ----------
    function : str, as ``"module:name"``; what it is given and returns is pickled
    name : what dies, in words, e.g. "VTK"
    """

    def __init__(self, function: str, name: str) -> None:
        self.function, self.name = function, name
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
        if self._owner != os.getpid():  # after a fork the process is the parent's
            self._process, self._owner, self._lock = None, os.getpid(), threading.Lock()
        with self._lock:
            process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                pickle.dump((n_bytes, arguments), process.stdin)
                process.stdin.flush()
                kind, answer = pickle.load(process.stdout)
            except (OSError, EOFError, pickle.UnpicklingError) as error:
                raise InputError(f"{where}: {self._why(self._stop())}") from error
            except BaseException:  # the answer to this call must not be taken for that to the next
                self._stop()
                raise
        if kind == "refused":
            raise InputError(answer)
        if kind == "mistake":
            raise answer
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", START, self.function, json.dumps(sys.path)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for this process
        )
        atexit.register(self._stop)
        return self._process

    def _stop(self) -> int:
        """End it, if it has not; how it ended."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return 0
        atexit.unregister(self._stop)
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
            n_bytes, arguments = pickle.load(source)
        except EOFError:
            return
        _limit(n_bytes)
        _reply(target, *_outcome(act, arguments))


def _limit(n_bytes: int) -> None:
    seconds = int(time.process_time()) + 1 + SECONDS + n_bytes // PER_SECOND
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))
    limit_memory(available_bytes())


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
