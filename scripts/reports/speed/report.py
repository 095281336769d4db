"""The benchmarks against other packages, on one page: ratios measured together in one run."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rom.errors import RomError
from scripts.reports.claims import Claim, Source
from scripts.reports.work import HERE, Work

TITLE = "Speed and accuracy next to other packages"
ABOUT = (
    "Every ratio is measured in one run, in turns, medians of several rounds. What the benchmarks"
    " print stands below as it is; benchmarks/README.md says what each does."
)
MINUTES = 27


@dataclass(frozen=True)
class Benchmark:
    """A program of benchmarks/ and what is read from what it prints.

    Attributes
    ----------
    title : what is compared
    command : its name and arguments; `quick` instead of the arguments in a quick run, which leaves
        it out where there are none
    needs : packages that it compares with; `quick_needs` those of the quick run
    row : regular expression with the groups name and ratio
    definition : what the ratio is
    inverse : whether the printed ratio is rom's number over that of the other
    heading : regular expression of what tells parts of the output apart, with one group
    """

    title: str
    command: tuple[str, ...]
    quick: tuple[str, ...]
    needs: tuple[str, ...]
    row: str
    definition: str
    inverse: bool = False
    heading: str = ""
    quick_needs: tuple[str, ...] = ()


NUMBER = r"[\d.]+(?:e-?\d+)?"
BENCHMARKS = (
    Benchmark(
        "POD of 500 x 400,000 values in memory, 32 modes",
        ("pod_vs_peers.py", "--only",
         "rom,pymor,pymor centred,sklearn full,sklearn randomized,dask,opinf,numpy"),
        ("--rows", "200", "--features", "20000", "--rounds", "1", "--only", "rom,sklearn full"),
        ("dask", "opinf", "pymor"),
        rf"^(?P<name>\w[\w ]*?)\s+{NUMBER}\s+(?P<ratio>{NUMBER})\s+{NUMBER}\s+{NUMBER}\s+{NUMBER}$",
        "wall-clock time of the package over that of rom",
    ),
    Benchmark(
        "Distance correlation of all pairs of 32 latents",
        ("independence_vs_dcor.py",),
        ("--rows", "300", "--latents", "6", "--rounds", "1"),
        ("dcor",),
        rf"^(?P<name>dcor.*?)\s+{NUMBER}\s+(?P<ratio>{NUMBER})\s+\(",
        "wall-clock time of the package over that of rom",
        quick_needs=("dcor",),
    ),
    Benchmark(
        "Error of a network on the cylinder wake after equal CPU time",
        ("reduction_vs_peers.py", "--data", "cylinder_wake", "--only",
         "rom,ezyrb podae,pytorch conv"),
        (),
        ("ezyrb",),
        rf"^\| error of rom / (?P<name>[\w ]+) \| (?P<ratio>{NUMBER}) ",
        "error of the package over that of rom with the fewest latents, same CPU time",
        inverse=True,
        heading=r"^cylinder_wake, (\d+ s) of CPU time",
    ),
)  # fmt: skip


def report(work: Work) -> Iterator[Claim]:
    """One claim for each other package: that rom is no slower, or no less accurate."""
    found: list[Claim] = []
    for one in BENCHMARKS:
        needs = one.quick_needs if work.quick else one.needs
        missing = [name for name in needs if not _installed(name)]
        if missing or (work.quick and not one.quick):
            lacks = f", {', '.join(missing)} missing (the extras peers and oracle)" * bool(missing)
            work.say(f"{one.title}: left out{lacks}")
            continue
        for claim in _claims(work, one):
            found.append(claim)
            yield claim
    if found and not work.quick:
        good = sum(bool(claim.holds) for claim in found)
        work.answer = f"No slower and no less accurate than others in {good} of {len(found)} ratios"


def _claims(work: Work, one: Benchmark) -> Iterator[Claim]:
    work.say(one.title)
    arguments = (one.command[0], *one.quick) if work.quick else one.command
    program = HERE.parents[1] / "benchmarks" / arguments[0]
    ran = subprocess.run(
        [sys.executable, str(program), *arguments[1:]], capture_output=True, text=True
    )
    if ran.returncode:
        said = ran.stderr.strip().splitlines() or ["it says nothing"]
        raise RomError(f"benchmarks/{' '.join(arguments)} failed: {said[-1]}")
    work.texts.append((one.title, ran.stdout.strip()))
    versions = ", ".join(f"{name} {version(name)}" for name in one.needs if _installed(name))
    source = Source(f"benchmarks/{' '.join(one.command)}; {versions}", one.definition)
    for found in re.finditer(one.row, ran.stdout, re.MULTILINE):
        if found["name"] == "rom":
            continue
        ratio = float(found["ratio"])
        part = _part(one, ran.stdout[: found.start()])
        yield source.at_least(
            f"{found['name']}: {one.title}{part}", 1 / ratio if one.inverse else ratio, 1.0,
            judged=not work.quick,
        )  # fmt: skip


def _part(one: Benchmark, before: str) -> str:
    """Which part of the output a row is in, in words; nothing where it has but one."""
    parts = re.findall(one.heading, before, re.MULTILINE) if one.heading else []
    return f", {parts[-1]}" if parts else ""


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
