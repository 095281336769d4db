"""Nodes of a CGNS tree in HDF5: groups with a label, whose values are a dataset named " data".

The mapping: cgns.org, "CGNS/HDF5" (names that begin with a blank are the mapping's own, arrays have
Fortran order, so that h5py shows their axes reversed).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.slab import read_all
from rom.errors import InputError

DATA = " data"
#: What units of the standard are called here; others have no short name.
UNITS = {
    "kilogram": "kg", "gram": "g", "pound-mass": "lbm",
    "meter": "m", "centimeter": "cm", "millimeter": "mm", "foot": "ft", "inch": "in", "second": "s",
    "kelvin": "K", "celsius": "degC", "rankine": "degR", "degree": "deg", "radian": "rad",
}  # fmt: skip
DIMENSIONLESS = (
    "nondimensionalparameter",
    "normalizedbyunknowndimensional",
    "dimensionlessconstant",
)


def label(item: Any, attribute: str = "label") -> str:
    """Label of a node (or its name or type); "" for what is none."""
    text = item.attrs.get(attribute, b"") if isinstance(item, h5py.Group) else b""
    return (text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)).rstrip("\0 ")


def children(node: h5py.Group, kind: str, path: Path) -> dict[str, h5py.Group]:
    """Children of a label by their names; links are followed."""
    found = {}
    for name in node:
        if name.startswith(" "):
            continue
        child = node.get(name)
        if label(child, "type") == "LK":
            child = child.get(" link")
            if child is None:
                raise InputError(
                    f"{path}: the link {node.name}/{name} leads to nothing{_target(node[name])}"
                )
        if label(child) == kind:
            found[name] = child
    return found


def child(node: h5py.Group, kind: str, path: Path, name: str | None = None) -> h5py.Group | None:
    """The only child of a label (and name), None where there is none."""
    found = children(node, kind, path)
    if name is not None:
        return found.get(name)
    return next(iter(found.values()), None)


def _target(node: h5py.Group) -> str:
    stored = node.get(" file")
    known = isinstance(stored, h5py.Dataset) and stored.dtype.kind in "iu"
    return f" (file {_decoded(read_all(stored))})" if known else ""


def _decoded(values: Any) -> str:
    characters = np.asarray(values)
    return characters.astype(np.uint8).tobytes().decode("ascii", "replace").rstrip("\0 ")


def array(node: h5py.Group | None, path: Path) -> h5py.Dataset:
    """The values of a node of real numbers."""
    stored = None if node is None else node.get(DATA)
    if not isinstance(stored, h5py.Dataset) or stored.dtype.kind not in "fiu" or not stored.size:
        raise InputError(
            f"{path}: damaged: the node {'?' if node is None else node.name!r} has no numbers"
        )
    return stored


def numbers(node: h5py.Group | None, path: Path) -> np.ndarray:
    """The values of a node, read."""
    return read_all(array(node, path))


def integers(node: h5py.Group | None, path: Path, ndim: int = 1) -> np.ndarray:
    """Whole numbers of a node, with `ndim` axes."""
    values = numbers(node, path)
    if values.dtype.kind not in "iu" or values.ndim != ndim:
        raise InputError(
            f"{path}: damaged: {node and node.name} holds {values.dtype} of shape {values.shape}"
        )
    return values


def text(node: h5py.Group | None, default: str = "") -> str:
    """The characters of a node, which are stored as small integers."""
    stored = None if node is None else node.get(DATA)
    return (
        _decoded(read_all(stored))
        if isinstance(stored, h5py.Dataset) and stored.dtype.kind in "iu"
        else default
    )


def names(node: h5py.Group, path: Path) -> list[str]:
    """A list of names of 32 characters each."""
    return [_decoded(row) for row in integers(node, path, 2)]


def unit(node: h5py.Group, parents: list[h5py.Group], path: Path) -> str:
    """Unit of a node's values as its exponents and the units of the tree say; "" where they do
    not.
    """
    kinds = [text(child(n, "DataClass_t", path)) for n in (node, *parents)]
    if next((kind for kind in kinds if kind), "").lower() in DIMENSIONLESS:
        return "1"
    exponents = child(node, "DimensionalExponents_t", path)
    units = base_units([node, *parents], path)
    if exponents is None or not units:
        return ""
    powers = [
        (UNITS.get(u), float(p))
        for u, p in zip(units, numbers(exponents, path).ravel(), strict=False)
        if p
    ]
    if any(u is None for u, _ in powers):
        return ""
    return " ".join(f"{u}{'' if p == 1 else format(p, 'g')}" for u, p in powers) or "1"


def base_units(nodes: list[h5py.Group], path: Path) -> list[str]:
    """Names of the units of mass, length, time, temperature and angle, of the nearest node that
    says them.
    """
    for node in nodes:
        stated = child(node, "DimensionalUnits_t", path)
        if stated is not None:
            return [name.lower() for name in names(stated, path)]
    return []


def base_unit(number: int, nodes: list[h5py.Group], path: Path) -> str:
    """Unit of length (1) or time (2), "" where the tree does not say it."""
    units = base_units(nodes, path)
    return UNITS.get(units[number], "") if len(units) > number else ""
