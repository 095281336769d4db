"""Workers: the runs of a comparison in processes of their own, forked from one that has imported
everything.
"""

from __future__ import annotations

import gc
import importlib
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from itertools import islice
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Self

from rom.errors import RunError
from rom.execution.packing import pack, unpack

#: What the host runs. Its search path is that of this process, which may have changed since it
#: started.
START = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[2]); from rom.execution.workers import"
    " serve; serve(int(sys.argv[1]))"
)
#: Threads that libraries start when they are imported would not be there after a fork; runs set
#: their number anyway.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SECONDS = 0.5  # after which a process notices that its parent is dead


def can_fork() -> bool:
    """Whether processes can be forked safely from one in which libraries are loaded: not on macOS
    or Windows.
    """
    return sys.platform == "linux" and bool(sys.executable)


class Workers:
    """A host process, which has imported what runs need and forks a process for each
    (docs/adr/0011).

    All share the memory of the imports and of what is sent to the host; each begins in the same
    state, and gives its memory back when it ends; one that dies takes no other with it. The host
    leads a session of its own, which Ctrl-C in a terminal does not reach; it ends with the context.
    If this process is killed, the host reads the end of the file and kills all it has started;
    should the host be killed too, each process notices that.

    Parameters
    ----------
    modules : names of modules to import before the first fork
    inherit : bool, default False
        Whether the host is forked from this process and shares its memory, imports and data. Only
        where nobody else has used this process: threads of others would not be there in the host,
        though what they have locked would, and OpenMP does not survive a fork once it was used.
        Otherwise the host is a new process.

    Raises
    ------
    RunError
        From any method, if the host died.
    """

    def __init__(self, modules: Sequence[str], *, inherit: bool = False) -> None:
        self._modules, self._inherit = list(modules), inherit

    def __enter__(self) -> Self:
        self._connection, theirs = multiprocessing.Pipe()
        with theirs:
            self._host: Any = (_fork_host if self._inherit else _new_host)(self._connection, theirs)
        self._send(self._modules)
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._host.pid, signal.SIGKILL)
        # a process of subprocess or of multiprocessing
        (self._host.join if self._inherit else self._host.wait)()
        self._connection.close()

    def map(
        self,
        function: Callable[..., Any],
        shared: Any,
        items: Sequence[Any],
        n: int,
        folder: Path | None = None,
    ) -> Iterator[tuple[int, Any]]:
        """(number of the item, ``function(shared, item)``) as they are ready, n at a time, in the
        order of the items.

        An exception of the function is raised here when all are done. In place of an answer of a
        process that died stands a RunError. Large arrays are sent as files in the folder, which is
        made and removed; without, in memory.
        """
        errors: list[BaseException] = []
        try:
            self._send((pack((function, shared, list(items)), folder), n))
            while (answer := self._receive()) is not None:
                number, result, error = answer
                if error is None:
                    yield number, result
                else:
                    errors.append(error)
        finally:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
        if errors:
            raise errors[0]

    def _send(self, message: Any) -> None:
        with _alive():
            self._connection.send(message)

    def _receive(self) -> Any:
        with _alive():
            return self._connection.recv()


@contextmanager
def _alive() -> Iterator[None]:
    try:
        yield
    except (EOFError, BrokenPipeError, ConnectionResetError) as error:
        raise RunError(
            "the process that does the runs died, often for want of memory; finished runs are kept,"
            " run it again with fewer jobs"
        ) from error


def _new_host(_: Connection, theirs: Connection) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", START, str(theirs.fileno()), json.dumps(sys.path)],
        env=os.environ | ONE_THREAD,
        stdin=subprocess.DEVNULL,
        pass_fds=[theirs.fileno()],
        start_new_session=True,
    )


def _fork_host(ours: Connection, theirs: Connection) -> Any:
    host = multiprocessing.get_context("fork").Process(
        target=_leave_and_serve, args=(ours, theirs.fileno())
    )
    # no Ctrl-C may reach the host before it is in a session of its own; here it waits for a moment
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # of threads: OpenBLAS, which sees to its own
            host.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    return host


def _leave_and_serve(ours: Connection, descriptor: int) -> None:
    os.setsid()
    ours.close()  # else it would stay open when the other process is gone
    serve(descriptor)


def serve(descriptor: int) -> None:
    """The host: imports, then forks for each call of :meth:`Workers.map`, until the other side is
    gone.
    """
    with Connection(descriptor) as connection, suppress(EOFError):
        for module in connection.recv():
            importlib.import_module(module)
        if "torch" in sys.modules:
            importlib.import_module(
                "torch._dynamo"
            )  # every optimiser does so at its first step, which takes seconds
        while True:
            packed, n = connection.recv()
            function, shared, items = unpack(*packed)
            try:
                _fork_map(connection, function, shared, items, n)
                connection.send(None)
            except OSError:  # nobody listens any more
                os.killpg(0, signal.SIGKILL)


def _fork_map(
    connection: Connection, function: Callable[..., Any], shared: Any, items: Sequence[Any], n: int
) -> None:
    context = multiprocessing.get_context("fork")
    running: dict[Any, tuple[int, Any]] = {}
    gc.collect()
    gc.freeze()  # a collection in a child would write into the pages that all share
    waiting = iter(enumerate(items))
    while True:
        for number, item in islice(waiting, n - len(running)):
            receiver, sender = context.Pipe(duplex=False)
            with sender:  # closed here: the end of the file then says that the child is gone
                arguments = (connection, sender, os.getpid(), function, shared, item)
                process = context.Process(target=_answer, args=arguments)
                process.start()
            running[receiver] = number, process
        if not running:
            return
        ready: Any
        for ready in wait([connection, *running]):
            if ready is connection:  # nothing is sent now: the other side is gone
                os.killpg(0, signal.SIGKILL)
            number, process = running.pop(ready)
            with ready:
                connection.send((number, *_outcome(ready, process)))


def _outcome(receiver: Connection, process: Any) -> tuple[Any, BaseException | None]:
    try:
        answer: tuple[Any, BaseException | None] = receiver.recv()
    except EOFError:
        process.join()  # now: what it died of is known when it is gone
        answer = RunError(_said(process.exitcode)), None
    process.join()
    return answer


def _said(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "its process died: it was killed, most likely by a system that ran out of memory"
    if code is not None and code < 0:
        return f"its process died of the signal {signal.Signals(-code).name}"
    return f"its process died with exit status {code}"


def _answer(
    connection: Connection,
    sender: Connection,
    parent: int,
    function: Callable[..., Any],
    shared: Any,
    item: Any,
) -> None:
    """In a forked process: call the function."""
    connection.close()
    end_with_parent(parent)
    _give_way()
    try:
        answer = function(shared, item), None
    except Exception as error:
        error.add_note("".join(traceback.format_exception(error)))
        sender.send((None, error))
    else:
        sender.send(answer)


def _give_way() -> None:
    """Where memory runs out, the system ends this process before the one that waits for it, which
    would take all others with it.
    """
    mine = Path("/proc/self/oom_score_adj")
    with suppress(OSError, ValueError):  # not there, or not allowed
        score = int(mine.read_text(encoding="ascii"))
        mine.write_text(str(min(1000, score + 100)), encoding="ascii")


@cache  # one watch is enough for all tasks of a process
def end_with_parent(parent: int) -> None:
    """Let this process end soon after its parent did, in whatever it does: nobody waits for it any
    more.
    """

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
