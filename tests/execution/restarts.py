"""A comparison that is killed again and again ends with the same bits as one that is left alone.

    python -m tests.execution.restarts [KILLS] [--seed 0] [--epochs 1000] [--data FILE]

Starts a comparison, kills it with SIGKILL at a random moment (in turns: the whole tree of processes
at once, and the parent alone, whose children are then orphans), starts the same command again at
once, and at the end compares results.csv (but for times) and all latents with those of an
undisturbed run. Exit status 1 where they differ, a finished run was done twice, or something is
left behind. Linux: it looks for processes in /proc.
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
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import rom
from rom.data.formats.canonical import write_canonical
from rom.study.store import Store

#: By which all processes of a comparison are found, whoever their parent is by now.
MARK = "ROM_RESTARTS"
MAIN = """
import json, sys
from rom.comparison import run_study
from rom.study.config import make_study

study, how = json.loads(sys.argv[1])
run_study(make_study(study, "restarts"), **how, alone=True)  # as the command line does
"""
STUDY: dict[str, Any] = {"n_components": [2], "seeds": 1}
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


def start(data: Path | str, out: Path, mark: str, *, epochs: int) -> subprocess.Popen[bytes]:
    """Start a comparison, as the leader of a process group, as a shell does."""
    options = json.dumps([STUDY | {"data": str(data), "epochs": epochs}, HOW | {"out": str(out)}])
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


def kept_since(out: Path, moment: float) -> bool:
    """Whether a training was kept after a moment."""
    for path in out.glob("runs/*.part/checkpoint.safetensors"):
        try:
            if path.stat().st_mtime > moment:
                return True
        except FileNotFoundError:  # its run was finished
            continue
    return False


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
    return found


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


def check(data: Path | str, folder: Path, *, kills: int, epochs: int, seed: int = 0) -> str:
    """Do all that the module says; a summary.

    Raises
    ------
    RestartError
        If anything is not as it has to be.
    """
    calm, disturbed, draw = folder / "calm", folder / "disturbed", random.Random(seed)
    # in this process, one run after the other: that makes no difference either
    rom.compare(str(data), **STUDY | HOW | {"jobs": 1, "epochs": epochs, "out": calm})
    done: dict[str, int] = {}
    for number in range(kills):
        mark = f"{folder.name}-{number}"
        process = start(data, disturbed, mark, epochs=epochs)
        if number % 3 == 0:  # any moment: imports, preparation, training, evaluation, writing
            wait(process, draw.uniform(0, START_SECONDS))
        else:  # in the middle of trainings
            wait(process, 600, until=partial(kept_since, disturbed, time.time()))
            wait(process, draw.uniform(0, 1))
        if process.poll() is None:
            kill(process, mark, whole_tree=number % 2 == 0)
        process.wait()
        assert process.stderr
        process.stderr.close()  # not read to its end: orphans hold it, and may meet the next start
        now = finished(disturbed)
        if {name: now.get(name) for name in done} != done:
            raise RestartError("a finished run was done again")
        done = now
    process = start(data, disturbed, "last", epochs=epochs)
    errors = process.communicate()[1].decode()
    if process.returncode != 0:
        raise RestartError(f"exit status {process.returncode}:\n{errors}")
    wrong = differences(calm, disturbed)
    if {name: time for name, time in finished(disturbed).items() if name in done} != done:
        wrong.append("a finished run was done again")
    wrong += [f"{path} is left" for path in disturbed.rglob("*") if ".part" in path.name]
    wrong += [
        f"process {pid} is left" for n in range(kills) for pid in processes(f"{folder.name}-{n}")
    ]
    if wrong:
        raise RestartError("; ".join(wrong))
    continued = resumed(disturbed)
    return f"{kills} kills, the same bits; trainings continued after epochs {continued or 'none'}"


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
    with tempfile.TemporaryDirectory() as folder:
        data = args.data or write_flow(Path(folder) / "flow.h5")
        try:
            print(check(data, Path(folder), kills=args.kills, epochs=args.epochs, seed=args.seed))
        except RestartError as error:
            print(f"kill-and-restart: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
