"""flowTorch's HDF5 files: one group per time, cells of an unstructured mesh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.common.places import as_points
from rom.data.hdf5_open import open_hdf5
from rom.data.layout import POINT_AXIS
from rom.data.mesh import Mesh
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "flowTorch"
OPTIONS: dict[str, str] = {}
#: Names of components by their number; six are those of OpenFOAM's symmetric tensors.
COMPONENTS = {2: ["x", "y"], 3: ["x", "y", "z"], 6: ["xx", "xy", "xz", "yy", "yz", "zz"]}
COMPONENTS[9] = [a + b for a in "xyz" for b in "xyz"]


def recognise(path: Path) -> str:
    """Why this is a file of flowTorch, or ""."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        group = file.get("variable")
        first = next(iter(group), "") if isinstance(group, h5py.Group) else ""
        times = _number(first) is not None and isinstance(group.get(first), h5py.Group)
    return f"group variable/{first}, a time" if times else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Fields ``variable/<time>/<field>``, each (n_cells,) or (n_cells, n_components), in the order
    of the times.
    """
    with open_hdf5(path) as file:
        times = _times(file, path)
        centers, volumes = (
            hdf5.optional(file, name if name in file else None, path)
            for name in ("constant/centers", "constant/volumes")
        )
        n_cells = next((len(values) for values in (centers, volumes) if values is not None), None)
        present = {time: set(file[f"variable/{time}"]) for time in times}
        lacking = _lacking(present)
        _check_wanted(path, options.get("variables"), lacking)
        shapes, words = _shapes(file, list(times)[-1], lacking, n_cells, path)
    words += ["no constant/volumes: equal cell weights"] if volumes is None else []
    words += ["no constant/centers: where the cells lie is not known"] if centers is None else []
    return Proposal(
        [_parts(path, time, shapes) for time in times],
        (POINT_AXIS,),
        weights=None if volumes is None else volumes.ravel(),
        mesh=None if centers is None else Mesh(as_points(centers)),
        times=np.array(list(times.values())),
        assumptions=words,
    )


def _parts(path: Path, time: str, shapes: Mapping[str, tuple[int, ...]]) -> dict[str, Part]:
    """A part for each component of each field."""
    parts = {}
    for name, shape in shapes.items():
        dataset = f"variable/{time}/{name}"
        if len(shape) == 1:
            parts[name] = Part(path, dataset, (POINT_AXIS,))
            continue
        suffixes = (
            [""] if shape[1] == 1 else [f"_{s}" for s in COMPONENTS.get(shape[1], range(shape[1]))]
        )
        for i, suffix in enumerate(suffixes):
            parts[name + suffix] = Part(path, dataset, (POINT_AXIS, "c"), {"c": i})
    return parts


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _times(file: h5py.File, path: Path) -> dict[str, float]:
    """Name of each group -> the time it says, sorted as numbers: 2 is before 10, 1e-3 before
    both.
    """
    found = {}
    for name, item in file["variable"].items():
        time = _number(name)
        if time is None or not np.isfinite(time) or not isinstance(item, h5py.Group):
            raise InputError(
                f"{path}: damaged: variable/{name} is no group that is called after a time"
            )
        found[name] = time
    return dict(sorted(found.items(), key=lambda item: item[1]))


def _lacking(present: Mapping[str, set[str]]) -> dict[str, str]:
    """Field -> the first time that lacks it: what a run starts to average later on, for
    instance.
    """
    every = sorted(set().union(*present.values()))
    return {
        name: time for name in every for time in reversed([*present]) if name not in present[time]
    }


def _check_wanted(
    path: Path, wanted: Sequence[str] | str | None, lacking: Mapping[str, str]
) -> None:
    for name in [wanted] if isinstance(wanted, str) else wanted or []:
        for field, time in lacking.items():
            if name == field or name.startswith(field + "_"):
                raise InputError(
                    f"{path}: {field!r} is missing at time {time}; leave it out with"
                    " variables=[...]"
                )


def _shapes(
    file: h5py.File, time: str, lacking: Mapping[str, str], n_cells: int | None, path: Path
) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """Fields of the cells that all times have, and their shapes; what is left out, in words."""
    words = [f"left out (missing at time {missing}): {name}" for name, missing in lacking.items()]
    found: dict[str, tuple[int, ...]] = {}
    other = []
    for name, item in file[f"variable/{time}"].items():
        if name in lacking:
            continue
        real = (
            isinstance(item, h5py.Dataset)
            and item.dtype.kind in "fiu"
            and item.ndim in (1, 2)
            and item.size
        )
        if real and n_cells in (None, len(item)):
            found[name] = item.shape
        else:
            other.append(name)
    words += (
        [f"left out (not numbers of the {n_cells or ''} cells): {', '.join(other)}"]
        if other
        else []
    )
    if not found:
        raise InputError(
            f"{path}: no field is there at every time"
            f" ({'; '.join(words) or 'the times are empty groups'})"
        )
    return found, words
