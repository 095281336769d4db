"""Progress of a comparison: a live bar in a terminal, plain lines elsewhere, nothing when asked
for.
"""

from __future__ import annotations

import json
import logging
import math
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rom import terminal
from rom.execution.estimate import duration
from rom.files import write_text
from rom.registry import reducer_class
from rom.strings import visible
from rom.study.matrix import Run

if TYPE_CHECKING:
    from rom.study.store import Store

PLAIN_SECONDS = 30.0  # a log file hears from long runs this often
SILENT_SECONDS = 3.0  # and of anything else that lasts longer
FILE = "progress.json"


def write_progress(folder: Path, record: Mapping[str, float]) -> None:
    """Called by a run after every epoch: the parent process, on any machine, reads the file."""
    said = {"epoch": record["epoch"], "epochs": record["epochs"], "loss": record["train_total"]}
    write_text(folder / FILE, json.dumps(said), durable=False)


def write_stage(folder: Path, name: str) -> None:
    """Say what is done with a run that has no epochs to tell."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    write_text(folder / name / FILE, json.dumps({"stage": name}), durable=False)


def read_progress(folder: Path) -> dict[str, Any] | None:
    """What an attempt at a run last wrote, None before its first epoch."""
    try:
        return dict(json.loads(next(folder.glob(f"*/{FILE}")).read_text()))
    except (StopIteration, OSError, ValueError):
        return None


class Progress:
    """Follows the runs of a store. ``show=False``: says nothing (the default of the Python
    interface).
    """

    def __init__(self, *, show: bool = True) -> None:
        self.show = show
        self.live = show and sys.stderr.isatty()
        self.done = self.total = 0
        self._console: Any = None
        self._left: TimeLeft | None = None

    def note(self, text: str) -> None:
        """One line that the user has to see: an assumption, a warning; also in the log ``rom``."""
        logging.getLogger("rom").info(text)
        if self.show:
            terminal.note(text)

    @contextmanager
    def stage(self, text: str) -> Iterator[None]:
        """Say what is done while the block lasts: a terminal shows that it continues, a log file
        has a line.
        """
        if not self.live:
            timer = threading.Timer(SILENT_SECONDS, self.note, [text])
            timer.daemon = True
            timer.start()
            try:
                yield
            finally:
                timer.cancel()
            return
        from rich.console import Console
        from rich.progress import Progress as Bars
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        said = TextColumn("{task.description}", markup=False)
        columns = (SpinnerColumn(), said, TimeElapsedColumn())
        with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
            bars.add_task(visible(text), total=None)
            yield

    @contextmanager
    def watch(self, store: Store, runs: Sequence[Run], waiting: Sequence[Run]) -> Iterator[None]:
        """Follow the waiting runs until the block ends."""
        self.total, self.done = len(runs), len(runs) - len(waiting)
        self._left = TimeLeft(waiting)
        if self.done and self.show:
            self.note(f"{self.done} of {self.total} runs are already there")
        if not self.show:
            yield
            return
        stop = threading.Event()
        target = self._follow_live if self.live else self._follow_plain
        thread = threading.Thread(target=target, args=(store, waiting, stop), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def finished(self, run: Run, outcome: Mapping[str, Any]) -> None:
        """One run ended."""
        self.done += 1
        error = outcome.get("error")
        result = f"FAILED: {error}" if error else outcome["said"]
        line = f"[{self.done}/{self.total}] {run.label}: {result} ({outcome['seconds']:.1f} s)"
        left = self._left.after(run, outcome["seconds"]) if self._left else ""
        line += f"; {left}" if left else ""
        if self._console is not None:
            self._console.print(visible(line), highlight=False, markup=False, emoji=False)
        else:
            self.note(line)

    def _running(self, store: Store, waiting: Sequence[Run]) -> list[tuple[Run, dict[str, Any]]]:
        states = [(run, read_progress(store.part_folder(run.id))) for run in waiting]
        return [(run, state) for run, state in states if state]

    def _follow_plain(self, store: Store, waiting: Sequence[Run], stop: threading.Event) -> None:
        while not stop.wait(PLAIN_SECONDS):
            for run, state in self._running(store, waiting):
                self.note(f"  {run.label}: {_said(state)}")

    def _follow_live(self, store: Store, waiting: Sequence[Run], stop: threading.Event) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._console = Console(stderr=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=self._console, transient=True) as bars:
            overall = bars.add_task("runs", total=self.total, completed=self.done)
            tasks: dict[tuple[str, str], Any] = {}
            while not stop.wait(0.25):
                bars.update(overall, completed=self.done)
                states = self._running(store, waiting)
                running = {(run.id, state.get("stage", "")): (run, state) for run, state in states}
                for key in [key for key in tasks if key not in running]:
                    bars.remove_task(tasks.pop(key))
                for key, (run, state) in running.items():
                    if key not in tasks:
                        name = f"  {run.label}" + (f": {key[1]}" if key[1] else "")
                        tasks[key] = bars.add_task(name, total=state.get("epochs"))
                    bars.update(tasks[key], completed=state.get("epoch", 0))
        self._console = None


def _said(state: Mapping[str, Any]) -> str:
    if "stage" in state:
        return str(state["stage"])
    return f"epoch {state['epoch']:.0f}/{state['epochs']:.0f} loss {state['loss']:.5g}"


class TimeLeft:
    """How long the runs that are left may take, from those of the same kind that ended.

    >>> runs = [Run(str(i), "pod", 2, None, i, {}) for i in range(4)]
    >>> left = TimeLeft(runs, clock=iter([0.0, 30.0]).__next__)
    >>> left.after(runs[0], 30.0)
    'about 90 s left'
    """

    def __init__(self, waiting: Sequence[Run], clock: Callable[[], float] = time.monotonic) -> None:
        self._waiting = {run.id: run.reducer for run in waiting}
        self._seconds: dict[str, list[float]] = {}
        self._clock, self._start = clock, clock()

    def after(self, run: Run, seconds: float) -> str:
        """What can be said when a run ended: nothing before one of each kind has, or when none is
        left.
        """
        self._waiting.pop(run.id, None)
        self._seconds.setdefault(run.reducer, []).append(seconds)
        expected = [self._expected(name) for name in self._waiting.values()]
        if not expected or any(math.isnan(one) for one in expected):
            return ""
        # as many at a time as there were so far
        spent, passed = sum(map(sum, self._seconds.values())), self._clock() - self._start
        return f"about {duration(sum(expected) * passed / max(spent, 1e-9))} left"

    def _expected(self, reducer: str) -> float:
        """The mean of those of the reducer, or of all that train as it does; NaN where none has
        ended.
        """
        same = self._seconds.get(reducer)
        if not same:
            trains = reducer_class(reducer).has_epochs
            like = [
                found
                for name, found in self._seconds.items()
                if reducer_class(name).has_epochs == trains
            ]
            same = [seconds for found in like for seconds in found]
        return sum(same) / len(same) if same else math.nan
