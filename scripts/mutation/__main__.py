"""Change the code at random places and see which tests notice; see scripts/mutate."""

from __future__ import annotations

import argparse
import csv
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue

from scripts.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).resolve().parents[2]
ROOMS = "data,linalg,metrics,reducers,training,evaluation,report"
#: Where a mutant that loops counts as noticed.
SECONDS = 900
COLUMNS = ("file", "line", "was", "becomes", "killed_by", "seconds")
SURVIVED = "nothing"


def main() -> int:
    """Judge a sample of mutants, and say what survived."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="number of mutants")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rooms", default=ROOMS, help=f"folders of rom/ (default {ROOMS})")
    parser.add_argument("--suite", action="store_true", help="all tests for those that survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=Path("mutants.csv"))
    given = parser.parse_args()
    chosen = _sample(given.rooms.split(","), given.sample, given.seed)
    done = _done(given.out)
    waiting = [one for one in chosen if _key(one) not in done]
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        _run(waiting, Path(folder), given.jobs, given.out, suite=given.suite)
    done = _done(given.out)
    _say([done[_key(one)] for one in chosen if _key(one) in done])
    return 0


def _sample(rooms: list[str], n: int, seed: int) -> list[Mutant]:
    """Mutants of all files of the rooms, each as likely as any other."""
    files = sorted(p for room in rooms for p in (ROOT / "rom" / room).rglob("*.py"))
    found = [one for path in files for one in mutants(ROOT, str(path.relative_to(ROOT)))]
    return random.Random(seed).sample(found, min(n, len(found)))


def _run(waiting: list[Mutant], folder: Path, jobs: int, out: Path, *, suite: bool) -> None:
    """Every mutant in a copy of the project of its own; a line of the table for each that ends."""
    copies: Queue[Path] = Queue()
    for number in range(jobs):
        copies.put(_copy(folder / str(number)))

    def judged(one: Mutant) -> None:
        copy, start = copies.get(), time.monotonic()
        try:
            killed = _killed_by(one, copy, suite=suite)
        finally:
            copies.put(copy)
        row = [one.file, one.line, one.was, one.becomes, killed, f"{time.monotonic() - start:.0f}"]
        with open(out, "a", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            if not stream.tell():
                writer.writerow(COLUMNS)
            writer.writerow(row)
        print(f"{killed:12} {one.file}:{one.line}  {one.was} -> {one.becomes}", flush=True)

    with ThreadPoolExecutor(jobs) as pool:
        list(pool.map(judged, waiting))


def _copy(folder: Path) -> Path:
    """The files of the project that git knows."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    for name in listed.stdout.decode().split("\0"):
        if name and (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def _killed_by(one: Mutant, copy: Path, *, suite: bool) -> str:
    """The tests that notice: of the file, of its room, the contracts, or all."""
    path = copy / one.file
    source = path.read_text(encoding="utf-8")
    path.write_text(one.apply(source), encoding="utf-8")
    try:
        for name, tests in _stages(one.file, copy, suite=suite):
            if tests and _fails(copy, tests):
                return name
    finally:
        path.write_text(source, encoding="utf-8")
    return SURVIVED


def _stages(file: str, copy: Path, *, suite: bool) -> list[tuple[str, list[str]]]:
    """Tests, the nearest first."""
    code = Path(file)
    room = Path("tests", *code.parts[1:-1])
    own = room / f"test_{code.name}"
    while not (copy / room).is_dir():
        room = room.parent
    top = Path("tests", code.parts[1])
    return [
        ("its tests", [file, *([str(own)] if (copy / own).is_file() else [])]),
        ("its room", [str(room if room == top else top)]),
        ("contracts", ["tests/contracts"]),
        ("the suite", ["tests"] if suite else []),
    ]


def _fails(copy: Path, tests: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    where = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ran = subprocess.run(
            command, cwd=copy, env=os.environ | threads | where, capture_output=True,
            timeout=SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode not in (0, 5)  # 5: there are no tests there


def _key(one: Mutant) -> tuple[str, ...]:
    return one.file, str(one.line), one.was, one.becomes


def _done(out: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """What an earlier start has judged."""
    if not out.is_file():
        return {}
    with open(out, newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {(row["file"], row["line"], row["was"], row["becomes"]): row for row in rows}


def _say(rows: list[dict[str, str]]) -> None:
    counts = Counter(row["killed_by"] for row in rows)
    killed = len(rows) - counts[SURVIVED]
    print(
        f"\n{killed} of {len(rows)} mutants are noticed ({100 * killed / max(1, len(rows)):.0f} %)"
    )
    for name, count in counts.most_common():
        print(f"  by {name}: {count}")
    for row in rows:
        if row["killed_by"] == SURVIVED:
            print(f"  survives: {row['file']}:{row['line']}  {row['was']} -> {row['becomes']}")


if __name__ == "__main__":
    sys.exit(main())
