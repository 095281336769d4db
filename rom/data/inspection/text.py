"""The report of ``rom inspect`` as lines of plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rom.data.limits import size_text
from rom.strings import all_visible

WIDTH = 110
MOST_LINES = 20  # of datasets, or of anything else there may be thousands of
LABEL = 13


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """The report, top to bottom; strings of the file with what cannot be seen written out."""
    report = all_visible(report)
    yield from _head(report)
    yield from _datasets(report)
    if report["readable"]:
        yield from _variables(report)
        yield from _axes(report)
        yield from _reading(report)
    for line in report["assumptions"]:
        if not line.startswith("cell weights:"):  # these stand next to the weights
            yield from _entry("assumed", line)
    if report["suggestions"]:
        yield ""
        more = len(report["suggestions"]) > 1
        yield (
            "it may be read as follows (t snapshots, c variables, others grid)"
            + ("; the first is the likeliest:" if more else ":")
        )
        for one in report["suggestions"]:
            yield f"  {one['command']}"
            yield f"    gives {one['gives']}{': ' + one['why'] if one['why'] else ''}"
    yield ""
    if not report["problems"]:
        yield (
            "nothing is wrong with it"
            if report["sample"]["whole"]
            else "nothing wrong was found in the sample"
        )
    for problem in report["problems"][:MOST_LINES]:
        yield from _entry(problem["severity"], problem["message"])
    if len(report["problems"]) > MOST_LINES:
        yield f"... and {len(report['problems']) - MOST_LINES} more (--json lists them)"


def _entry(label: str, text: str) -> list[str]:
    """A label and its text, which continues below itself."""
    pieces = textwrap.wrap(text, WIDTH - LABEL, break_long_words=False, break_on_hyphens=False) or [
        ""
    ]
    return [f"{label:<{LABEL}}{pieces[0]}", *(" " * LABEL + piece for piece in pieces[1:])]


def _table(rows: Sequence[Sequence[str]], right: str = "") -> list[str]:
    """Columns of equal width, no rule, empty columns left out; letters of `right`: r for a column
    of numbers.
    """
    keep = [i for i in range(len(rows[0])) if any(row[i] for row in rows[1:])]
    widths = [max(len(row[i]) for row in rows) for i in keep]
    sides = [right[i : i + 1] for i in keep]
    return [
        ("  " + "  ".join(
            row[i].rjust(width) if side == "r" else row[i].ljust(width)
            for i, width, side in zip(keep, widths, sides, strict=True)
        )).rstrip()
        for row in rows
    ]  # fmt: skip


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    files = report["files"]
    if len(files) == 1:
        yield from _entry("file", f"{files[0]['path']}, {size_text(files[0]['bytes'])}")
    else:
        names = [file["path"] for file in files]
        shown = names if len(names) <= 4 else [*names[:2], "...", names[-1]]
        yield from _entry(
            "files", f"{len(files)}, {size_text(report['bytes'])}: {', '.join(shown)}"
        )
    refused = (
        "" if report["readable"] or not report["read_as"] else ", but cannot be read: see below"
    )
    yield from _entry(
        "read as", (report["read_as"] or "layout not recognised: see below") + refused
    )


def _datasets(report: Mapping[str, Any]) -> Iterator[str]:
    if not report["n_datasets"]:
        return
    found = sorted(
        _alike(report["datasets"]), key=lambda group: not group[0]["read_as"]
    )  # what is read comes first
    rows = [("name", "shape", "type", "unit", "chunks", "filters", "on disk", "read as")]
    for group in found[:MOST_LINES]:
        item = group[0]
        name = item["name"]
        if len(group) > 1:
            name += f" ... {group[-1]['name']} ({len(group):,} datasets)"
        chunks = _shape(item["chunks"]) if item["chunks"] else item["storage"]
        stored = size_text(sum(one["stored_bytes"] for one in group))
        filters = " ".join(item["filters"])
        rows.append(
            (
                name,
                _shape(item["shape"]),
                item["dtype"],
                item["unit"],
                chunks,
                filters,
                stored,
                item["read_as"],
            )
        )
    yield ""
    where = " of the first file" if len(report["files"]) > 1 else ""
    yield f"datasets{where}: {report['n_datasets']:,}"
    yield from _table(rows, "......r")
    if len(found) > MOST_LINES:
        rest = sum(map(len, found[MOST_LINES:])) + report["n_datasets"] - len(report["datasets"])
        yield f"  ... and {rest:,} more (--json lists them)"


def _alike(items: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Datasets whose names differ in numbers only and which are else alike, together where there
    are more than 3.
    """
    found: dict[str, list[Mapping[str, Any]]] = {}
    for item in items:
        same = [item[key] for key in ("shape", "dtype", "unit", "chunks", "filters", "read_as")]
        found.setdefault(f"{re.sub(r'[0-9]+', '#', item['name'])} {same}", []).append(item)
    return [
        piece
        for group in found.values()
        for piece in ([group] if len(group) > 3 else [[one] for one in group])
    ]


def _shape(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape)) if shape else "scalar"


def _number(value: Any, digits: int = 5) -> str:
    return "" if value is None else f"{value:.{digits}g}"


