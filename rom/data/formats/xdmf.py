"""XDMF: an XML file that says what lies in the datasets of HDF5 files beside it."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats import places, xdmf_mesh
from rom.data.formats.places import Place
from rom.data.formats.proposal import Proposal
from rom.data.formats.xdmf_document import Document, Item, NotReadError
from rom.data.formats.xdmf_steps import Step, steps
from rom.data.h5source import Part

TITLE = "XDMF"
OPTIONS: dict[str, str] = {}

ROOT = re.compile(rb"<\s*Xdmf[\s>]", re.IGNORECASE)
#: Six components are those of a symmetric tensor.
SUFFIXES = {**places.SUFFIXES, 6: ("xx", "xy", "xz", "yy", "yz", "zz")}
PADDED = "{!r} has three components on a flat mesh; if the third is padding, leave it out: variables={}"


def recognise(path: Path) -> str:
    """Whether the root of the XML is Xdmf."""
    with open(path, "rb") as stream:
        head = stream.read(4096).removeprefix(b"\xef\xbb\xbf").lstrip()
    return "root element Xdmf" if head.startswith(b"<") and ROOT.search(head) else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """A temporal collection of grids, or one grid (a file of a series)."""
    document = Document(path)
    assumptions: list[str] = []
    found = steps(document, assumptions)
    fields = {at: _Fields(document, found[0], at, assumptions) for at in ("points", "cells")}
    if not any(f.items for f in fields.values()):
        raise document.error("; ".join(["no variables at nodes or in cells", *assumptions]))
    at, words = places.choose_location({a: fields[a].variables for a in fields}, options.get("variables"), path)
    chosen = fields[at]
    units = {info.get("Name", ""): info.get("Value", "") for info in document.root.iter("Information")}
    units = {name.removeprefix("units of "): unit for name, unit in units.items() if name.startswith("units of ")}
    place = chosen.place
    times = [step.time for step in found]
    return Proposal(
        joined([chosen.row(step) for step in found]),
        place.kept,
        units={name: units[name] for name in chosen.variables if name in units},
        coordinates=place.coordinates,
        coordinate_units={axis: units[axis] for axis in place.kept if axis in units},
        weights=place.weights,
        mesh=place.mesh,
        times=None if None in times else np.array(times, np.float64),
        time_unit=units.get("time", ""),
        assumptions=[*assumptions, *words, *place.words, *chosen.words],
    )


class _Fields:
    """Variables at the points, or in the cells, as the first step has them; later datasets are not opened."""

    def __init__(self, document: Document, first: Step, at: str, assumptions: list[str]) -> None:
        self.document, self.first, self.at = document, first, at
        self.items: dict[str, list[Item]] = {}
        for name, attribute in first.attributes[at].items():
            try:
                self.items[name] = _items(document, attribute)
            except NotReadError as error:
                assumptions.append(f"{name!r} is left out: {error}")
        if self.items:
            self.place: Place = xdmf_mesh.place(document, first.topology, first.geometry, at)
        self.names = {name: self._names(name) for name in self.items}
        self.variables = [variable for names in self.names.values() for variable in names]
        if len(set(self.variables)) < len(self.variables):
            raise document.error(f"two variables would have one name: {', '.join(self.variables)}")
        self.words = [
            PADDED.format(name, ",".join(v for v in self.variables if v != names[2]))
            for name, names in self.names.items()
            if len(names) == 3 and self.place.flat
        ]

    def _names(self, name: str) -> list[str]:
        items = self.items[name]
        sizes = self._sizes(name, items[0])
        if len(items) > 1 and sizes:
            raise self.document.error(f"{name!r} joins items that are no scalars")
        return places.component_names(name, len(items) if len(items) > 1 else math.prod(sizes), SUFFIXES)

    def _box(self, name: str, item: Item) -> Sequence[tuple[int, int]]:
        return item.box or [(0, n) for n in self.document.shape(self.items[name][0])]

    def _sizes(self, name: str, item: Item) -> tuple[int, ...]:
        counts = [count for _, count in self._box(name, item)]
        return places.require_shape(repr(name), counts, self.place, self.document.path)

    def row(self, step: Step) -> dict[str, Part]:
        """The parts that make the row of a step."""
        found: dict[str, Part] = {}
        here = step.attributes[self.at]
        for name, variables in self.names.items():
            if name not in here:
                raise self.document.error(f"the step at time {step.time} has no {name!r}, the first has")
            items = self.items[name] if step is self.first else _items(self.document, here[name])
            parts = [part for item in items for part in self._parts(name, item)]
            if len(parts) != len(variables):
                raise self.document.error(f"{name!r} of the step at time {step.time} has {len(parts)} components")
            found |= zip(variables, parts, strict=True)
        return found

    def _parts(self, name: str, item: Item) -> list[Part]:
        """A part for each component of an item."""
        place, sizes, box = self.place, self._sizes(name, item), self._box(name, item)
        grid = [axis for axis, n in zip(place.axes, place.shape, strict=True) if n > 1]
        components = [*(f"c{i}" for i in range(len(sizes) - 1)), "c"][-len(sizes) or 1 :]
        names = iter([*grid, *components])
        # an axis of which one layer is taken has the name of its place, so that neighbouring layers can be joined
        axes = [f"d{number}" if count == 1 else next(names) for number, (_, count) in enumerate(box)]
        take: dict[str, Any] = {}
        for axis, (start, count) in zip(axes, box, strict=True):
            if count == 1:
                take[axis] = start
            elif item.box and axis in grid:
                take[axis] = slice(start, start + count)
        first = {axis: start for axis, (start, _) in zip(axes, box, strict=True) if axis in components}
        places_of = itertools.product(*(range(first[a], first[a] + n) for a, n in zip(components, sizes, strict=True)))
        return [
            Part(item.path, item.dataset, tuple(axes), take | dict(zip(components, numbers, strict=True)))
            for numbers in places_of
        ]


def _items(document: Document, attribute: Any) -> list[Item]:
    items = attribute.findall("DataItem")
    if len(items) != 1:
        raise document.error(f"{len(items)} items in an attribute, one expected")
    return document.items(items[0])


def joined(rows: Sequence[dict[str, Part]]) -> list[dict[str, Part]]:
    """Rows that are consecutive layers of the same datasets made one segment each, so that they are read together.

    >>> path = Path("a.h5")
    >>> rows = [{"u": Part(path, "u", ("d0", "x"), {"d0": i})} for i in (0, 1, 2, 5)]
    >>> [segment["u"].take for segment in joined(rows)]
    [{'t': slice(0, 3, None)}, {'d0': 5}]
    """
    found = []
    first, last, along = rows[0], rows[0], [""]
    for row in rows[1:]:
        next_along = [_next_along(last[name], row[name]) for name in row]
        if all(next_along) and (first is last or along == next_along):
            last, along = row, next_along
        else:
            found.append(_segment(first, last, along))
            first, last, along = row, row, [""]
    return [*found, _segment(first, last, along)]


def _next_along(before: Part, after: Part) -> str:
    """The axis along which a part is the layer after another; "" if it is not."""
    if (before.path, before.dataset, before.axes) != (after.path, after.dataset, after.axes):
        return ""
    changed = [axis for axis, taken in after.take.items() if taken != before.take[axis]]
    if len(changed) != 1 or not isinstance(after.take[changed[0]], int):
        return ""
    return changed[0] if after.take[changed[0]] == before.take[changed[0]] + 1 else ""  # type: ignore[operator]


def _segment(first: dict[str, Part], last: dict[str, Part], along: Sequence[str]) -> dict[str, Part]:
    if first is last:
        return first
    found = {}
    for (name, part), axis in zip(first.items(), along, strict=True):
        rows = slice(part.take[axis], last[name].take[axis] + 1)  # type: ignore[operator]
        take = {a: taken for a, taken in part.take.items() if a != axis} | {"t": rows}
        found[name] = replace(part, axes=tuple("t" if a == axis else a for a in part.axes), take=take)
    return found
