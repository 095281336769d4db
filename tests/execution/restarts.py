"""A comparison that is killed again and again ends with the same bits as one that is left alone.

    python -m tests.execution.restarts [KILLS] [--seed 0] [--epochs 1000] [--data FILE]

Starts a comparison with its report, kills it with SIGKILL at a random moment of its start, of
fitting, measuring, tuning or reporting (in turns: the whole tree of processes at once, and the
parent alone, whose children are then orphans), and starts the same command again at once. At the
end results.csv (but for times), all latents and all trials are those of an undisturbed one. All the
while a reader looks at every file that has its name. Exit status 1 where something differs, a
finished run was done twice, something is left behind, or half a file was seen. Linux: it looks for
processes in /proc.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import rom
from rom.data.formats.canonical import write_canonical
from rom.study.lock import LOCK, OWNER
from rom.study.searches import trials
from rom.study.store import Store
from tests.execution.reader import Reader

#: By which all processes of a comparison are found, whoever their parent is by now.
MARK = "ROM_RESTARTS"
MAIN = """
import json, sys
from rom.comparison import run_study
from rom.study.config import make_study

study, how, reports = json.loads(sys.argv[1])
# as the command line does
comparison = run_study(make_study(study, "restarts"), **how, alone=True)
if reports:
    comparison.report()
"""
STUDY: dict[str, Any] = {"n_components": [2], "seeds": 1}
TUNED: dict[str, Any] = STUDY | {"reducers": ["pod", "autoencoder"], "controls": False, "tune": 3}
HOW: dict[str, Any] = {"jobs": 2, "threads": 1, "checkpoint_seconds": 0.1}
START_SECONDS = 6.0  # of imports and preparation, and some of the trainings


class RestartError(Exception):
    """The comparison did not end as an undisturbed one."""


def write_flow(path: Path) -> Path:
    """A small travelling wave, 120 snapshots of two variables on 48 cells."""
    t, x = np.arange(120.0)[:, None] / 5, np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = {"u": np.sin(x - t) + 0.3 * np.sin(2 * x + 1.7 * t), "v": np.cos(x - t) ** 3}
    write_canonical(path, waves, axes=("x",), times=t[:, 0])
    return path


def start(
    data: Path | str, out: Path, mark: str, *, epochs: int, study: dict[str, Any]
) -> subprocess.Popen[bytes]:
    """Start a comparison, as the leader of a process group, as a shell does."""
    # the report is that of tuned studies, which are not in a hurry
    arguments = [study | {"data": str(data), "epochs": epochs}, HOW | {"out": str(out)}]
    options = json.dumps([*arguments, "tune" in study])
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, options],
        env=os.environ | {MARK: mark},
        start_new_session=True,
        stderr=subprocess.PIPE,
    )


def processes(mark: str) -> list[int]:
    """All living processes that were started under a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:  # gone, or somebody else's
            continue
    return found


def kill(process: subprocess.Popen[bytes], mark: str, *, whole_tree: bool) -> None:
    """SIGKILL to the parent, or to it and all that came of it."""
    for pid in [process.pid, *(processes(mark) if whole_tree else [])]:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:  # it was faster
            continue


