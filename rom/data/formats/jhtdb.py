"""Cutouts of the Johns Hopkins Turbulence Databases: one dataset per quantity and time,
``Velocity_0001``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.options import choose_variables
from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "JHTDB cutout"
OPTIONS: dict[str, str] = {}

NAME = re.compile(r"([A-Za-z]\w*?)_(\d{4,})")
AXES = ("z", "y", "x")
#: Of the staggered boundary layer (SABL): u and v lie at the first, w half a cell higher at the
#: second.
STAGGERED = ("zcoor_uv", "zcoor_w")


def recognise(path: Path) -> str:
    """Why this file is a cutout, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        names = {name.lower() for name in file}
        if not {"xcoor", "ycoor"} <= names or names.isdisjoint(("zcoor", *STAGGERED)):
            return ""
        first = next((name for name, item in file.items() if _is_field(name, item)), None)
        return f"datasets {first} and xcoor, ycoor, zcoor" if first else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Every time is a segment; components of a vector are ``velocity_x``, ``velocity_y``,
    ``velocity_z``.
    """
    with open_hdf5(path) as file:
        quantities = _quantities(file, path)
        shape = next(iter(next(iter(quantities.values())).values())).shape[:3]
        components: dict[str, tuple[str, int]] = {}
        for quantity, by_time in quantities.items():
            n = next(iter(by_time.values())).shape[3]
            for time, dataset in by_time.items():
                if dataset.shape != (*shape, n):
                    raise InputError(
                        f"{path}: damaged: {dataset.name.lstrip('/')} (time {time}) has shape"
                        f" {dataset.shape}, expected {(*shape, n)}"
                    )
            names = (
                [""] if n == 1 else ["_x", "_y", "_z"] if n == 3 else [f"_{i}" for i in range(n)]
            )
            components |= {f"{quantity}{name}": (quantity, i) for i, name in enumerate(names)}
        wanted = choose_variables(options.get("variables"), list(components), path)
        times = _common_times(quantities, sorted({components[name][0] for name in wanted}), path)
        if len(wanted) < len(components):  # the others may lack some times
            components = {name: components[name] for name in components if name in wanted}
        datasets = {
            q: {time: d.name.lstrip("/") for time, d in by.items()} for q, by in quantities.items()
        }
        coordinates, assumptions = _coordinates(file, path, shape)
    axes = (*AXES, "c")
    return Proposal(
        [
            {
                name: Part(path, datasets[q][time], axes, {"c": i})
                for name, (q, i) in components.items()
            }
            for time in times
        ],
        AXES,
        coordinates=coordinates,
        times=np.array(times, dtype=np.float64),
        assumptions=[
            "times are the numbers in the names of the datasets, the file has no physical times",
            *assumptions,
        ],
    )


def _is_field(name: str, item: h5py.Group | h5py.Dataset) -> bool:
    return NAME.fullmatch(name) is not None and isinstance(item, h5py.Dataset) and item.ndim == 4


def _quantities(file: h5py.File, path: Path) -> dict[str, dict[int, h5py.Dataset]]:
    """Quantity, in lower case -> time -> dataset, in the order of the times."""
    found: dict[str, dict[int, h5py.Dataset]] = {}
    for name, item in file.items():
        match = NAME.fullmatch(name)
        if match is None or not _is_field(name, item):
            continue
        by_time = found.setdefault(match[1].lower(), {})
        if int(match[2]) in by_time:
            raise InputError(
                f"{path}: {by_time[int(match[2])].name.lstrip('/')} and {name} are of one quantity"
                " and time"
            )
        by_time[int(match[2])] = hdf5.dataset(file, name, path)
    # the velocity first, as in every other layout; h5py lists by name
    order = sorted(found, key=lambda quantity: (quantity != "velocity", quantity))
    return {quantity: dict(sorted(found[quantity].items())) for quantity in order}


def _common_times(
    quantities: Mapping[str, Mapping[int, Any]], wanted: list[str], path: Path
) -> list[int]:
    """The times of the wanted quantities; InputError if they differ."""
    times = list(quantities[wanted[0]])
    for other in wanted[1:]:
        if differing := sorted(set(times) ^ set(quantities[other])):
            raise InputError(
                f"{path}: {wanted[0]} and {other} are not there at the same times ({differing[0]}"
                " has one alone); choose with variables=[...]"
            )
    return times


def _coordinates(
    file: h5py.File, path: Path, shape: tuple[int, ...]
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Axis -> coordinates, and what was assumed."""
    by_lower = {name.lower(): name for name in file}
    found, assumptions = {}, []
    for axis, n in zip(AXES, shape, strict=True):
        name = by_lower.get(f"{axis}coor")
        if name is None:
            name = by_lower[next(other for other in STAGGERED if other in by_lower)]
            assumptions.append(
                f"z is {name}; the vertical velocity lies half a cell higher, at zcoor_w"
            )
        values = np.ravel(hdf5.read(file, name, path))
        if len(values) != n:
            raise InputError(
                f"{path}: damaged: {name} has {len(values)} values, the fields (z, y, x) have shape"
                f" {shape}"
            )
        found[axis] = values.astype(np.float64)
    return found, assumptions
