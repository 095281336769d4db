"""Processes that play cases and may die of one: the others, and this process, go on."""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from pathlib import Path

from tests.fuzz.case import Outcome, play, wait_is_over
from tests.fuzz.subjects import Subject

#: Bytes of addresses of a worker: what asks for more is refused by the system.
ADDRESSES = 2**34


def outcomes(
    subjects: list[Subject], folder: Path, seed: int, numbers: Iterator[int], jobs: int
) -> Iterator[Outcome]:
    """Those of all cases, as they come."""
    workers = [Worker(subjects, folder, seed) for _ in range(jobs)]
    try:
        for worker in workers:
            worker.next(numbers)
        while busy := [worker for worker in workers if worker.number is not None]:
            ready = wait([worker.connection for worker in busy], timeout=1.0)
            for worker in busy:
                found = worker.outcome(worker.connection in ready)
                if found is not None:
                    yield found
                    worker.next(numbers)
    finally:
        for worker in workers:
            worker.stop()


class Worker:
    """A process that plays one case after the other, and is started again when it dies."""

    def __init__(self, subjects: list[Subject], folder: Path, seed: int) -> None:
        self._given = subjects, folder, seed
        self.number: int | None = None
        self._start()

    def _start(self) -> None:
        context = multiprocessing.get_context("fork")
        self.connection, other = context.Pipe()
        self._process = context.Process(target=_work, args=(other, *self._given), daemon=False)
        self._process.start()
        other.close()

    def next(self, numbers: Iterator[int]) -> None:
        """Begin the next case, if there is one."""
        self.number, self._since = next(numbers, None), time.monotonic()
        if self.number is not None:
            self.connection.send(self.number)

    def outcome(self, has_answer: bool) -> Outcome | None:
        """What came of the case; None while it lasts."""
        assert self.number is not None
        if has_answer:
            try:
                return self.connection.recv()
            except (EOFError, OSError):
                self._process.join()
                return self._again("crash", f"exit status {self._process.exitcode}")
        if wait_is_over(self._since):
            self._process.kill()
            return self._again("hang", f"no answer in {time.monotonic() - self._since:.0f} s")
        return None

    def _again(self, kind: str, words: str) -> Outcome:
        self._process.join()
        self.connection.close()
        self._start()
        assert self.number is not None
        subject = self._given[0][self.number % len(self._given[0])]
        return Outcome(self.number, subject.name, "", kind, words)

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


def _work(connection: Connection, subjects: list[Subject], folder: Path, seed: int) -> None:
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)  # VTK prints what it thinks of a file
    sys.setrecursionlimit(1000)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESSES, ADDRESSES))
    while True:
        try:
            number = connection.recv()
        except EOFError:
            return
        connection.send(play(subjects, folder, seed, number))