def wait(
    process: subprocess.Popen[bytes], seconds: float, until: Callable[[], bool] = bool
) -> None:
    """Wait so long, or until something is true or the process has ended."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None and not until():
        time.sleep(0.01)


def written_since(out: Path, pattern: str, moment: float) -> bool:
    """Whether something of a name was written after a moment."""
    for path in out.glob(pattern):
        try:
            if path.stat().st_mtime > moment:
                return True
        except FileNotFoundError:  # it was finished
            continue
    return False


def kept_since(out: Path, moment: float) -> bool:
    """Whether a training was kept after a moment."""
    return written_since(out, "runs/*.part/checkpoint.safetensors", moment)


#: What is written in each part of a comparison, and how long that may last at most.
PHASES = {
    "fitting": ("runs/*.part/checkpoint.safetensors", 1.0),
    "measuring": ("runs/*.part/measuring", 0.2),
    "tuning": ("tuning/*", 1.0),
    "reporting": ("figures/*", 1.5),
}


def finished(out: Path) -> dict[str, int]:
    """Run -> when it was finished, of the runs that are."""
    return {path.parent.name: path.stat().st_mtime_ns for path in out.glob("runs/*/run.json")}


def differences(one: Path, other: Path) -> list[str]:
    """What differs between the results of two stores, bit by bit, but for times."""
    tables = [pd.read_csv(out / "results.csv") for out in (one, other)]
    tables = [
        table[~table.metric.str.endswith("_seconds")].reset_index(drop=True) for table in tables
    ]
    found = [] if tables[0].equals(tables[1]) else ["results.csv differs"]
    first, second = Store.open(one), Store.open(other)
    if first.finished() != second.finished() or len(first.finished()) != len(first.runs()):
        return [*found, "not the same runs are finished"]
    for run in first.finished():
        for part in ("train", "test"):
            if first.latents(run, part).tobytes() != second.latents(run, part).tobytes():
                found.append(f"{run.label}: {part} latents differ")
    losses = [{trial.run.id: trial.loss for trial in trials(store)} for store in (first, second)]
    return found if losses[0] == losses[1] else [*found, f"trials differ: {losses}"]


def resumed(out: Path) -> dict[str, list[int]]:
    """Run -> the epochs after which it was continued, of the runs that were."""
    records = {
        path.parent.name: json.loads(path.read_text()) for path in out.glob("runs/*/run.json")
    }
    return {
        name: record["resumed_epochs"]
        for name, record in records.items()
        if record["resumed_epochs"]
    }


def disturb(
    begin: Callable[[str], subprocess.Popen[bytes]],
    out: Path,
    phases: list[str],
    draw: random.Random,
) -> Counter[str]:
    """Start and kill once in each phase; how many kills there were in each.

    Raises
    ------
    RestartError
        If a finished run is done again.
    """
    done: dict[str, int] = {}
    killed: Counter[str] = Counter()
    for number, phase in enumerate(phases):
        mark = f"{out.parent.name}-{number}"
        process = begin(mark)
        if phase == "start":  # any moment: imports, preparation, whatever comes next
            wait(process, draw.uniform(0, START_SECONDS))
        else:
            pattern, seconds = PHASES[phase]
            wait(process, 600, until=partial(written_since, out, pattern, time.time()))
            wait(process, draw.uniform(0, seconds))
        if process.poll() is None:
            whole_tree = number % 2 == 0
            kill(process, mark, whole_tree=whole_tree)
            killed.update([phase, "whole tree" if whole_tree else "parent alone"])
        process.wait()
        assert process.stderr
        process.stderr.close()  # not read to its end: orphans hold it, and may meet the next start
        now = finished(out)
        if {name: now.get(name) for name in done} != done:
            raise RestartError("a finished run was done again")
        done = now
    return killed


def check(
    data: Path | str,
    folder: Path,
    phases: list[str],
    *,
    epochs: int,
    study: dict[str, Any] = STUDY,
    seed: int = 0,
) -> Counter[str]:
    """Do all that the module says, with a kill in each of the phases; how many there were.

    Raises
    ------
    RestartError
        If anything is not as it has to be.
    """
    calm, disturbed = folder / "calm", folder / "disturbed"
    if not calm.exists():
        # in this process, one run after the other: that makes no difference either
        rom.compare(str(data), **study | HOW | {"jobs": 1, "epochs": epochs, "out": calm})
    begin = partial(start, data, disturbed, epochs=epochs, study=study)
    with Reader(disturbed) as reader:
        killed = disturb(begin, disturbed, phases, random.Random(seed))
        done = finished(disturbed)
        process = begin("last")
        errors = process.communicate()[1].decode()
    if process.returncode != 0:
        raise RestartError(f"exit status {process.returncode}:\n{errors}")
    wrong = differences(calm, disturbed)
    if {name: time for name, time in finished(disturbed).items() if name in done} != done:
        wrong.append("a finished run was done again")
    names = (path for path in disturbed.rglob("*") if ".part" in path.name)
    wrong += [f"{path} is left" for path in (*names, disturbed / LOCK, disturbed / OWNER)
              if path.exists()]  # fmt: skip
    wrong += [
        f"process {pid} is left"
        for n in range(len(phases))
        for pid in processes(f"{folder.name}-{n}")
    ]
    wrong += reader.faults
    if wrong:
        raise RestartError("; ".join(wrong))
    killed["looks of the reader"] = reader.looks
    killed["trainings that were continued"] = len(resumed(disturbed))
    return killed


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kills", nargs="?", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=1000)
    parser.add_argument(
        "--data", default="", help="data set or file; default a small travelling wave"
    )
    args = parser.parse_args()
    total: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        data = args.data or write_flow(Path(folder) / "flow.h5")
        cycle = 0
        while total["whole tree"] + total["parent alone"] < args.kills:
            phases = ["start", "fitting", "fitting", "measuring", "tuning", "tuning", "reporting"]
            phases = [*phases[cycle % 2 :], "reporting"]  # who dies first, parent or tree, changes
            seed = args.seed + cycle
            try:
                total += check(
                    data, Path(folder), phases, epochs=args.epochs, study=TUNED, seed=seed
                )
            except RestartError as error:
                print(f"kill-and-restart: {error}", file=sys.stderr)
                return 1
            (Path(folder) / "disturbed").rename(Path(folder) / f"cycle-{cycle}")
            cycle += 1
            said = ", ".join(f"{n} {name}" for name, n in total.items())
            print(f"the same bits, nothing lost, no half file: {said}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
