"""A sweep of trainings one after the other and two at a time: time, memory, and whether the results
are the same bits.

    python benchmarks/sweep.py [--data mnist-5k] [--runs 8] [--epochs 5] [--jobs 2] [--memory-data
    mnist] [--rounds 1]

Time: `rom compare --reducers autoencoder` with so many seeds, one thread each, ``--jobs 1`` and
``--jobs N`` in turns; from the start of the first run to the end of the last, and of the whole
command (imports, preparation and report count). The results are compared bit by bit. Memory: one
run alone, and N runs at the same time, of one epoch on the larger data set; what all processes take
together is sampled. PSS counts a page that n processes share as 1/n in each, so that the sum is
what the machine has to have; RSS counts it in each. Linux only.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from rom.study.store import Store

MAIN = "from rom.cli import main; main()"
SAMPLE_SECONDS = 0.1


@dataclass
class Measured:
    """One command: seconds in all, seconds of its runs, largest sums of PSS and RSS in bytes."""

    seconds: float
    training: float
    pss: float
    rss: float


def tree(root: int) -> list[int]:
    """A process and all that came of it."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # gone
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found += parents.get(pid, [])
    return found


def memory(pid: int) -> tuple[int, int]:
    """PSS and RSS of a process in bytes."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # gone
        return 0, 0
    sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in lines[1:]}
    return sizes.get("Pss:", 0), sizes.get("Rss:", 0)


def measure(data: str, out: Path, *, runs: int, epochs: int, jobs: int) -> Measured:
    options = {
        "components": 8,
        "seeds": runs,
        "epochs": epochs,
        "jobs": jobs,
        "threads": 1,
        "out": out,
    }
    command = [sys.executable, "-c", MAIN, "compare", data, "--reducers", "autoencoder"]
    command += [text for name, value in options.items() for text in (f"--{name}", str(value))]
    begin, pss, rss = time.perf_counter(), 0, 0
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
        while process.poll() is None:
            sums = [sum(values) for values in zip(*map(memory, tree(process.pid)), strict=True)]
            pss, rss = max(pss, sums[0]), max(rss, sums[1])
            time.sleep(SAMPLE_SECONDS)
        seconds = time.perf_counter() - begin
        if process.returncode != 0:
            log.seek(0)
            sys.exit(log.read().decode())
    # study.json is written right before the first run starts, results.csv right after the last
    training = (out / "results.csv").stat().st_mtime - (out / "study.json").stat().st_mtime
    return Measured(seconds, training, pss, rss)


def same(one: Path, other: Path) -> bool:
    """Whether two stores hold the same latents, and the same table but for times."""
    tables = [pd.read_csv(out / "results.csv") for out in (one, other)]
    tables = [
        table[~table.metric.str.endswith("_seconds")].reset_index(drop=True) for table in tables
    ]
    stores = [Store.open(out) for out in (one, other)]
    latents = [[store.latents(run).tobytes() for run in store.runs()] for store in stores]
    return tables[0].equals(tables[1]) and latents[0] == latents[1]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default="mnist-5k")
    parser.add_argument("--runs", type=int, default=8)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--memory-data", default="mnist", help="a data set, or - to leave memory out"
    )
    args = parser.parse_args()
    timed: dict[int, list[Measured]] = {1: [], args.jobs: []}
    with tempfile.TemporaryDirectory() as folder:
        for number in range(args.rounds):
            for jobs in timed:
                out = Path(folder) / f"{jobs}-{number}"
                timed[jobs].append(
                    measure(args.data, out, runs=args.runs, epochs=args.epochs, jobs=jobs)
                )
        bits = same(Path(folder) / "1-0", Path(folder) / f"{args.jobs}-0")
        held: dict[int, Measured] = {}
        if args.memory_data != "-":
            for jobs in timed:
                held[jobs] = measure(
                    args.memory_data, Path(folder) / f"m{jobs}", runs=jobs, epochs=1, jobs=jobs
                )

    print(
        f"{args.runs} trainings of {args.epochs} epochs on {args.data}, one thread each;"
        f" {os.cpu_count()} cores"
    )
    print(f"| | --jobs 1 | --jobs {args.jobs} | ratio |\n|---|---|---|---|")
    for name, key in (("runs, seconds", "training"), ("command, seconds", "seconds")):
        one, many = (statistics.median(getattr(m, key) for m in timed[jobs]) for jobs in timed)
        print(f"| {name} | {one:.1f} | {many:.1f} | {many / one:.2f} |")
    print(f"| same bits | | | {'yes' if bits else 'NO'} |")
    for name, key in (("PSS", "pss"), ("RSS", "rss")):
        if held:
            one, many = (getattr(held[jobs], key) / 1e6 for jobs in timed)
            title = f"{name} of 1 and of {args.jobs} runs on {args.memory_data}, MB"
            print(f"| {title} | {one:.0f} | {many:.0f} | {many / one:.2f} |")
    sys.exit(0 if bits else 1)


if __name__ == "__main__":
    main()