def _variables(report: Mapping[str, Any]) -> Iterator[str]:
    sample, variables = report["sample"], report["variables"]
    rows = [
        (
            "name",
            "unit",
            "min",
            "max",
            "mean",
            "std",
            "always missing",
            "sometimes missing",
            "infinite",
        )
    ]
    for v in variables[:MOST_LINES]:
        numbers = [_number(v[key]) for key in ("minimum", "maximum", "mean", "standard_deviation")]
        counts = [
            v[key]
            for key in ("cells_always_missing", "values_sometimes_missing", "values_infinite")
        ]
        rows.append(
            (v["name"], v["unit"], *numbers, *(f"{count:,}" if count else "" for count in counts))
        )
    yield ""
    share = sample["share_of_values"]
    part = f", {share:.2g} of the values" if 0 < share < 1 else ""
    looked = f"from a sample of {sample['snapshots']:,} of {sample['of']:,} snapshots{part}"
    looked = (
        "from all values"
        if sample["whole"]
        else looked
        if sample["snapshots"]
        else "values not looked at"
    )
    yield f"variables: {len(variables)} ({looked})"
    yield from _table(rows, "..rrrrrrr")
    if len(variables) > MOST_LINES:
        yield f"  ... and {len(variables) - MOST_LINES} more (--json lists them)"


def _axes(report: Mapping[str, Any]) -> Iterator[str]:
    yield ""
    yield from _entry(
        "snapshots",
        f"{report['snapshots']:,} of {report['values_per_snapshot']:,} values, {report['dtype']}",
    )
    if times := report["times"]:
        unit = f" {times['unit']}" if times["unit"] else ""
        text = f"{times['first']:.6g} to {times['last']:.6g}{unit}"
        if times["step"] is not None:
            uniform = f"uniform, step {times['step']:.6g}"
            steps = (
                f"not uniform, steps {times['smallest_step']:.6g} to {times['largest_step']:.6g}"
            )
            text += f", {uniform if times['uniform'] else steps}{unit}"
        yield from _entry(
            "times",
            f"{text}, {'stored in order' if times['stored_sorted'] else 'not stored in order'}",
        )
    else:
        yield from _entry("times", "none")
    if found := report["trajectories"]:
        lengths = f"{found['shortest']}" + (
            f" to {found['longest']}" if found["longest"] > found["shortest"] else ""
        )
        yield from _entry("trajectories", f"{found['count']:,} of {lengths} snapshots")
    for name, values in list(report["parameters"].items())[:MOST_LINES]:
        text = f"{name}: {values['distinct']} different values"
        if values["values"]:
            text += ": " + ", ".join(_value(value) for value in values["values"])
        elif values["minimum"] is not None:
            text += f", {_value(values['minimum'])} to {_value(values['maximum'])}"
        yield from _entry("parameter", text)
    yield from _grid(report)


def _value(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _grid(report: Mapping[str, Any]) -> Iterator[str]:
    grid, weights, mask = report["grid"], report["weights"], report["mask"]
    shape = ", ".join(f"{axis['name']} {axis['n']:,}" for axis in grid["axes"])
    yield from _entry(
        "grid", f"{shape}: {grid['cells']:,} cells" if len(grid["axes"]) > 1 else shape
    )
    for axis in grid["axes"]:
        words = ["periodic"] if axis["periodic"] else []
        if axis["spacing"]:
            unit = f" {axis['unit']}" if axis["unit"] else ""
            words = [f"{axis['first']:.6g} to {axis['last']:.6g}{unit}", axis["spacing"], *words]
        if words:
            yield from _entry("", f"{axis['name']}: {', '.join(words)}")
    if mesh := grid["mesh"]:
        yield from _entry(
            "mesh",
            f"{mesh['points']:,} points, {mesh['cells']:,} cells, values at {mesh['values_at']}",
        )
    ratio = weights["largest_to_smallest"]
    different = f", largest to smallest {ratio:.4g}" if weights["from"] != "equal" else ""
    zeros = f", {weights['zeros']:,} are zero" if weights["zeros"] else ""
    yield from _entry("weights", f"{weights['from']}{different}{zeros}")
    if mask:
        yield from _entry(
            "mask", f"{mask['values_masked']:,} of {mask['of']:,} values of a snapshot hold no data"
        )


def _reading(report: Mapping[str, Any]) -> Iterator[str]:
    memory, split = report["memory"], report["split"]
    fits = "fits in" if memory["as_float64"] <= memory["pod_limit"] else "more than"
    text = f"{size_text(memory['as_float64'])} as float64"
    if report["dtype"] != "float64":
        text = f"{size_text(memory['as_read'])} as {report['dtype']}, {text}"
    yield from _entry(
        "in memory", f"{text}; {fits} a quarter of this machine's {size_text(memory['machine'])}"
    )
    yield from _entry("storage", report["storage"]["words"])
    if split:
        sizes = (
            f"train {split['train']:,}, validation {split['validation']:,}, test {split['test']:,}"
        )
        about = "" if split["gap"] is not None else "about "
        yield from _entry("split", f"{split['kind']}: {about}{sizes}; {split['description']}")
