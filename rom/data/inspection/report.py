"""Everything ``rom inspect`` says of a file or data set, as one dictionary of plain types."""

from __future__ import annotations

import math
import shlex
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom import __version__
from rom.data.formats.common.readings import readings
from rom.data.inspection import describe, storage
from rom.data.inspection.contents import Item, list_datasets
from rom.data.inspection.problems import Problem, find_problems
from rom.data.inspection.sample import SAMPLE_BYTES, take_sample
from rom.data.memory import machine_bytes, memory_bytes
from rom.data.open import Data, data_name, find_files, open_mapped, recognise
from rom.data.snapshots import Snapshots
from rom.data.split import automatic_kind, split_snapshots
from rom.errors import AssumptionWarning, InputError, reading
from rom.registry import SOURCES, load


def inspect_data(
    data: Data, mapping: Mapping[str, Any] | None = None, *, whole: bool = False
) -> dict[str, Any]:
    """What is in a file or data set, what would be read, and what is wrong with it.

    Parameters
    ----------
    data, mapping : as of :func:`rom.open_snapshots`.
    whole : bool, default False
        Look at all values. Default: at a sample of about 64 MiB.

    Returns
    -------
    dict
        Plain types only (None where a number is not known), so that it can be written as JSON;
        docs/inspect.md lists the keys. `readable` is False where the snapshots could not be opened:
        `problems` says why, and `suggestions` what to type. `read_as` is None where the layout was
        not recognised.

    Raises
    ------
    InputError
        If there is no such file or data set, or the file is no data file at all, or is damaged
        beyond reading.

    Examples
    --------
    >>> report = inspect_data("cylinder_wake")
    >>> report["snapshots"], [v["name"] for v in report["variables"]], report["times"]["uniform"]
    (200, ['u', 'v'], True)
    """
    paths = find_files(data)
    with reading(*(paths or [])):
        return _inspected(data, paths, dict(mapping or {}), whole)


def _inspected(
    data: Data, paths: list[Path] | None, mapping: Mapping[str, Any], whole: bool
) -> dict[str, Any]:
    snapshots: Snapshots | None = None
    problems: list[Problem] = []
    read_as = None
    try:
        snapshots = open_mapped(data, mapping)
        read_as = snapshots.read_as
    except InputError as error:
        if paths is None or not h5py.is_hdf5(paths[0]):
            raise
        what, _, holds = str(error).partition("; the file holds ")
        # the datasets are listed anyway
        problems.append(Problem("error", str(error) if holds == "no dataset" else what))
    if paths is None:
        paths = _files_of_card(snapshots)
    files = _files(paths, snapshots)
    stored = next((path for path in files if h5py.is_hdf5(path)), paths[0])
    items, count = _items(stored)
    if snapshots is None:
        with suppress(InputError):
            layout, why = recognise(paths[0], mapping, len(paths))
            read_as = f"{load(SOURCES[layout].module).TITLE} ({why})"
    report: dict[str, Any] = {
        "rom_version": __version__,
        "name": snapshots.name if snapshots else data_name(data),
        "files": [{"path": str(path), "bytes": path.stat().st_size} for path in files],
        "bytes": sum(path.stat().st_size for path in files),
        "read_as": read_as,
        "readable": snapshots is not None,
        "assumptions": list(snapshots.assumptions) if snapshots else [],
        "n_datasets": count,
    }
    reads: dict[str, str] = {}
    if snapshots:
        reads = describe.reads(snapshots, stored, items, mapping)
        report |= _of_snapshots(snapshots, items, mapping, whole, problems)
    report["datasets"] = [{**asdict(item), "read_as": reads.get(item.name, "")} for item in items]
    # a recognised layout needs no options; where the user names a dataset it may be the wrong one
    named = not read_as or set(mapping) & {"dataset", "axes"}
    found = readings(_shapes(items), len(paths)) if named and not snapshots else []
    where = (
        paths[0]
        if len(paths) == 1
        else Path(str(data) if isinstance(data, str | Path) else "FILES")
    )
    report["suggestions"] = [
        {
            "command": f"rom inspect {shlex.quote(str(where))} {reading.arguments}",
            "gives": reading.said,
            "why": "; ".join(reading.why),
        }
        for reading in found
    ]
    report = plain(report)
    problems += find_problems(report, paths[0], reads)
    report["problems"] = [
        asdict(problem) for problem in sorted(problems, key=lambda p: p.severity != "error")
    ]
    return report


