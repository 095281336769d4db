"""From the proposals of one or many files and the user's options to Snapshots: the same for every
HDF5 layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats import hdf5
from rom.data.formats.dates import same_reference_date
from rom.data.formats.options import LIST, NAME, NAMES, TABLE, choose_variables
from rom.data.formats.proposal import Proposal
from rom.data.h5parts import Part, Segment
from rom.data.h5source import H5Source
from rom.data.layout import POINT_AXIS, FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.data.weights import coordinate_weights
from rom.errors import InputError

#: Options that every HDF5 layout has; they win over what the file says.
OPTIONS = {"variables": NAMES, "units": LIST, "coordinates": TABLE, "periodic": NAMES}
OPTIONS |= dict.fromkeys(["time", "time_unit", "weights", "mask"], NAME)
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
        _check_same(paths[0], first, path, proposal)
    axes = first.axes if first.axes != (POINT_AXIS,) or _has_points(first) else ()
    ends = np.cumsum([len(p.segments) for p in proposals])
    source = H5Source([_segment(s[n] for n in names) for p in proposals for s in p.segments], axes)
    starts = source.starts[[0, *ends]]
    counts = np.diff(starts)
    _check_shapes(source, paths, ends)
    assumptions = [line for p in proposals for line in p.assumptions]
    times, trajectories = _times(paths, proposals, counts, assumptions)
    layout = _layout(source, first, names, options, assumptions)
    snapshots = Snapshots(
        source,
        layout,
        times=times,
        time_unit=first.time_unit,
        trajectories=trajectories,
        parameters=_parameters(proposals),
        own_split=_own_split(paths, proposals, starts, assumptions),
        ordered=_ordered(proposals),
        name=name,
        assumptions=list(dict.fromkeys(assumptions)),
    )
    if first.scaled_by is None:
        return snapshots
    numbers = [first.variables.index(name) for name in names]
    unscale = Unscale(*(np.ravel(values[numbers]) for values in first.scaled_by))
    return snapshots.map(unscale, snapshots.layout)


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
        or POINT_AXIS in _first_part(proposal).axes
    )


def _first_part(proposal: Proposal) -> Part:
    part = next(iter(proposal.segments[0].values()))
    return part[0] if isinstance(part, tuple) else part


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
    if not named and "coordinates" not in options:
        return replace(proposal, **changes)
    path = (
        path if h5py.is_hdf5(path) else _first_part(proposal).path
    )  # an XDMF file names the file with the datasets
    with h5py.File(path, "r") as file:
        for key, dataset in named.items():
            values = np.asarray(hdf5.dataset(file, dataset, path)[()])
            changes |= (
                {"times": np.ravel(values), "ordered": True} if key == "time" else {key: values}
            )
        if "time" in named:
            changes.setdefault("time_unit", hdf5.text(file[named["time"]], "units"))
        if "coordinates" in options:
            centres = hdf5.coordinates(file, options["coordinates"], path)
            changes["coordinates"] = {**proposal.coordinates, **centres}
            changes["coordinate_units"] = {
                **proposal.coordinate_units,
                **hdf5.units(file, options["coordinates"]),
            }
    return replace(proposal, **changes)


def _check_same(first_path: Path, first: Proposal, path: Path, proposal: Proposal) -> None:
    for what in ("variables", "axes"):
        here, there = getattr(proposal, what), getattr(first, what)
        if here != there:
            raise InputError(
                f"{path}: its {what} are {', '.join(here)}, those of {first_path}"
                f" {', '.join(there)}"
            )
    if proposal.time_unit != first.time_unit:
        raise InputError(
            f"{path}: its times are in {proposal.time_unit!r}, those of {first_path} in"
            f" {first.time_unit!r}"
        )
    here, there = (
        np.zeros(0) if p.scaled_by is None else np.asarray(p.scaled_by) for p in (proposal, first)
    )
    if not np.array_equal(here, there, equal_nan=True):
        raise InputError(
            f"{path}: its fields were scaled by another mean or deviation than those of"
            f" {first_path}"
        )
    for axis, values in first.coordinates.items():
        other = proposal.coordinates.get(axis)
        if other is not None and not (
            np.shape(other) == np.shape(values) and np.allclose(other, values)
        ):
            raise InputError(
                f"{path}: its coordinates along {axis} differ from those of {first_path}"
            )


def _check_shapes(source: H5Source, paths: Sequence[Path], ends: np.ndarray) -> None:
    expected = source.grid(0)
    for path, number in zip(paths[1:], ends[:-1], strict=True):
        if source.grid(int(number)) != expected:
            raise InputError(
                f"{path}: a grid of {source.grid(int(number))} cells, that of {paths[0]} has"
                f" {expected}; files of one series have the same grid"
            )


def _ordered(proposals: Sequence[Proposal]) -> bool | None:
    """What all of them say; None where nothing is said against an order, and not all are sure of
    it.
    """
    said = {proposal.ordered for proposal in proposals}
    return said.pop() if len(said) == 1 else False if False in said else None


def _times(
    paths: Sequence[Path], proposals: Sequence[Proposal], counts: np.ndarray, assumptions: list[str]
) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Times of all rows, and the trajectory each belongs to."""
    with_times = [p.times is not None for p in proposals]
    if any(with_times) and not all(with_times):
        raise InputError(
            f"{paths[with_times.index(False)]}: no times, but other files of the series have them"
        )
    for path, proposal, n in zip(paths, proposals, counts, strict=True):
        if proposal.times is not None and len(proposal.times) != n:
            raise InputError(
                f"{path}: times has shape {np.shape(proposal.times)}, there are {n} snapshots"
            )
    times = (
        np.concatenate([np.asarray(p.times, np.float64) for p in proposals])
        if all(with_times)
        else None
    )
    if times is None and len(paths) > 1 and _ordered(proposals) is not False:
        assumptions.append(
            "no times given: files are taken to be in the order of the numbers in their names"
        )
    numbered: list[np.ndarray] = []
    for proposal, n in zip(proposals, counts, strict=True):
        own = (
            np.zeros(n, np.int64)
            if proposal.trajectories is None
            else np.asarray(proposal.trajectories)
        )
        numbered.append(own + (numbered[-1].max() + 1 if numbered else 0))
    if any(p.trajectories is not None for p in proposals):
        return times, np.concatenate(numbered)
    if times is not None and len(paths) > 1:
        repeated = len(times) - len(np.unique(times))
        # a restart repeats an instant or two, which is an error of the series; other simulations
        # repeat nearly all
        if 2 * repeated >= len(times) - counts.max():
            assumptions.append(
                "the files have the same times: each is taken for a trajectory of its own"
            )
            return times, np.concatenate(numbered)
    return times, None


