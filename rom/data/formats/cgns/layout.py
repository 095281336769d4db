"""CGNS in HDF5: zones with solutions, one for each step, or one file for each step."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.options import NAME, NAMES
from rom.data.builder.proposal import Proposal
from rom.data.formats.cgns import nodes
from rom.data.formats.cgns.zone import Zone
from rom.data.formats.common import places
from rom.data.formats.common.rows import component_parts
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError, nearest

TITLE = "CGNS"
OPTIONS = {"base": NAME, "zone": NAMES}


def recognise(path: Path) -> str:
    """Whether a node of the root is labelled as a base."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        if "label" not in file.attrs and "CGNSLibraryVersion" not in file:
            return ""
        return (
            "label CGNSBase_t"
            if any(nodes.label(file.get(name)) == "CGNSBase_t" for name in file)
            else ""
        )


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """The zones of a base, one after the other. Options: ``base``, ``zone`` (a name or several),
    default all.
    """
    with open_hdf5(path) as file:
        base = _chosen(nodes.children(file, "CGNSBase_t", path), options.get("base"), "base", path)
        dimension = int(nodes.integers(base, path)[0])
        zones = [
            Zone(node, name, dimension, path)
            for name, node in _zones(base, options.get("zone"), path).items()
        ]
        at, words = _location(zones, options.get("variables"), path)
        steps = [zone.steps(at) for zone in zones]
        if len({len(each) for each in steps}) > 1:
            counts = ", ".join(
                f"{zone.name} {len(each)}" for zone, each in zip(zones, steps, strict=True)
            )
            raise InputError(
                f"{path}: the zones have different numbers of steps: {counts}; choose some with"
                " zone="
            )
        found = [zone.place(at) for zone in zones]
        variables = list(_fields(steps[0][0], path))
        if not variables:
            raise InputError(f"{path}: the solution {steps[0][0].name} has no arrays")
        rows = [
            _row(variables, zones, found, solutions, at) for solutions in zip(*steps, strict=True)
        ]
        place = places.pieces(found)
        first = nodes.children(steps[0][0], "DataArray_t", path)
        parents = [steps[0][0], zones[0].node, base]
        length = nodes.base_unit(1, parents[1:], path)
        words += [line for zone in zones for line in zone.words]
        return Proposal(
            rows,
            place.kept,
            units={name: nodes.unit(first[name], parents, path) for name in variables},
            coordinates=place.centres,
            coordinate_units={axis: length for axis in place.centres if length},
            weights=place.weights,
            mesh=place.mesh,
            times=_times(base, len(rows), path),
            time_unit=nodes.base_unit(2, [base], path),
            assumptions=[*dict.fromkeys([*words, *place.words])],
        )


def _chosen(found: dict[str, h5py.Group], wanted: str | None, what: str, path: Path) -> h5py.Group:
    if wanted is None and len(found) == 1:
        return next(iter(found.values()))
    if wanted is None:
        raise InputError(f"{path}: several bases, choose one with {what}=: {', '.join(found)}")
    if wanted not in found:
        raise InputError(f"{path}: no {what} {wanted!r}; {nearest(wanted, found)}")
    return found[wanted]


def _zones(base: h5py.Group, wanted: str | list[str] | None, path: Path) -> dict[str, h5py.Group]:
    found = nodes.children(base, "Zone_t", path)
    if not found:
        raise InputError(f"{path}: no zone in the base {base.name!r}")
    asked = [wanted] if isinstance(wanted, str) else list(wanted or found)
    return {name: _chosen(found, name, "zone", path) for name in asked}


def _fields(solution: h5py.Group, path: Path) -> dict[str, h5py.Dataset]:
    return {
        name: nodes.array(node, path)
        for name, node in nodes.children(solution, "DataArray_t", path).items()
        if nodes.DATA in node
    }


def _location(zones: list[Zone], wanted: Any, path: Path) -> tuple[str, list[str]]:
    """Where the variables lie that are read: those that the file names as its steps, before those
    at the vertices.
    """
    present: dict[str, list[str]] = {}
    for at in ("points", "cells"):
        solutions = list(zones[0].solutions[at].values())
        present[at] = list(_fields(solutions[0], path)) if solutions else []
    pointed = zones[0].pointed()
    if pointed:
        other = "cells" if pointed == "points" else "points"
        words = [f"solutions at {other} are left out: they are no steps"] if present[other] else []
        return pointed, words
    return places.choose_location(present, wanted, path)


def _row(
    variables: list[str],
    zones: list[Zone],
    found: list[places.Place],
    solutions: tuple[h5py.Group, ...],
    at: str,
) -> dict[str, Part | tuple[Part, ...]]:
    """The parts of a step, a part for each zone."""
    row: dict[str, Part | tuple[Part, ...]] = {}
    fields = [_fields(solution, zone.path) for zone, solution in zip(zones, solutions, strict=True)]
    for name in variables:
        parts = []
        for zone, place, solution, present in zip(zones, found, solutions, fields, strict=True):
            if name not in present:
                raise InputError(
                    f"{zone.path}: {solution.name} of zone {zone.name!r} has no {name!r}, the"
                    " first has"
                )
            dataset = present[name]  # of another file, if a link leads there
            box = zone.box(dataset, solution, at)
            parts += component_parts(Path(dataset.file.filename), dataset.name, box, place, ())
        row[name] = tuple(parts) if len(parts) > 1 else parts[0]
    return row


def _times(base: h5py.Group, n: int, path: Path) -> np.ndarray | None:
    iterative = nodes.child(base, "BaseIterativeData_t", path)
    stored = iterative and nodes.child(iterative, "DataArray_t", path, "TimeValues")
    if not stored:
        return None
    times = nodes.numbers(stored, path).ravel().astype(np.float64)
    if len(times) != n:
        raise InputError(f"{path}: {len(times)} times in {stored.name}, but {n} solutions")
    return times
