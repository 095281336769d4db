"""Named arrays without a word on their axes, as MATLAB and NumPy save them: vectors of times and
coordinates that are stored with a field tell what its axes are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.options import NAMES
from rom.data.builder.proposal import Proposal
from rom.data.formats import mapped
from rom.data.formats.common.workspace_axes import (
    Arrays,
    Convention,
    direction,
    find_places,
    find_times,
    places_on_named_axes,
    squeezed,
    steps_among,
    times_among,
)
from rom.data.layout import POINT_AXIS
from rom.data.parts import Part
from rom.data.stored import Opener
from rom.errors import InputError, nearest

#: Options of all layouts of named arrays.
OPTIONS: dict[str, str] = {"dataset": NAMES, "axes": NAMES}


@dataclass(frozen=True)
class Workspace:
    """The arrays of a file.

    Attributes
    ----------
    path, opener : the file, and what opens it
    arrays : those of real numbers
    words : what is left out
    convention : how the program that wrote it counts axes
    """

    path: Path
    opener: Opener
    arrays: Arrays
    words: Sequence[str]
    convention: Convention


def propose(file: Workspace, options: Mapping[str, Any]) -> Proposal:
    """Arrays of one shape along a vector of times.

    Options: ``dataset`` (a name, or a list with one array per variable) and ``axes`` in the order
    of the program that wrote the file: of MATLAB "x y t" or "x y c t". Without them ``variables``
    chooses among the arrays.
    """
    arrays, given = file.arrays, options.get("axes", ())
    axes = given.split() if isinstance(given, str) else list(given)
    names_components = "dataset" in options or "c" in axes
    wanted = options.get("dataset" if names_components else "variables")
    chosen = _chosen(file.path, arrays, wanted)
    others = {name: item for name, item in arrays.items() if name not in chosen}
    if axes:
        found = _with_axes(file, arrays[chosen[0]], others, {**options, "dataset": chosen}, axes)
    else:
        names = chosen
        if names_components:
            names = mapped.choose_names(options.get("variables"), chosen, file.path)
        found = _without_axes(file, chosen, others, names, options)
    found.assumptions += file.words
    return found


def _chosen(path: Path, arrays: Arrays, wanted: Sequence[str] | str | None) -> list[str]:
    """The wanted arrays, or all that have more than one axis, if these have one shape."""
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    for name in names:
        if name not in arrays:
            raise InputError(
                f"{path}: no variable {name!r} that is a full array of numbers;"
                f" {nearest(name, arrays)}"
            )
    if not names:
        shapes = {name: squeezed(item) for name, item in arrays.items() if len(squeezed(item)) > 1}
        # matrices of coordinates, as meshgrid makes them, have the shape of a field without its
        # times
        names = [
            n
            for n, shape in shapes.items()
            if not (direction(n) and any(_fits(shape, s) for s in shapes.values()))
        ]
    if not names:
        sizes = ", ".join(f"{name} ({item.size_text})" for name, item in arrays.items())
        raise InputError(
            f"{path}: no array with snapshots; the file holds {sizes or 'no array of real numbers'}"
        )
    if len({arrays[name].shape for name in names}) > 1:
        described = ", ".join(f"{name} ({arrays[name].size_text})" for name in names)
        raise InputError(
            f"{path}: arrays of several sizes: {described}; choose with variables=[{names[-1]!r}]"
        )
    return names


def _fits(grid: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether a grid is a shape without one of its axes."""
    return any(grid == shape[:i] + shape[i + 1 :] for i in range(len(shape)))


def _with_axes(
    file: Workspace, first: Any, others: Arrays, options: dict[str, Any], axes: list[str]
) -> Proposal:
    """The user's mapping; vectors that are called like its axes and fit them."""
    if len(axes) != len(first.shape):
        raise InputError(
            f"{file.path}: axes {' '.join(axes)!r} name {len(axes)} axes, but {first.name!r} is"
            f" {first.size_text}{file.convention.where}"
        )
    stored = axes[::-1] if file.convention.is_reversed else axes
    proposal = mapped.propose(file.path, {**options, "axes": stored}, file.opener)
    extents = dict(zip(stored, first.shape, strict=True))
    vectors = {n: d for n, d in others.items() if len(squeezed(d)) == 1}
    fitting = {
        d: v
        for n, v in vectors.items()
        if (d := direction(n)) in proposal.axes and v.size == extents[d]
    }
    proposal.coordinates = {d: np.ravel(vector[()]) for d, vector in fitting.items()}
    times = [name for name in times_among(vectors) if vectors[name].size == extents.get("t")]
    steps = [name for name in steps_among(others) if others[name].size == 1]
    if times:
        proposal.times = np.ravel(vectors[times[0]][()])
    elif len(steps) == 1:
        proposal.times, proposal.time_step = np.ravel(others[steps[0]][()]), True
    places = places_on_named_axes(file.path, first, others, stored)
    proposal.coordinates = {**places.coordinates, **proposal.coordinates}
    proposal.mesh = places.mesh
    if proposal.coordinates or times:
        named = ", ".join([*proposal.coordinates, *times[:1]])
        proposal.assumptions.append(f"taken from arrays that fit: {named}")
    proposal.assumptions += places.words
    return proposal


def _without_axes(
    file: Workspace,
    chosen: Sequence[str],
    others: Arrays,
    names: Sequence[str],
    options: Mapping[str, Any],
) -> Proposal:
    """A vector of times tells which axis are the snapshots, those of coordinates what the others
    are called.
    """
    path, field = file.path, file.arrays[chosen[0]]
    time, time_axis = find_times(path, field, others, options.get("time"))
    grid = [i for i, n in enumerate(field.shape) if n > 1 and i != time_axis]
    places = find_places(path, field, others, grid)
    n_axes = len(field.shape)
    called = {**places.names, time_axis: "t"}
    axes = tuple(called.get(i, f"single{i}") for i in range(n_axes))
    single = {name: 0 for i, name in enumerate(axes) if i not in called}
    place = n_axes - time_axis if file.convention.is_reversed else time_axis + 1
    parts = {
        name: Part(path, array, axes, single, None, file.opener)
        for name, array in zip(names, chosen, strict=True)
    }
    return Proposal(
        [parts],
        tuple(called[i] for i in grid) or (POINT_AXIS,),
        coordinates=places.coordinates,
        mesh=places.mesh,
        times=np.ravel(file.arrays[time][()]),
        assumptions=[
            f"snapshots along axis {place}{file.convention.where}, which is as long as {time!r}",
            *places.words,
        ],
    )
