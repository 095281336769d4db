"""Broken files of every kind are data or a RomError, and nothing else.

    scripts/fuzz [--minutes 1] [--seed 0] [--jobs N] [--only NAME,...] [--first N] [--case N]

Each case copies a small valid file, changes its bytes or its structure, and reads it as the package
does. A case is known by the seed and its number: ``--case`` plays one alone and shows what it does.
Exit status 1 where a case ended in another exception, died, hung or took too much memory.
"""

from __future__ import annotations

import argparse
import itertools
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.case import Outcome, play
from tests.fuzz.subjects import Subject, all_subjects
from tests.fuzz.workers import outcomes

FINE = ("data", "refused")


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", help="names of subjects, with commas", default="")
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--case", type=int, help="play this case alone")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="rom-fuzz-") as scratch:
        folder = Path(scratch)
        subjects = all_subjects(folder)
        if options.case is not None:
            print(play(subjects, folder, options.seed, options.case))
            return 0
        numbers = _numbers(subjects, options.only, options.first, 60 * options.minutes)
        found = list(_shown(outcomes(subjects, folder, options.seed, numbers, options.jobs)))
    _summary(found, options.seed)
    return int(any(one.kind not in FINE for one in found))


def _numbers(subjects: list[Subject], only: str, first: int, seconds: float) -> Iterator[int]:
    """Numbers of cases until the time is over."""
    end, names = time.monotonic() + seconds, {name for name in only.split(",") if name}
    for number in itertools.count(first):
        if time.monotonic() > end:
            return
        if not names or subjects[number % len(subjects)].name in names:
            yield number


def _shown(found: Iterator[Outcome]) -> Iterator[Outcome]:
    for one in found:
        if one.kind not in FINE:
            print(
                f"{one.kind} case {one.number}, {one.subject}: {one.change}\n{one.words}\n",
                flush=True,
            )
        yield one


def _summary(found: list[Outcome], seed: int) -> None:
    kinds, names = Counter(one.kind for one in found), sorted({one.subject for one in found})
    columns = [*FINE, *sorted(set(kinds) - set(FINE))]
    print(f"{'':18}" + "".join(f"{kind:>9}" for kind in columns))
    for name in names:
        counts = Counter(one.kind for one in found if one.subject == name)
        print(f"{name:18}" + "".join(f"{counts[kind]:9}" for kind in columns))
    print(f"{'all':18}" + "".join(f"{kinds[kind]:9}" for kind in columns))
    print(f"{len(found)} inputs, seed {seed}")


if __name__ == "__main__":
    sys.exit(main())