def _layout(
    source: H5Source,
    first: Proposal,
    names: Sequence[str],
    options: Mapping[str, Any],
    assumptions: list[str],
) -> FieldLayout:
    shape = source.grid(0)
    axes = source.grid_axes
    weights = first.weights
    if weights is None and options.get("weights") != "none" and first.mesh is None:
        weights, words = coordinate_weights(shape, axes, first.coordinates, first.coordinate_units)
        assumptions += words
    if weights is None and options.get("weights") == "coordinates":
        assumptions.append("cell weights: equal, the coordinates are uniform")
    mask = None if first.mask is None else np.asarray(first.mask).astype(bool)
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
    """The split of a single file, or that of the folders train, valid(ation) and test the files lie
    in.
    """
    if len(paths) == 1:
        own = proposals[0].own_split
        return None if own is None else dict(own)
    parts = [PARTS.get(path.parent.name.lower()) for path in paths]
    if None in parts or not {"train", "test"} <= set(parts):
        return None
    assumptions.append("split: by the folders the files lie in")
    rows: dict[str, list[np.ndarray]] = {}
    for part, start, stop in zip(parts, starts[:-1], starts[1:], strict=True):
        rows.setdefault(str(part), []).append(np.arange(start, stop))
    return {part: np.concatenate(pieces) for part, pieces in rows.items()}


def natural(path: Path) -> list[tuple[int, float, str]]:
    """Sorting key by which numbers in names count as numbers: flow_2.h5 is before flow_10.h5.

    >>> [p.name for p in sorted(map(Path, ["a10.h5", "a9.h5"]), key=natural)]
    ['a9.h5', 'a10.h5']
    """
    pieces = re.split(r"(\d+)", str(path))
    return [(0, float(piece), "") if piece.isdigit() else (1, 0.0, piece) for piece in pieces]