def _shapes(items: Sequence[Item]) -> dict[str, tuple[int, ...]]:
    """The datasets of real numbers."""
    return {
        item.name: item.shape for item in items if item.dtype.startswith(("float", "int", "uint"))
    }


def _files(paths: Sequence[Path], snapshots: Snapshots | None) -> list[Path]:
    """The files that are given, and those that hold their values: an XDMF file names HDF5 files."""
    segments = getattr(snapshots.source, "segments", ()) if snapshots else ()
    return list(
        dict.fromkeys([*paths, *(part.path for segment in segments for part in segment.parts)])
    )


def _files_of_card(snapshots: Snapshots | None) -> list[Path]:
    from rom.data import catalog  # here: pydantic is not needed for a file

    assert snapshots is not None
    assert snapshots.card is not None
    return [path for path in catalog.locate(snapshots.card) if path is not None]


def _items(path: Path) -> tuple[list[Item], int]:
    if not h5py.is_hdf5(path):
        return [], 0
    try:
        return list_datasets(path)
    except (OSError, RuntimeError) as error:  # h5py raises both for damaged files
        words = "incomplete, copy or write it again" if "truncated" in str(error) else "damaged"
        raise InputError(f"{path}: {words}: {error}") from error


def _of_snapshots(
    snapshots: Snapshots,
    items: Sequence[Item],
    mapping: Mapping[str, Any],
    whole: bool,
    problems: list[Problem],
) -> dict[str, Any]:
    """What is known once the snapshots are open."""
    stored = storage.describe_storage(snapshots, items)
    sample = None
    try:
        if not stored["missing_filters"]:
            sample = take_sample(snapshots, whole=whole, strided=stored["strided"])
    except InputError as error:
        problems.append(Problem("error", str(error)))
    layout = snapshots.layout
    return {
        "snapshots": len(snapshots),
        "values_per_snapshot": layout.n_features,
        "dtype": str(snapshots.dtype),
        "variables": describe.variables(layout, sample),
        "sample": describe.sampled(snapshots, sample),
        "times": describe.times(snapshots),
        "trajectories": describe.trajectories(snapshots),
        "parameters": {
            name: describe.parameter(values) for name, values in snapshots.parameters.items()
        },
        "grid": describe.grid(layout),
        "weights": describe.weights(snapshots, mapping),
        "mask": describe.mask(layout),
        "memory": _memory(snapshots),
        "storage": stored,
        "split": _split(snapshots, sample is None or describe.has_gaps(sample), problems),
    }


def _memory(snapshots: Snapshots) -> dict[str, int]:
    n = math.prod(snapshots.shape)
    return {
        "as_read": n * snapshots.dtype.itemsize,
        "as_float64": n * 8,
        "machine": machine_bytes(),
        "pod_limit": memory_bytes(None),
    }


def _split(snapshots: Snapshots, has_gaps: bool, problems: list[Problem]) -> dict[str, Any] | None:
    """The split a comparison takes by default; the gap is measured only where that is cheap."""
    options = dict(snapshots.card.split) if snapshots.card else {}
    small = not has_gaps and math.prod(snapshots.shape) * snapshots.dtype.itemsize <= SAMPLE_BYTES
    kind = options.get("kind", "auto")
    kind = automatic_kind(snapshots) if kind == "auto" else kind
    measured = kind != "blocks" or small or options.get("gap") is not None
    if not measured:
        options["gap"] = 1  # any: for the sizes, about
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", AssumptionWarning)
            split = split_snapshots(snapshots, **options)
    except InputError as error:
        problems.append(Problem("error", str(error)))
        return None
    problems += [Problem("warning", str(warning.message)) for warning in caught]
    return {
        "kind": split.kind,
        "description": (
            split.description if measured else "the gap between them is measured by the comparison"
        ),
        "gap": split.gap if measured else None,
        **{part: len(getattr(split, part)) for part in ("train", "validation", "test")},
    }


def plain(value: Any) -> Any:
    """The same with plain types alone: NumPy's numbers become Python's, what is not finite None."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value.decode(errors="replace") if isinstance(value, bytes) else value
