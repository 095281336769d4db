"""Meshes that VTK reads: VTK, VTU, VTS, PVD, EnSight, Exodus, OpenFOAM, CGNS as ADF, and others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.options import NAME
from rom.data.builder.proposal import Proposal
from rom.data.formats.common.places import SUFFIXES
from rom.data.formats.mesh.exodus import is_exodus
from rom.data.formats.mesh.names import FOAM, TIME_VALUE
from rom.data.formats.mesh.step import Step
from rom.data.formats.mesh.vtk_file import VTKFile
from rom.data.formats.vtkhdf import layout as vtkhdf
from rom.data.layout import POINT_AXIS
from rom.data.parts import Part
from rom.errors import InputError, nearest

TITLE = "a mesh that VTK reads"
OPTIONS: dict[str, str] = {"block": NAME}
#: Endings of files, and what they are.
ENDINGS = {
    ".vtk": "VTK", ".vtu": "VTK", ".vtp": "VTK", ".vts": "VTK", ".vtr": "VTK", ".vti": "VTK",
    ".pvtu": "VTK", ".pvts": "VTK", ".pvtr": "VTK", ".pvti": "VTK", ".pvtp": "VTK",
    ".vtm": "VTK", ".pvd": "a series of ParaView", ".case": "EnSight", ".e": "Exodus",
    ".exo": "Exodus", ".ex2": "Exodus", ".exii": "Exodus", ".g": "Exodus", ".foam": "OpenFOAM",
    ".vtkhdf": "VTK", ".cgns": "CGNS", ".cas": "Fluent", ".dat": "Tecplot",
}  # fmt: skip


@dataclass(frozen=True)
class Opener:
    """Opens a file with the blocks that are asked for."""

    block: str = ""

    def __call__(self, path: Path) -> VTKFile:
        return VTKFile(path, self.block)


def recognise(path: Path) -> str:
    """Why this is such a mesh, or ""."""
    if path.is_dir():
        return "system/controlDict in the folder: OpenFOAM" if (path / FOAM).is_file() else ""
    if is_exodus(path):
        return "variables of Exodus"
    if kind := vtkhdf.kind_of(path):
        return "" if kind in vtkhdf.READ else f"group VTKHDF of type {kind}"
    ending = path.suffix.lower()
    if ending not in ENDINGS or (ending == ".cgns" and h5py.is_hdf5(path)):
        return ""
    return f"its ending: {ENDINGS[ending]}"


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """One snapshot for each time; fields at cells or at points, whose weights are volumes.

    Option: ``block``, names of blocks or regions with commas (default: of OpenFOAM the volume, of
    others all of the highest dimension). ``variables`` also choose between points and cells.
    """
    opener = Opener(options.get("block", ""))
    file = opener(path)
    first = file.step(_first_step(file))
    at, names, words = _where(path, first, options.get("variables"))
    steps = list(range(_first_step(file), file.n_steps))
    if steps[0]:
        words.append("the first time is left out: it lacks fields that later ones have")
    weights = file.sizes(steps[0], at)
    last = file.step(steps[-1])
    if last.n_points != first.n_points or last.n_cells != first.n_cells:
        raise InputError(
            f"{path}: the mesh has {first.n_cells} cells at first and {last.n_cells} at last;"
            " snapshots are fields on one mesh"
        )
    if not np.array_equal(last.points, first.points):
        words.append("the mesh moves: values are compared cell by cell, which lie as at first")
    known = first.fields[at]
    equal = np.allclose(weights, weights[0])
    words.append(f"cell weights: {'equal' if equal else 'sizes of the cells'}")
    return Proposal(
        [_parts(path, known, names, f"{step}/{at}", opener) for step in steps],
        (POINT_AXIS,),
        weights=None if equal else weights,
        mesh=first.mesh(at),
        times=_times(file, first, steps),
        assumptions=words,
    )


def _first_step(file: VTKFile) -> int:
    """The first time, or the second where that has fields which the first lacks."""
    if file.n_steps < 3:
        return 0
    first, second = (
        {(at, n) for at in ("points", "cells") for n in file.step(i).fields[at]} for i in (0, 1)
    )
    return 1 if second - first else 0


def _where(path: Path, grid: Step, wanted: Any) -> tuple[str, list[str], list[str]]:
    """Points or cells, the fields there, and in words what is left out."""
    at = {where: list(grid.fields[where]) for where in ("cells", "points")}
    if not at["cells"] and not at["points"]:
        raise InputError(f"{path}: the mesh has no field of real numbers")
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    bases = {where: {n for n in some if _asked_for(n, names)} for where, some in at.items()}
    if names:
        where = max(at, key=lambda place: len(bases[place]))
        known = [name for some in at.values() for name in some]
        if not bases[where]:
            raise InputError(f"{path}: no variable {names[0]!r}; {nearest(names[0], known)}")
        return where, [n for n in at[where] if n in bases[where]], []
    where = max(at, key=lambda place: len(at[place]))
    other = "points" if where == "cells" else "cells"
    left = [name for name in at[other] if name not in at[where]]
    return where, at[where], [f"left out (at {other}): {', '.join(left)}"] if left else []


def _asked_for(name: str, wanted: list[str]) -> bool:
    """Whether a field, or a component of it, is among the wanted variables."""
    endings = {suffix for some in SUFFIXES.values() for suffix in some}
    return any(w == name or (w.startswith(f"{name}_") and w[len(name) + 1 :] in endings)
               for w in wanted)  # fmt: skip


def _parts(
    path: Path, known: Mapping[str, np.ndarray], names: list[str], where: str, opener: Opener
) -> dict[str, Part]:
    found = {}
    for name in names:
        array = f"{where}/{name}"
        if known[name].ndim == 1:
            found[name] = Part(path, array, (POINT_AXIS,), {}, None, opener)
            continue
        n = known[name].shape[1]
        for i, suffix in enumerate(SUFFIXES.get(n, tuple(map(str, range(n))))):
            axes = (POINT_AXIS, "c")
            found[f"{name}_{suffix}"] = Part(path, array, axes, {"c": i}, None, opener)
    return found


def _times(file: VTKFile, first: Step, steps: list[int]) -> np.ndarray | None:
    if file.times is not None:
        return file.times[steps]
    value = first.said.get(TIME_VALUE)
    return None if value is None or np.size(value) != 1 else np.ravel(value).astype(np.float64)
