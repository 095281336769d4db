"""A sweep in parallel processes: time and bits beside one run after the other, and peak memory beside a single run.

    python benchmarks/sweep.py [--epochs 20] [--rounds 3]       time: 8 trainings on the embedded cylinder wake
    python benchmarks/sweep.py --memory [--data mnist]          memory: two trainings at a time on all of a data set

One thread per run. The memory is the sum of the proportional set sizes of all processes of the comparison (a page that
two of them share counts once), looked at twenty times a second; Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

MAIN = "import json, sys, rom; rom.compare(**json.loads(sys.argv[1]))"


def pss(pid: int) -> int:
    """Proportional set size of a process and all below it, in bytes."""
    total = 0
    try:
        with open(f"/proc/{pid}/smaps_rollup") as stream:
            total += sum(1024 * int(line.split()[1]) for line in stream if line.startswith("Pss:"))
        for thread in Path(f"/proc/{pid}/task").iterdir():
            total += sum(pss(int(child)) for child in (thread / "children").read_text().split())
    except (FileNotFoundError, ProcessLookupError):
        pass  # it has ended
    return total


def compare(out: Path, *, watch: bool = False, **options: Any) -> tuple[float, int]:
    """Seconds and, if it is watched, peak bytes of a comparison in a process of its own."""
    start, peak = time.perf_counter(), 0
    command = [sys.executable, "-c", MAIN, json.dumps({"threads": 1, "out": str(out)} | options)]
    process = subprocess.Popen(command, env=os.environ)
    while watch and process.poll() is None:
        peak = max(peak, pss(process.pid))
        time.sleep(0.05)
    if process.wait():
        raise SystemExit("a comparison failed")
    return time.perf_counter() - start, peak


def same_bits(one: Path, other: Path) -> bool:
    """Whether all latents of two stores are equal."""
    from rom.study.store import Store

    stores = Store(one), Store(other)
    pairs = (tuple(store.latents(run) for store in stores) for run in stores[0].runs())
    return all(np.array_equal(*pair) for pair in pairs)


def times(folder: Path, epochs: int, rounds: int) -> None:
    options = {"reducers": ["autoencoder"], "n_components": [2, 4], "seeds": 4, "epochs": epochs}
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(rounds):
        for jobs, taken in seconds.items():
            taken.append(compare(folder / f"{turn}-{jobs}", jobs=jobs, **options)[0])
    medians = {jobs: statistics.median(taken) for jobs, taken in seconds.items()}
    print(f"8 trainings of {epochs} epochs on the cylinder wake, one thread each, {rounds} rounds")
    print(f"--jobs 1: {medians[1]:.1f} s   --jobs 2: {medians[2]:.1f} s   2 / 1: {medians[2] / medians[1]:.2f}")
    print(f"same bits: {same_bits(folder / '0-1', folder / '0-2')}")


def memory(folder: Path, data: str) -> None:
    options = {"data": data, "reducers": ["beta-vae"], "n_components": [2], "epochs": 1, "watch": True}
    single = compare(folder / "one", jobs=1, seeds=1, **options)[1]
    double = compare(folder / "two", jobs=2, seeds=4, **options)[1]
    print(f"peak memory on {data}: one run {single / 1e6:.0f} MB, four runs with --jobs 2 {double / 1e6:.0f} MB")
    print(f"ratio: {double / single:.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--data", default="mnist")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.memory:
            memory(Path(folder), given.data)
        else:
            times(Path(folder), given.epochs, given.rounds)


if __name__ == "__main__":
    main()
