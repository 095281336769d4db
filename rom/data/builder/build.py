"""From the proposals of one or many files and the user's options to Snapshots: the same for every
layout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder import series
from rom.data.builder.dates import same_reference_date
from rom.data.builder.options import INTEGER, LIST, NAME, NAMES, TABLE, choose_variables
from rom.data.builder.parameters import array_or_attribute, named_parameters
from rom.data.builder.proposal import Proposal, first_part
from rom.data.layout import POINT_AXIS, FieldLayout
from rom.data.mesh import Mesh
from rom.data.part_source import PartSource
from rom.data.parts import Part, Segment
from rom.data.select import thinned
from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.data.stored import Container, vector, whole
from rom.data.weights import coordinate_weights
from rom.errors import InputError

#: Options that every layout has; they win over what the file says.
OPTIONS = {"variables": NAMES, "units": LIST, "coordinates": TABLE, "periodic": NAMES}
OPTIONS |= dict.fromkeys(["time", "time_unit", "weights", "mask"], NAME)
OPTIONS |= {"parameters": NAMES, "points": NAMES}
OPTIONS |= {"select": NAME, "coarsen": INTEGER, "every": INTEGER}
#: Words in the place of a dataset of weights.
WEIGHT_WORDS = ("coordinates", "none")
#: Names of folders that hold one part of a split.
PARTS = {
    "train": "train",
    "valid": "validation",
    "val": "validation",
    "validation": "validation",
    "test": "test",
}


def build(
    paths: Sequence[Path], proposals: Sequence[Proposal], options: Mapping[str, Any], name: str
) -> Snapshots:
    """Snapshots of files, one after the other, with the user's options in the place of what the
    files say.

    Raises
    ------
    InputError
        If the files do not fit together, or an option does not fit the files.
    """
    proposals = [_overridden(path, p, options) for path, p in zip(paths, proposals, strict=True)]
    proposals = same_reference_date(proposals)
    first = proposals[0]
    names = choose_variables(options.get("variables"), first.variables, paths[0])
    for path, proposal in zip(paths[1:], proposals[1:], strict=True):
        series.check_same(paths[0], first, path, proposal)
    # (POINT_AXIS,) also stands for no grid at all: it is kept where the parts have that axis
    axes = first.axes if first.axes != (POINT_AXIS,) or _has_points(first) else ()
    ends = np.cumsum([len(p.segments) for p in proposals])
    source = PartSource(
        [_segment(s[n] for n in names) for p in proposals for s in p.segments], axes
    )
    # the source counts rows by segment; times and splits need them by file
    starts = source.starts[[0, *ends]]
    counts = np.diff(starts)
    series.check_shapes(source, paths, ends)
    assumptions = [line for p in proposals for line in p.assumptions]
    times, trajectories = series.times_and_trajectories(paths, proposals, counts, assumptions)
    layout = _layout(source, first, names, options, assumptions)
    parameters = _parameters(proposals)
    is_ordered = series.ordered(proposals)
    if "parameters" in options:
        parameters |= named_parameters(options["parameters"], paths, proposals, counts)
        if times is None:  # cases of a study over parameters, in any order
            is_ordered = False
    snapshots = Snapshots(
        source,
        layout,
        times=times,
        time_unit=first.time_unit,
        trajectories=trajectories,
        parameters=parameters,
        own_split=_own_split(paths, proposals, starts, assumptions),
        ordered=is_ordered,
        name=name,
        assumptions=list(dict.fromkeys(assumptions)),
    )
    if first.scaled_by is not None:
        numbers = [first.variables.index(name) for name in names]
        unscale = Unscale(*(np.ravel(values[numbers]) for values in first.scaled_by))
        snapshots = snapshots.map(unscale, snapshots.layout)
    return thinned(snapshots, options)


@dataclass(frozen=True, eq=False)
class Unscale:
    """Physical values of scaled ones: ``stored * scale + offset``, each (n_features,)."""

    scale: np.ndarray
    offset: np.ndarray

    def __call__(self, block: np.ndarray, features: Features) -> np.ndarray:
        scale, offset = (
            values[features].astype(block.dtype) for values in (self.scale, self.offset)
        )
        return block * scale + offset


def _segment(row: Iterable[Part | tuple[Part, ...]]) -> Segment:
    # a variable is one part, or one for each piece of the mesh (point layouts)
    pieces = [part if isinstance(part, tuple) else (part,) for part in row]
    parts = tuple(part for each in pieces for part in each)
    return Segment(merged(parts)) if len(parts) == len(pieces) else Segment(parts, len(pieces[0]))


def merged(parts: Any) -> tuple[Part, ...]:
    """Parts with neighbours of one dataset made one: components of a vector are read together."""
    found: list[Part] = []
    for part in parts:
        before = found[-1] if found else None
        if before is not None and "c" in part.take and _but_c(before) == _but_c(part):
            taken = before.take["c"]
            # the same dataset at the next component: one read of (c, c + 1, ...) for both
            numbers = (*(taken if isinstance(taken, tuple) else (taken,)), part.take["c"])
            found[-1] = replace(before, take={**before.take, "c": numbers})
        else:
            found.append(part)
    return tuple(found)


def _but_c(part: Part) -> tuple:
    others = sorted((axis, str(taken)) for axis, taken in part.take.items() if axis != "c")
    return part.path, part.dataset, part.axes, part.decoding, "c" in part.take, others


def _has_points(proposal: Proposal) -> bool:
    return (
        isinstance(next(iter(proposal.segments[0].values())), tuple)
        or POINT_AXIS in first_part(proposal).axes
    )


def _overridden(path: Path, proposal: Proposal, options: Mapping[str, Any]) -> Proposal:
    """The proposal with datasets that the user names in the place of its own."""
    changes: dict[str, Any] = {key: options[key] for key in ("time_unit",) if key in options}
    if "units" in options:
        if len(options["units"]) != len(proposal.variables):
            raise InputError(
                f"{path}: {len(options['units'])} units for {len(proposal.variables)} variables"
            )
        changes["units"] = dict(zip(proposal.variables, options["units"], strict=True))
    if "periodic" in options:
        names = options["periodic"]
        changes["periodic"] = tuple(names.split() if isinstance(names, str) else names)
    weights = options.get("weights")
    if weights == "none":
        changes["weights"] = None
    named = {key: options[key] for key in ("time", "mask") if key in options}
    if weights is not None and weights not in WEIGHT_WORDS:
        named["weights"] = weights
    if not named and "coordinates" not in options and "points" not in options:
        return replace(proposal, **changes)
    first = first_part(proposal)  # an XDMF file names the file with the arrays
    file = first.opener(first.path)
    for key, name in named.items():
        values = array_or_attribute(file, name) if key == "time" else whole(file.array(name))
        if values.dtype.kind not in "fiub":
            raise InputError(f"{path}: {name!r} holds {values.dtype}, not numbers")
        changes |= {"times": np.ravel(values), "ordered": True} if key == "time" else {key: values}
        changes |= {"time_step": values.size == 1} if key == "time" else {}
    if "time" in named and named["time"] in file.shapes():
        changes.setdefault("time_unit", file.array(named["time"]).unit())
    if "coordinates" in options:
        found = {axis: file.array(name) for axis, name in options["coordinates"].items()}
        centres = {axis: vector(whole(array)) for axis, array in found.items()}
        units = {axis: unit for axis, array in found.items() if (unit := array.unit())}
        changes["coordinates"] = {**proposal.coordinates, **centres}
        changes["coordinate_units"] = {**proposal.coordinate_units, **units}
    if "points" in options:
        changes["mesh"] = _points(file, options["points"], first.path)
    return replace(proposal, **changes)


def _points(file: Container, given: str | Sequence[str], path: Path) -> Mesh:
    """Where the cells lie: an array of two or three columns, or a vector for each direction."""
    names = [given] if isinstance(given, str) else list(given)
    columns = [whole(file.array(name)) for name in names]
    values = columns[0] if len(columns) == 1 else np.column_stack([c.ravel() for c in columns])
    if values.ndim == 2 and values.shape[1] not in (2, 3) and values.shape[0] in (2, 3):
        values = values.T
    if values.ndim != 2 or values.shape[1] not in (2, 3):
        raise InputError(
            f"{path}: points {', '.join(names)} of shape {values.shape}; two or three columns"
            " expected, or a vector for each direction"
        )
    return Mesh(np.pad(values.astype(np.float64), ((0, 0), (0, 3 - values.shape[1]))))


def _layout(
    source: PartSource,
    first: Proposal,
    names: Sequence[str],
    options: Mapping[str, Any],
    assumptions: list[str],
) -> FieldLayout:
    shape = source.grid(0)
    axes = source.grid_axes
    if "points" in options and first.mesh is not None:
        _check_points(len(first.mesh.points), math.prod(shape), source)
    weights = first.weights
    if weights is None and options.get("weights") != "none" and first.mesh is None:
        weights, words = coordinate_weights(shape, axes, first.coordinates, first.coordinate_units)
        assumptions += words
    if weights is None and options.get("weights") == "coordinates":
        assumptions.append("cell weights: equal, the coordinates are uniform")
    mask = None if first.mask is None else np.asarray(first.mask).astype(bool)
    # a mask for each variable of the file follows the variables that were chosen
    if mask is not None and mask.ndim > len(shape) and len(mask) == len(first.variables):
        mask = mask[[first.variables.index(name) for name in names]]
    return FieldLayout(
        tuple(names),
        shape or (1,),
        axes or (POINT_AXIS,),
        units=tuple(str(first.units.get(name, "")) for name in names),
        coordinates=first.coordinates,
        coordinate_units=first.coordinate_units,
        weights=weights,
        mask=mask,
        mesh=first.mesh,
        periodic=first.periodic,
    )


def _check_points(n_points: int, n_cells: int, source: PartSource) -> None:
    if n_points == n_cells:
        return
    n = source.shape[0]
    turned = "; the axes stand the other way round: there are as many snapshots as points"
    raise InputError(
        f"{n_points} points for {n_cells} values of a snapshot{turned if n == n_points else ''}"
    )


def _parameters(proposals: Sequence[Proposal]) -> dict[str, np.ndarray]:
    """Parameters that every file has."""
    shared = [
        name for name in proposals[0].parameters if all(name in p.parameters for p in proposals)
    ]
    return {
        name: np.concatenate([np.asarray(p.parameters[name]) for p in proposals]) for name in shared
    }


def _own_split(
    paths: Sequence[Path], proposals: Sequence[Proposal], starts: np.ndarray, assumptions: list[str]
) -> dict[str, np.ndarray] | None:
    """The split of a single file, or that of the parts which files are said to be, or that of the
    folders train, valid(ation) and test they lie in.
    """
    parts = [proposal.own_part for proposal in proposals]
    if len(paths) == 1 and not all(parts):
        own = proposals[0].own_split
        return None if own is None else dict(own)
    if not all(parts):
        parts = [PARTS.get(path.parent.name.lower(), "") for path in paths]
        if not all(parts) or not {"train", "test"} <= set(parts):
            return None
        assumptions.append("split: by the folders the files lie in")
    rows: dict[str, list[np.ndarray]] = {}
    for part, start, stop in zip(parts, starts[:-1], starts[1:], strict=True):
        rows.setdefault(part, []).append(np.arange(start, stop))
    return {part: np.concatenate(pieces) for part, pieces in rows.items()}


def natural(path: Path) -> list[tuple[int, float, str]]:
    """Sorting key by which numbers in names count as numbers: flow_2.h5 is before flow_10.h5.

    >>> [p.name for p in sorted(map(Path, ["a10.h5", "a9.h5"]), key=natural)]
    ['a9.h5', 'a10.h5']
    """
    pieces = re.split(r"(\d+)", str(path))
    return [(0, float(piece), "") if piece.isdigit() else (1, 0.0, piece) for piece in pieces]
