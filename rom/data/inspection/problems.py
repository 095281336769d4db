"""What is wrong with a file: errors, because of which a comparison would refuse it, and
warnings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rom.data.filters import FILTERS, advice
from rom.data.formats.common.readings import MOST_VARIABLES
from rom.data.split import MIN_SNAPSHOTS


@dataclass(frozen=True)
class Problem:
    """One line: what is wrong and what to do. `severity` is "error" or "warning"."""

    severity: str
    message: str


def find_problems(report: Mapping[str, Any], path: Path, reads: Mapping[str, str]) -> list[Problem]:
    """What the facts of a report tell."""
    found = [*_of_datasets(report, path, reads)]
    if not report["readable"]:
        return [*found, *_of_steps(report)]
    found += [*_of_values(report), *_of_meaning(report), *_of_times(report)]
    if report["split"] and report["snapshots"] < MIN_SNAPSHOTS:
        found.append(
            Problem(
                "error", f"{report['snapshots']} snapshots are too few; at least {MIN_SNAPSHOTS}"
            )
        )
    if report["storage"]["case"] == "whole snapshots":
        hint = report["storage"]["rewrite"]
        found.append(
            Problem(
                "warning",
                f"{report['storage']['words']}; " + (f"store it again: {hint}" if hint else ""),
            )
        )
    return found


def _of_datasets(
    report: Mapping[str, Any], path: Path, reads: Mapping[str, str]
) -> Iterator[Problem]:
    for item in report["datasets"]:
        if item["missing_filters"] and (item["name"] in reads or not reads):
            names = ", ".join(item["missing_filters"])
            numbers = {name: number for number, name in FILTERS.items()}
            missing = {name: numbers.get(name, 0) for name in item["missing_filters"]}
            yield Problem(
                "error",
                f"{item['name']} is compressed with {names}, which the HDF5 library here cannot"
                f" undo; {advice(missing)}, or where there is one: h5repack -f GZIP=4"
                f" {path.name} new.h5",
            )


def _of_steps(report: Mapping[str, Any]) -> Iterator[Problem]:
    """Many datasets of one shape in a file whose layout is not known."""
    shapes = Counter(tuple(item["shape"]) for item in report["datasets"] if len(item["shape"]) > 0)
    shape, n = shapes.most_common(1)[0] if shapes else ((), 0)
    if n > MOST_VARIABLES and not report["suggestions"]:
        whole = " x ".join(map(str, (n, *shape)))
        yield Problem(
            "warning",
            f"{n} datasets have the shape {' x '.join(map(str, shape))}: if each is a snapshot,"
            f" write them as one dataset of {whole}",
        )


def _of_values(report: Mapping[str, Any]) -> Iterator[Problem]:
    sample = report["sample"]
    seen = "in every snapshot" if sample["whole"] else "in every sampled snapshot"
    for variable in report["variables"]:
        name = variable["name"]
        if variable["cells_always_missing"] and variable["minimum"] is None:
            yield Problem(
                "error", f"{name} has no value at all {seen}; leave it out with --variables"
            )
        elif variable["cells_always_missing"]:
            yield Problem(
                "warning",
                f"{name}: cells without a value {seen}: {variable['cells_always_missing']:,}; they"
                " become the mask where that holds for all snapshots",
            )
        if variable["values_sometimes_missing"]:
            yield Problem(
                "error",
                f"{name}: values missing in some snapshots only:"
                f" {variable['values_sometimes_missing']:,}, the first at"
                f" {variable['first_missing']}; leave these snapshots out: --missing"
                " drop-snapshots",
            )
        if variable["values_infinite"]:
            yield Problem(
                "error",
                f"{name}: infinite values: {variable['values_infinite']:,}, the first at "
                f"{variable['first_infinite']}; mend the file",
            )
        if (
            variable["varies"] is False
            and sample["snapshots"] > 1
            and variable["minimum"] is not None
        ):
            others = [v["name"] for v in report["variables"] if v["varies"]]
            hint = (
                f"leave it out: --variables {','.join(others)}"
                if others
                else "there is nothing to reduce"
            )
            severity = "error" if sample["whole"] else "warning"
            yield Problem(severity, f"{name} is the same {seen}; {hint}")
        if _standardised(variable):
            yield Problem(
                "warning",
                f"{name} has mean 0 and standard deviation 1: values already scaled, so errors are"
                " in units of the standard deviation, not physical ones",
            )
    if not sample["snapshots"] and not report["storage"]["missing_filters"]:
        yield Problem(
            "warning",
            "values were not looked at: what is stored together is too large; --full reads all",
        )


def _standardised(variable: Mapping[str, Any]) -> bool:
    deviation, mean = variable["standard_deviation"], variable["mean"]
    if variable["unit"] or not deviation or mean is None:
        return False
    return abs(deviation - 1) < 0.02 and abs(mean) < 0.02


def _of_meaning(report: Mapping[str, Any]) -> Iterator[Problem]:
    without = [v["name"] for v in report["variables"] if not v["unit"]]
    if without:
        each = (
            f" and {len(report['variables'])} variables are scaled each by itself"
            if len(without) > 1
            else ""
        )
        yield Problem(
            "warning",
            f"no unit of {', '.join(without[:8])}{' ...' if len(without) > 8 else ''}: errors have"
            f' none either{each}; give units=[...] in Python or [mapping] of a study, "1" if'
            " dimensionless",
        )
    for axis in report["grid"]["axes"]:
        if axis["spacing"] == "not monotonic":
            yield Problem(
                "warning", f"coordinates along {axis['name']} neither rise nor fall steadily"
            )


def _of_times(report: Mapping[str, Any]) -> Iterator[Problem]:
    times = report["times"]
    if times is None:
        if report["split"] and report["split"]["kind"] == "blocks":
            yield Problem(
                "warning",
                "no times: rows are taken to be in the order of time; name them with --time"
                " DATASET",
            )
        return
    if not times["uniform"]:
        yield Problem(
            "warning",
            f"times are not uniform, steps from {times['smallest_step']:.6g} to"
            f" {times['largest_step']:.6g}: snapshots count alike, however long the time between"
            " them",
        )
    if not times["stored_sorted"]:
        yield Problem(
            "warning", "snapshots are not stored in the order of time; they are sorted when read"
        )
