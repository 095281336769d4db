"""XDMF: an XML file that says what lies in the datasets of HDF5 files next to it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import places
from rom.data.formats.common.places import Place
from rom.data.formats.common.rows import component_parts, joined
from rom.data.formats.xdmf import mesh as xdmf_mesh
from rom.data.formats.xdmf.document import Document, Item, NotReadError
from rom.data.formats.xdmf.steps import Step, steps
from rom.data.parts import Part

TITLE = "XDMF"
OPTIONS: dict[str, str] = {}

ROOT = re.compile(rb"<\s*Xdmf[\s>]", re.IGNORECASE)
#: Six components are those of a symmetric tensor.
SUFFIXES = {**places.SUFFIXES, 6: ("xx", "xy", "xz", "yy", "yz", "zz")}
PADDED = (
    "{!r} has three components on a flat mesh; if the third is padding, leave it out: variables={}"
)


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
    at, words = places.choose_location(
        {a: fields[a].variables for a in fields}, options.get("variables"), path
    )
    chosen = fields[at]
    units = {
        info.get("Name", ""): info.get("Value", "") for info in document.root.iter("Information")
    }
    units = {
        name.removeprefix("units of "): unit
        for name, unit in units.items()
        if name.startswith("units of ")
    }
    place = chosen.place
    times = [step.time for step in found]
    return Proposal(
        joined([chosen.row(step) for step in found]),
        place.kept,
        units={name: units[name] for name in chosen.variables if name in units},
        coordinates=place.centres,
        coordinate_units={axis: units[axis] for axis in place.kept if axis in units},
        weights=place.weights,
        mesh=place.mesh,
        times=None if None in times else np.array(times, np.float64),
        time_unit=units.get("time", ""),
        assumptions=[*assumptions, *words, *place.words, *chosen.words],
    )


class _Fields:
    """Variables at the points, or in the cells, as the first step has them; later datasets are not
    opened.
    """

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
        return places.component_names(
            name, len(items) if len(items) > 1 else math.prod(sizes), SUFFIXES
        )

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
                raise self.document.error(
                    f"the step at time {step.time} has no {name!r}, the first has"
                )
            items = self.items[name] if step is self.first else _items(self.document, here[name])
            parts = [part for item in items for part in self._parts(name, item)]
            if len(parts) != len(variables):
                raise self.document.error(
                    f"{name!r} of the step at time {step.time} has {len(parts)} components"
                )
            found |= zip(variables, parts, strict=True)
        return found

    def _parts(self, name: str, item: Item) -> list[Part]:
        box = self._box(name, item)
        return component_parts(item.path, item.dataset, box, self.place, self._sizes(name, item))


def _items(document: Document, attribute: Any) -> list[Item]:
    items = attribute.findall("DataItem")
    if len(items) != 1:
        raise document.error(f"{len(items)} items in an attribute, one expected")
    return document.items(items[0])
