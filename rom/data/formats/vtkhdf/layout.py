"""VTKHDF: image data and unstructured grids of VTK in HDF5, one step or many.

The specification: docs.vtk.org, "VTKHDF File Format", versions 1.0 to 2.7.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import places
from rom.data.formats.common.places import Place
from rom.data.formats.common.rows import component_parts, joined
from rom.data.formats.vtkhdf.grids import GROUPS, ROOT, Image, Unstructured
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part

TITLE = "VTKHDF"
OPTIONS: dict[str, str] = {}

READ: dict[str, type[Image] | type[Unstructured]] = {
    "ImageData": Image,
    "UnstructuredGrid": Unstructured,
}
#: Six components are those of a symmetric tensor, in VTK's order.
SUFFIXES = {**places.SUFFIXES, 6: ("xx", "yy", "zz", "xy", "yz", "xz")}
GHOSTS = "vtkGhostType"
#: Bits of vtkDataSetAttributes for values that are not there: duplicate, hidden; of cells also
#: refined.
NOT_THERE = {"points": 1 | 2, "cells": 1 | 8 | 32}
#: Arrays of these roles number points and cells.
NUMBERING = ("GlobalIds", "PedigreeIds", "ProcessIds")


def recognise(path: Path) -> str:
    """Whether there is a group VTKHDF of a type that is read here; VTK itself reads the others."""
    kind = kind_of(path)
    return f"group VTKHDF of type {kind}" if kind in READ else ""


def kind_of(path: Path) -> str:
    """The type that the group VTKHDF says, or has if it says none; "" where there is none."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        root = file.get(ROOT)
        if not isinstance(root, h5py.Group):
            return ""
        if "Type" in root.attrs:
            return _text(root.attrs["Type"])
        if "WholeExtent" in root.attrs:
            return "ImageData"
        return "UnstructuredGrid" if {"Types", "Connectivity", "Points"} <= set(root) else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """One step, or those that the group Steps lists."""
    kind = kind_of(path)
    with open_hdf5(path) as file:
        root = file[ROOT]
        assumptions: list[str] = []
        if "Type" not in root.attrs:
            assumptions.append(f"the group VTKHDF does not say its type: taken for {kind}")
        geometry: Image | Unstructured = READ[kind](root, path)
        arrays = {at: _arrays(root, at, assumptions) for at in GROUPS}
        names = {
            at: {n: _variables(n, geometry.sizes(at, d)) for n, d in arrays[at].items()}
            for at in GROUPS
        }
        present = {at: [v for each in names[at].values() for v in each] for at in GROUPS}
        at, words = places.choose_location(present, options.get("variables"), path)
        place = geometry.place(at)
        rows: list[dict[str, Part]] = [{} for _ in range(geometry.n_steps)]
        for name, variables in names[at].items():
            array = arrays[at][name]
            for row, box in zip(rows, geometry.boxes(at, array), strict=True):
                parts = component_parts(path, array.name, box, place, geometry.sizes(at, array))
                row |= zip(variables, parts, strict=True)
        mask = _ghosts(root, at, geometry, place)
        if mask is not None:
            words.append(
                f"{int(mask.sum())} {at} that {GHOSTS} calls duplicate or hidden are masked"
            )
            words += ["these are taken to be the same in every step"] if len(rows) > 1 else []
        return Proposal(
            joined(rows),
            place.kept,
            coordinates=place.centres,
            weights=place.weights,
            mask=mask,
            mesh=place.mesh,
            times=geometry.times(),
            assumptions=[*assumptions, *words, *geometry.words, *place.words],
        )


def _variables(name: str, sizes: tuple[int, ...]) -> list[str]:
    return places.component_names(name, math.prod(sizes), SUFFIXES)


def _arrays(root: h5py.Group, at: str, assumptions: list[str]) -> dict[str, h5py.Dataset]:
    """The arrays that are variables; what is left out is said."""
    group = root.get(GROUPS[at])
    if not isinstance(group, h5py.Group):
        return {}
    numbering = [_text(group.attrs[role]) for role in NUMBERING if role in group.attrs]
    found, left_out = {}, []
    for name, item in group.items():
        role = _text(item.attrs.get("Attribute", ""))
        internal = (
            name in numbering or role.lower() in map(str.lower, NUMBERING) or name.startswith("vtk")
        )
        if (
            internal
            or not isinstance(item, h5py.Dataset)
            or item.dtype.kind not in "fiub"
            or not item.shape
        ):
            left_out += [name] if name != GHOSTS else []
        else:
            found[name] = item
    if left_out:
        assumptions.append(f"{GROUPS[at]} that are no fields are left out: {', '.join(left_out)}")
    return found


def _ghosts(
    root: h5py.Group, at: str, geometry: Image | Unstructured, place: Place
) -> np.ndarray | None:
    """Where the file says that a value is not there, in the first step; None where all are."""
    stored = root.get(f"{GROUPS[at]}/{GHOSTS}")
    if stored is None:
        return None
    box = geometry.boxes(at, stored)[0]
    values = stored[tuple(slice(start, start + count) for start, count in box)]
    shape = [n for n in place.shape if n > 1] or [1]
    mask = (values.reshape(shape) & NOT_THERE[at]) != 0
    return mask if mask.any() else None


def _text(value: object) -> str:
    value = value.item() if isinstance(value, np.ndarray) and value.size == 1 else value
    return value.decode(errors="replace").rstrip("\0") if isinstance(value, bytes) else str(value)
