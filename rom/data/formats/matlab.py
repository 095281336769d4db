"""MATLAB files since version 7.3, which are HDF5: MATLAB's (x, y, t) is (t, y, x) there."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats import hdf5, mapped
from rom.data.formats.matlab_axes import (
    direction,
    find_places,
    find_times,
    size,
    squeezed,
    times_among,
)
from rom.data.formats.options import NAMES
from rom.data.formats.proposal import Proposal
from rom.data.h5parts import Part
from rom.data.layout import POINT_AXIS
from rom.errors import InputError, nearest

TITLE = "MATLAB 7.3"
OPTIONS: dict[str, str] = {"dataset": NAMES, "axes": NAMES}
HEADER = b"MATLAB 7.3 MAT-file"
LOOK_AT = 10  # items of the root at most: in a file of MATLAB each has the attribute
NUMERIC = re.compile(
    r"double|single|u?int(8|16|32|64)|"
)  # MATLAB_class; "" for arrays that another program added


def recognise(path: Path) -> str:
    """Why this is a MATLAB file, or ""."""
    if not h5py.is_hdf5(path):
        return ""
    with open(path, "rb") as stream:
        if stream.read(len(HEADER)) == HEADER:
            return f"it begins with {HEADER.decode()}"
    with h5py.File(path, "r") as file:
        for name in itertools.islice(file, LOOK_AT):
            if (item := file.get(name)) is not None and "MATLAB_class" in item.attrs:
                return f"attribute MATLAB_class of {name}"
    return ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Arrays of one shape along a vector of times.

    Options: ``dataset`` (a name, or a list with one array per variable) and ``axes`` in the order
    that MATLAB shows, e.g. "x y t" or "x y c t". Without them ``variables`` chooses among the
    arrays.
    """
    with h5py.File(path, "r") as file:
        arrays, words = _arrays(file)
        given = options.get("axes", ())
        axes = given.split() if isinstance(given, str) else list(given)
        names_components = "dataset" in options or "c" in axes
        chosen = _chosen(path, arrays, options.get("dataset" if names_components else "variables"))
        others = {name: item for name, item in arrays.items() if name not in chosen}
        names = (
            mapped.choose_names(options.get("variables"), chosen, path)
            if not axes and names_components
            else chosen
        )
        if axes:
            proposal = _with_axes(
                path, arrays[chosen[0]], others, {**options, "dataset": chosen}, axes
            )
        else:
            proposal = _without_axes(path, arrays, chosen, others, names, options)
    proposal.assumptions += words
    return proposal


def _items(group: h5py.Group, prefix: str = "") -> list[tuple[str, h5py.Dataset | h5py.Group]]:
    """What the workspace holds; a field of a struct is called struct/field."""
    found = []
    for name in group:
        item = group.get(name)
        if item is None or name.startswith("#"):
            continue
        found.append((prefix + name, item))
        if isinstance(item, h5py.Group) and "MATLAB_sparse" not in item.attrs:
            found += _items(item, f"{prefix}{name}/")
    return found


def _arrays(file: h5py.File) -> tuple[dict[str, h5py.Dataset], list[str]]:
    """Full arrays of real numbers; what is something else, in words."""
    arrays: dict[str, h5py.Dataset] = {}
    left_out: dict[str, list[str]] = {}
    for name, item in _items(file):
        kind = hdf5.text(item, "MATLAB_class")
        if isinstance(item, h5py.Group):
            what = "sparse" if "MATLAB_sparse" in item.attrs else ""
        elif item.attrs.get("MATLAB_empty", 0) or kind == "char":
            what = ""  # an empty array is stored as its size
        elif item.dtype.names:
            what = "complex"
        elif NUMERIC.fullmatch(kind) and item.dtype.kind in "fiu":
            what, arrays[name] = "", item
        else:
            what = kind or str(item.dtype)
        if what:
            left_out.setdefault(what, []).append(name)
    words = [f"left out ({what}): {', '.join(names)}" for what, names in left_out.items()]
    masks = [name for name in left_out.get("logical", ()) if "mask" in name.lower()]
    return arrays, words + [
        f"if {name!r} is true where there are no data, give --mask {name} (in Python:"
        f" mask={name!r})"
        for name in masks
    ]


