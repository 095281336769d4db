"""Facts on open snapshots, part by part, as dictionaries."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.hdf5_open import open_hdf5
from rom.data.inspection.contents import Item
from rom.data.inspection.sample import Sample
from rom.data.layout import FieldLayout
from rom.data.part_source import PartSource
from rom.data.parts import Part, Segment
from rom.data.slab import read_all
from rom.data.snapshots import Snapshots
from rom.data.weights import ROUNDING, UNIFORM, is_uniform

MATCHED_BYTES = 64 * 2**20  # of datasets that are compared with the times, coordinates, ...


def reads(
    snapshots: Snapshots, path: Path, items: Sequence[Item], mapping: Mapping[str, Any]
) -> dict[str, str]:
    """Dataset -> what is read from it: variables by the source, others by the mapping or by holding
    the same values.
    """
    found: dict[str, str] = {}
    if not isinstance(snapshots.source, PartSource) or not h5py.is_hdf5(path):
        return found
    shapes = {item.name: item.shape for item in items}
    for segment in snapshots.source.segments:
        names = iter([name for name in snapshots.layout.variables for _ in range(segment.pieces)])
        for part in segment.parts:
            # a part holds one variable, or those that it takes along its axis c
            some = [next(names) for _ in range(_n_variables(part, shapes))]
            if part.path == path:
                name = part.dataset.strip("/")
                before = found[name].split(", ") if name in found else []
                found[name] = ", ".join(dict.fromkeys([*before, *some]))
    given = {
        str(mapping[key]).strip("/"): key for key in ("time", "weights", "mask") if key in mapping
    }
    found |= {name: what for name, what in given.items() if name in shapes and name not in found}
    segments = snapshots.source.segments
    n_rows = int(
        sum(
            snapshots.source.starts[i + 1] - snapshots.source.starts[i] for i in _of(path, segments)
        )
    )
    # only datasets of such a size can hold times, parameters, coordinates, weights or a mask: the
    # others need not be read
    sizes = {
        n_rows,
        snapshots.layout.n_cells,
        len(snapshots.layout.valid),
        *snapshots.layout.grid_shape,
    } - {1}
    others = [item for item in items if item.name not in found and math.prod(item.shape) in sizes]
    others = [
        item
        for item in others
        if item.dtype.startswith(("float", "int", "uint")) and not item.missing_filters
    ]
    room = MATCHED_BYTES
    with open_hdf5(path) as file:
        for item in others:
            room -= item.nbytes
            if room < 0:
                break
            with suppress(OSError):  # damaged: no mark; whoever needs it says so
                if what := _same_values(snapshots, read_all(file[item.name]), n_rows):
                    found[item.name] = what
    return found


def _of(path: Path, segments: Sequence[Segment]) -> list[int]:
    return [number for number, segment in enumerate(segments) if segment.parts[0].path == path]


def _n_variables(part: Part, shapes: Mapping[str, tuple[int, ...]]) -> int:
    taken = part.take.get("c")
    if taken is None:
        shape = shapes.get(part.dataset.strip("/"), ())
        return dict(zip(part.axes, shape, strict=False)).get("c", 1)
    if isinstance(taken, slice):
        return len(range(*taken.indices(2**31)))
    return len(taken) if isinstance(taken, tuple) else 1


def _same_values(snapshots: Snapshots, values: np.ndarray, n_rows: int) -> str:
    """What of the snapshots has these values; "" where none has."""
    layout = snapshots.layout
    for axis, centres in layout.coordinates.items():
        if np.array_equal(values.ravel(), centres):
            return f"coordinates of {axis}"
    for what, array in (("weights", layout.weights), ("mask", layout.mask)):
        if array is not None and values.shape == array.shape and np.array_equal(values, array):
            return what
    if values.size != n_rows:
        return ""
    if snapshots.times is not None and np.isin(values, snapshots.times).all():
        return "time"
    for name, array in snapshots.parameters.items():
        if array.dtype.kind in "fiu" and np.isin(values, array).all():
            return f"parameter {name}"
    return ""


def variables(layout: FieldLayout, sample: Sample | None) -> list[dict[str, Any]]:
    """Name, unit and what the sample says of each variable."""
    rows = []
    for name, unit in zip(layout.variables, layout.units, strict=True):
        row: dict[str, Any] = {"name": name, "unit": unit}
        found = sample.variables[name] if sample and sample.n_values else None
        # a sample in pieces may have met no cell of this variable
        seen = found is not None and found.count + found.always + found.infinite > 0

        # without one finite value they are infinite or NaN, of which the report makes None
        for key in ("minimum", "maximum", "mean", "standard_deviation", "varies"):
            row[key] = getattr(found, key) if seen else None
        for key, attribute in (
            ("cells_always_missing", "always"),
            ("values_sometimes_missing", "sometimes"),
        ):
            row[key] = getattr(found, attribute) if seen else None

        row["values_infinite"] = found.infinite if found and seen else None
        row["first_missing"] = found.first_missing if found else ""
        row["first_infinite"] = found.first_infinite if found else ""
        rows.append(row)
    return rows


def sampled(snapshots: Snapshots, sample: Sample | None) -> dict[str, Any]:
    """How much was looked at."""
    n_values = sample.n_values if sample else 0
    return {
        "snapshots": sample.n_snapshots if sample else 0,
        "of": len(snapshots),
        "share_of_values": n_values / (len(snapshots) * snapshots.shape[1]),
        "whole": bool(sample and sample.whole),
    }


def has_gaps(sample: Sample) -> bool:
    """Whether a value is missing or infinite outside the mask, or nothing was looked at."""
    each = sample.variables.values()
    return not sample.n_values or any(v.always or v.sometimes or v.infinite for v in each)


def times(snapshots: Snapshots) -> dict[str, Any] | None:
    """Count, range and step; None where there are no times."""
    values = snapshots.times
    if values is None:
        return None
    groups = np.zeros(len(values)) if snapshots.trajectories is None else snapshots.trajectories
    # steps within a trajectory; where the next one begins time falls back
    steps = np.diff(values)[np.diff(groups) == 0]
    spread = np.ptp(steps) if len(steps) else 0.0
    # stored times are rounded relative to the times, not to the steps
    limit = UNIFORM * np.abs(steps).mean() + ROUNDING * np.abs(values).max() if len(steps) else 0.0
    return {
        "count": len(values),
        "first": values.min(),
        "last": values.max(),
        "unit": snapshots.time_unit,
        "step": np.median(steps) if len(steps) else None,
        "smallest_step": steps.min() if len(steps) else None,
        "largest_step": steps.max() if len(steps) else None,
        "uniform": bool(spread <= limit),
        "stored_sorted": "are sorted by it" not in " ".join(snapshots.assumptions),
    }


def trajectories(snapshots: Snapshots) -> dict[str, Any] | None:
    """How many, and how long they are; None where all snapshots are of one."""
    if snapshots.trajectories is None:
        return None
    lengths = np.unique(snapshots.trajectories, return_counts=True)[1]
    return {"count": len(lengths), "shortest": lengths.min(), "longest": lengths.max()}


def parameter(values: np.ndarray) -> dict[str, Any]:
    """Range of a parameter, and its values where they are few."""
    distinct = np.unique(values)
    number = values.dtype.kind in "fiub"
    return {
        "dtype": str(values.dtype) if number else "text",
        "distinct": len(distinct),
        "minimum": distinct[0] if number else None,
        "maximum": distinct[-1] if number else None,
        "values": distinct if len(distinct) <= 12 else None,
    }


def grid(layout: FieldLayout) -> dict[str, Any]:
    """Shape, axes with their coordinates, and the mesh."""
    axes = []
    for name, n in zip(layout.axes, layout.grid_shape, strict=True):
        row: dict[str, Any] = {"name": name, "n": n, "unit": layout.coordinate_units.get(name, "")}
        row |= {"periodic": name in layout.periodic, "first": None, "last": None, "spacing": None}
        if name in layout.coordinates:
            x = np.asarray(layout.coordinates[name], dtype=np.float64)
            row |= {"first": x[0], "last": x[-1], "spacing": _spacing(x)}
        axes.append(row)
    mesh = layout.mesh
    return {
        "shape": layout.grid_shape,
        "cells": layout.n_cells,
        "axes": axes,
        "mesh": (
            mesh
            and {"points": len(mesh.points), "cells": len(mesh.types), "values_at": mesh.values_at}
        ),
    }


def _spacing(x: np.ndarray) -> str:
    steps = np.diff(x)
    if len(steps) < 2:
        return "uniform"
    if not (np.all(steps > 0) or np.all(steps < 0)):
        return "not monotonic"
    return "uniform" if is_uniform(x) else "stretched"


def weights(snapshots: Snapshots, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Where the cell weights are from, and how much they differ."""
    values = snapshots.layout.weights
    if values is None:
        return {"from": "equal", "largest_to_smallest": 1.0, "zeros": 0}
    words = [
        line.removeprefix("cell weights: ")
        for line in snapshots.assumptions
        if line.startswith("cell weights:")
    ]
    given = mapping.get("weights")
    named = f"dataset {given}" if given and given != "coordinates" else ""
    positive = values[values > 0]
    return {
        "from": named or "; ".join(words) or "the file",
        "largest_to_smallest": positive.max() / positive.min(),
        "zeros": int((values == 0).sum()),
    }


def mask(layout: FieldLayout) -> dict[str, Any] | None:
    """Cells that the file itself says hold no data."""
    if layout.mask is None:
        return None
    return {"values_masked": int((~layout.valid).sum()), "of": layout.n_variables * layout.n_cells}
