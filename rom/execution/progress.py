"""Progress of a comparison: a live bar in a terminal, plain lines elsewhere, nothing when asked for."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rom.study.matrix import Run

if TYPE_CHECKING:
    from rom.study.store import Store

PLAIN_SECONDS = 30.0  # a log file hears from long runs this often
FILE = "progress.json"


def write_progress(folder: Path, record: Mapping[str, float]) -> None:
    """Called by a run after every epoch: the parent process, on any machine, reads the file."""
    part = folder / (FILE + ".part")
    part.write_text(json.dumps({"epoch": record["epoch"], "epochs": record["epochs"], "loss": record["train_total"]}))
    part.replace(folder / FILE)


def read_progress(folder: Path) -> dict[str, float] | None:
    """What an attempt at a run last wrote, None before its first epoch."""
    try:
        return dict(json.loads(next(folder.glob(f"*/{FILE}")).read_text()))
    except (StopIteration, OSError, ValueError):
        return None


class Progress:
    """Follows the runs of a store. ``show=False``: says nothing (the default of the Python interface)."""

    def __init__(self, *, show: bool = True) -> None:
        self.show = show
        self.live = show and sys.stderr.isatty()
        self.done = self.total = 0
        self._console: Any = None

    def note(self, text: str) -> None:
        """One line that the user has to see: an assumption, a warning."""
        if self.show:
            print(text, file=sys.stderr, flush=True)

    @contextmanager
    def watch(self, store: Store, runs: Sequence[Run], waiting: Sequence[Run]) -> Iterator[None]:
        """Follow the waiting runs until the block ends."""
        self.total, self.done = len(runs), len(runs) - len(waiting)
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
        if self._console is not None:
            self._console.print(line, highlight=False, markup=False)
        else:
            self.note(line)

    def _running(self, store: Store, waiting: Sequence[Run]) -> list[tuple[Run, dict[str, float]]]:
        states = [(run, read_progress(store.part_folder(run.id))) for run in waiting]
        return [(run, state) for run, state in states if state]

    def _follow_plain(self, store: Store, waiting: Sequence[Run], stop: threading.Event) -> None:
        while not stop.wait(PLAIN_SECONDS):
            for run, state in self._running(store, waiting):
                self.note(f"  {run.label}: epoch {state['epoch']:.0f}/{state['epochs']:.0f} loss {state['loss']:.5g}")

    def _follow_live(self, store: Store, waiting: Sequence[Run], stop: threading.Event) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        self._console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Bars(*columns, console=self._console, transient=True) as bars:
            overall = bars.add_task("runs", total=self.total, completed=self.done)
            tasks: dict[str, Any] = {}
            while not stop.wait(0.25):
                bars.update(overall, completed=self.done)
                running = {run.id: (run, state) for run, state in self._running(store, waiting)}
                for run_id in [i for i in tasks if i not in running]:
                    bars.remove_task(tasks.pop(run_id))
                for run_id, (run, state) in running.items():
                    if run_id not in tasks:
                        tasks[run_id] = bars.add_task(f"  {run.label}", total=state["epochs"])
                    bars.update(tasks[run_id], completed=state["epoch"])
        self._console = None