def _chosen(
    path: Path, arrays: Mapping[str, h5py.Dataset], wanted: Sequence[str] | str | None
) -> list[str]:
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
        sizes = ", ".join(f"{name} ({size(item)})" for name, item in arrays.items())
        raise InputError(
            f"{path}: no array with snapshots; the file holds {sizes or 'no array of real numbers'}"
        )
    if len({arrays[name].shape for name in names}) > 1:
        described = ", ".join(f"{name} ({size(arrays[name])})" for name in names)
        raise InputError(
            f"{path}: arrays of several sizes: {described}; choose with variables=[{names[-1]!r}]"
        )
    return names


def _fits(grid: tuple[int, ...], shape: tuple[int, ...]) -> bool:
    """Whether a grid is a shape without one of its axes."""
    return any(grid == shape[:i] + shape[i + 1 :] for i in range(len(shape)))


def _with_axes(
    path: Path,
    first: h5py.Dataset,
    others: Mapping[str, h5py.Dataset],
    options: dict[str, Any],
    axes: list[str],
) -> Proposal:
    """The user's mapping, with MATLAB's order of axes; vectors that are called like its axes and
    fit them.
    """
    if len(axes) != first.ndim:
        said = f"{first.name[1:]!r} is {size(first)} in MATLAB"
        raise InputError(f"{path}: axes {' '.join(axes)!r} name {len(axes)} axes, but {said}")
    proposal = mapped.propose(path, {**options, "axes": axes[::-1]})
    extents = dict(zip(reversed(axes), first.shape, strict=True))
    vectors = {n: d for n, d in others.items() if len(squeezed(d)) == 1}
    fitting = {
        d: v
        for n, v in vectors.items()
        if (d := direction(n)) in proposal.axes and v.size == extents[d]
    }
    proposal.coordinates = {d: np.ravel(vector[()]) for d, vector in fitting.items()}
    times = [name for name in times_among(vectors) if vectors[name].size == extents.get("t")]
    proposal.times = np.ravel(vectors[times[0]][()]) if times else None
    proposal.assumptions += (
        [f"taken from arrays that fit: {', '.join([*fitting, *times[:1]])}"]
        if fitting or times
        else []
    )
    return proposal


def _without_axes(
    path: Path,
    arrays: Mapping[str, h5py.Dataset],
    chosen: Sequence[str],
    others: Mapping[str, h5py.Dataset],
    names: Sequence[str],
    options: Mapping[str, Any],
) -> Proposal:
    """A vector of times tells which axis are the snapshots, those of coordinates what the others
    are called.
    """
    field = arrays[chosen[0]]
    time, time_axis = find_times(path, field, others, options.get("time"))
    grid = [i for i, n in enumerate(field.shape) if n > 1 and i != time_axis]
    places = find_places(path, field, others, grid)
    called = {**places.names, time_axis: "t"}
    axes = tuple(called.get(i, f"single{i}") for i in range(field.ndim))
    single = {name: 0 for i, name in enumerate(axes) if i not in called}
    place = field.ndim - time_axis
    return Proposal(
        [
            {
                name: Part(path, array, axes, single)
                for name, array in zip(names, chosen, strict=True)
            }
        ],
        tuple(called[i] for i in grid) or (POINT_AXIS,),
        coordinates=places.coordinates,
        mesh=places.mesh,
        times=np.ravel(arrays[time][()]),
        assumptions=[
            f"snapshots along axis {place} in MATLAB, which is as long as {time!r}",
            *places.words,
        ],
    )
