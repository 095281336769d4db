"""One case: a copy of a subject is changed and read; what came of it."""

from __future__ import annotations

import os
import random
import resource
import shutil
import tempfile
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path

from rom.errors import RomError
from tests.fuzz.mutate import mutate
from tests.fuzz.subjects import Subject

#: Seconds of work, and bytes more than before, that reading a file of a few kB may take.
SECONDS, MEMORY = 5.0, 2**29


@dataclass(frozen=True)
class Outcome:
    """`kind`: "data", "refused" (RomError), "other", or of a case that took too much "slow" or
    "memory"; of a worker that did not answer "crash" or "hang".
    """

    number: int
    subject: str
    change: str
    kind: str
    words: str = ""


def play(subjects: list[Subject], folder: Path, seed: int, number: int) -> Outcome:
    """The case of that number."""
    rng = random.Random(f"{seed}/{number}")
    subject = subjects[number % len(subjects)]
    with tempfile.TemporaryDirectory(prefix="case-", dir=folder) as scratch:
        target = Path(scratch) / "in" / "it"
        shutil.copytree(folder / subject.name, target)
        change = _changed(subject, target, rng)
        kind, words = _read(subject, target / subject.given)
    return Outcome(number, subject.name, change, kind, words)


def _changed(subject: Subject, target: Path, rng: random.Random) -> str:
    files = sorted(path for path in target.rglob("*") if path.is_file())
    files = [path for path in files if path.name.endswith(subject.mutated or ("",))]
    path = rng.choice(files)
    return f"{path.relative_to(target)}: {mutate(path, rng)}"


def _read(subject: Subject, path: Path) -> tuple[str, str]:
    before, start = _peak(), _work()
    kind, words = "data", ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            subject.open(path, dict(subject.options))
    except RomError as error:
        kind, words = "refused", str(error)
        if "\n" in words:
            kind = "other"
    except Exception:
        kind, words = "other", traceback.format_exc(limit=-6)
    if kind != "other" and _work() - start > SECONDS:
        return "slow", f"{_work() - start:.1f} s; {words}"
    if kind != "other" and _peak() - before > MEMORY:
        return "memory", f"{(_peak() - before) / 1e6:.0f} MB; {words}"
    return kind, words


def _work() -> float:
    """Seconds of work of this process and of those it waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _peak() -> int:
    return 1024 * max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


def wait_is_over(start: float) -> bool:
    """Whether a worker that did not answer since then hangs, on a busy machine as well."""
    return time.monotonic() - start > 6 * SECONDS
