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
from scripts.mutation.recording import RECORD, Record

ROOT = Path(__file__).resolve().parents[2]
ROOMS = "data,linalg,metrics,reducers,training,evaluation,report"
PYTEST = (sys.executable, "-m", "pytest")
#: A mutant loops where its tests take this much longer than they took, and this many seconds.
SLOWER, SPARE_SECONDS = 5, 120
COLUMNS = ("file", "line", "was", "becomes", "killed_by", "seconds")
NEAR, NOT_NEAR, SUITE, SURVIVED = "near", "nothing near", "the suite", "nothing"


def main() -> int:
    """Judge a sample of mutants, and say what survived."""
    parser = argparse.ArgumentParser(prog="scripts/mutate", description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="number of mutants")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rooms", default=ROOMS, help=f"folders of rom/ (default {ROOMS})")
    parser.add_argument("--suite", action="store_true", help="all tests for those that survive")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=Path, default=Path("mutants.csv"))
    parser.add_argument(
        "--record", type=Path, default=Path(RECORD),
        help="which tests run which line: made in a run of all tests where it is not there",
    )  # fmt: skip
    given = parser.parse_args()
    chosen = _sample(given.rooms.split(","), given.sample, given.seed)
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        if not given.record.is_file():
            _record(_copy(Path(folder, "recorded")), given.jobs, given.record)
        record = Record.read(given.record)
        # all tests of a line may take half an hour: first every mutant by those near it
        for stage in (NEAR, SUITE) if given.suite else (NEAR,):
            _run(
                _waiting(chosen, given.out, stage),
                Path(folder),
                given.jobs,
                given.out,
                record,
                stage,
            )
    done = _done(given.out)
    _say([done[_key(one)] for one in chosen if _key(one) in done])
    return 0


def _sample(rooms: list[str], n: int, seed: int) -> list[Mutant]:
    """Mutants of all files of the rooms, each as likely as any other."""
    files = sorted(p for room in rooms for p in (ROOT / "rom" / room).rglob("*.py"))
    found = [one for path in files for one in mutants(ROOT, str(path.relative_to(ROOT)))]
    return random.Random(seed).sample(found, min(n, len(found)))


def _record(copy: Path, jobs: int, path: Path) -> None:
    """Run all tests once."""
    print("running all tests, to know which of them run which line", flush=True)
    plugin = ["-n", str(jobs), "-p", "scripts.mutation.recording", "-q"]
    ran = subprocess.run([*PYTEST, *plugin], cwd=copy, env=_environment(copy), check=False)
    if ran.returncode not in (0, 1):  # 1: some fail; anything else: not all of them ran
        sys.exit("the tests were not all run, which gives no record")
    shutil.copy2(copy / RECORD, path)


def _waiting(chosen: list[Mutant], out: Path, stage: str) -> list[Mutant]:
    """Those that no test has judged yet, or only those near them."""
    done = _done(out)
    judged = {key: row["killed_by"] for key, row in done.items()}
    expected = None if stage == NEAR else NOT_NEAR
    return [one for one in chosen if judged.get(_key(one)) == expected]


def _run(
    waiting: list[Mutant], folder: Path, jobs: int, out: Path, record: Record, stage: str
) -> None:
    """Every mutant in a copy of the project of its own; a line of the table for each that ends."""
    copies: Queue[Path] = Queue()
    for number in range(jobs):
        copies.put(_copy(folder / str(number)))

    if _fails(folder / "0", sorted(record.seconds), record, "--collect-only"):
        sys.exit("the record is of other tests: remove it, and a new one is made")

    def judged(one: Mutant) -> None:
        copy, start = copies.get(), time.monotonic()
        try:
            killed = _killed_by(one, copy, record, stage)
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


def _killed_by(one: Mutant, copy: Path, record: Record, stage: str) -> str:
    """The tests that notice: those near the code (of the file, of its room, the contracts) in the
    first stage, all others in the second.
    """
    is_near = stage == NEAR
    tests = [
        test for test in record.tests_of(one.file, one.line) if _is_near(test, one.file) == is_near
    ]
    path = copy / one.file
    source = path.read_text(encoding="utf-8")
    path.write_text(one.apply(source), encoding="utf-8")
    try:
        if tests and _fails(copy, tests, record):
            return stage
    finally:
        path.write_text(source, encoding="utf-8")
    return NOT_NEAR if is_near else SURVIVED


def _is_near(test: str, file: str) -> bool:
    """Whether a test lies where one looks for it: the doctests of the room, the mirrored folder, or
    the contracts.
    """
    room = Path(file).parts[1]
    return test.startswith((f"rom/{room}/", f"tests/{room}/", "tests/contracts/"))


def _fails(copy: Path, tests: list[str], record: Record, *options: str) -> bool:
    """Whether one of the tests fails, or they take so long that the mutant loops."""
    (copy / "tests.txt").write_text("\n".join(tests), encoding="utf-8")
    command = [*PYTEST, "-x", "-q", "-p", "no:cacheprovider", *options, "@tests.txt"]
    limit = SPARE_SECONDS + SLOWER * sum(record.seconds[test] for test in tests)
    try:
        ran = subprocess.run(
            command, cwd=copy, env=_environment(copy), capture_output=True, timeout=limit,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return True
    return ran.returncode not in (0, 5)  # 5: there are no tests there


def _environment(copy: Path) -> dict[str, str]:
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "NUMBA_NUM_THREADS": "1"}
    return os.environ | threads | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}


def _key(one: Mutant) -> tuple[str, ...]:
    return one.file, str(one.line), one.was, one.becomes


def _done(out: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """What an earlier start or stage has judged, the last word on each."""
    if not out.is_file():
        return {}
    with open(out, newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {(row["file"], row["line"], row["was"], row["becomes"]): row for row in rows}


def _say(rows: list[dict[str, str]]) -> None:
    counts = Counter(row["killed_by"] for row in rows)
    killed = counts[NEAR] + counts[SUITE]
    print(
        f"\n{killed} of {len(rows)} mutants are noticed ({100 * killed / max(1, len(rows)):.0f} %)"
    )
    for name, count in counts.most_common():
        print(f"  by {name}: {count}")
    for row in rows:
        if row["killed_by"] in (NOT_NEAR, SURVIVED):
            print(f"  survives: {row['file']}:{row['line']}  {row['was']} -> {row['becomes']}")


if __name__ == "__main__":
    sys.exit(main())
