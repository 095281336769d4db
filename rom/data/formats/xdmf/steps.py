"""Steps of an XDMF file: its grids in the order of the file, with their times and attributes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

import numpy as np

from rom.data.formats.common import places
from rom.data.formats.xdmf.document import Document, kind_of, said
from rom.errors import InputError

#: Where values of an attribute lie.
CENTERS = {"node": "points", "": "points", "cell": "cells"}


@dataclass(frozen=True)
class Step:
    """A grid of one time: its mesh, and "points" | "cells" -> attributes by name."""

    time: float | None
    topology: Element
    geometry: Element
    attributes: dict[str, dict[str, Element]]


def steps(document: Document, assumptions: list[str]) -> list[Step]:
    """All steps: a temporal collection of uniform grids, several of the same times and mesh, or one
    grid.

    Raises
    ------
    InputError
        For everything else, and where some steps have times and others not.
    """
    grids = [
        document.resolve(grid)
        for domain in document.root.findall("Domain")
        for grid in domain.findall("Grid")
    ]
    collections = [grid for grid in grids if kind_of(grid, "GridType") not in ("uniform", "")]
    uniform = [grid for grid in grids if grid not in collections]
    if not collections:
        if len(uniform) != 1:
            raise document.error(
                f"{len(uniform)} grids that are no temporal collection; one is read, or a"
                " collection"
            )
        return [_step(document, uniform[0], None, assumptions)]
    unread = [grid.get("Name", "?") for grid in uniform if grid.find("Attribute") is not None]
    if unread:
        assumptions.append(
            f"grids outside the temporal collection are left out: {', '.join(unread)}"
        )
    series = [_collection(document, grid, assumptions) for grid in collections]
    found = series[0]
    for grid, other in zip(collections[1:], series[1:], strict=True):
        if len(found) != len(other):
            raise _differs(document, grid)
        found = [_merged(document, grid, a, b) for a, b in zip(found, other, strict=True)]
    if 0 < sum(step.time is None for step in found) < len(found):
        raise document.error("some steps have a time and others not")
    _say_moving(found, assumptions)
    return found


def _collection(document: Document, grid: Element, assumptions: list[str]) -> list[Step]:
    kind, of = kind_of(grid, "GridType"), grid.get("CollectionType", "Spatial").strip().lower()
    name = grid.get("Name", "?")
    if kind != "collection" or of != "temporal":
        what = f"a {of} collection" if kind == "collection" else f"of type {kind!r}"
        raise document.error(
            f"the grid {name!r} is {what}; temporal collections of uniform grids are read"
        )
    children = document.children(grid, "Grid")
    if not children:
        raise document.error(f"the collection {name!r} has no grids")
    times = _times(document, grid, len(children))
    return [
        _step(document, child, time, assumptions)
        for child, time in zip(children, times, strict=True)
    ]


def _times(document: Document, grid: Element, n: int) -> list[float | None]:
    """Times that a collection lists for its grids; None where each grid has its own."""
    stated = grid.find("Time")
    if stated is None:
        return [None] * n

    kind = kind_of(stated, "TimeType") or "single"
    items = stated.findall("DataItem")
    values = (
        document.values(items[0])
        if items
        else np.array(stated.get("Value", "").split(), np.float64)
    )
    values = values.ravel().astype(np.float64)

    if kind == "hyperslab" and len(values) == 3:
        start, step, count = values
        if count != n:
            raise document.error(f"{count:g} times for {n} grids")
        values = start + step * np.arange(int(count))
    elif kind != "list":
        # a single time would be that of all grids, a range only bounds theirs: no series in time
        raise document.error(f"times of type {kind!r} for a collection; List or HyperSlab expected")
    if len(values) != n:
        raise document.error(f"{len(values)} times for {n} grids")
    return values.tolist()


def _step(document: Document, grid: Element, time: float | None, assumptions: list[str]) -> Step:
    if kind_of(grid, "GridType") not in ("uniform", ""):
        kind = f"{grid.get('CollectionType', '')} {grid.get('GridType')}".strip().lower()
        raise document.error(
            f"a step is a {kind} of grids, pieces of a mesh; merge them when writing"
        )
    meshes = [document.children(grid, tag) for tag in ("Topology", "Geometry")]
    if not all(meshes):
        raise document.error(f"the grid {grid.get('Name', '?')!r} has no topology or no geometry")
    attributes: dict[str, dict[str, Element]] = {"points": {}, "cells": {}}
    for attribute in document.children(grid, "Attribute"):
        name, center = attribute.get("Name", "?"), attribute.get("Center", "").strip().lower()
        if center in CENTERS:
            attributes[CENTERS[center]][name] = attribute
            continue
        line = f"{name!r}, which belongs to each {center}, is left out"
        if kind_of(attribute, "ItemType") == "finiteelementfunction":
            element = f"{attribute.get('ElementFamily')} {attribute.get('ElementDegree')}"
            line = (
                f"{name!r} of a FEniCS checkpoint is left out: coefficients of {element} elements;"
                " XDMFFile.write(f, t) writes values at points, which are read"
            )
        assumptions += [line] if line not in assumptions else []
    own = next(iter(document.children(grid, "Time")), None)
    if own is not None:
        items = own.findall("DataItem")
        text = own.get("Value", "")
        try:
            time = float(document.values(items[0]).ravel()[0]) if items else float(text)
        except (ValueError, IndexError) as error:
            raise document.error(f"the time {text!r} of a step is no number") from error
    return Step(time, meshes[0][0], meshes[1][0], attributes)


def _merged(document: Document, grid: Element, a: Step, b: Step) -> Step:
    """A step of two collections: that of one function together with another's."""
    same = a.topology is b.topology and a.geometry is b.geometry
    if a.time != b.time or not (
        same or said([a.topology, a.geometry]) == said([b.topology, b.geometry])
    ):
        raise _differs(document, grid)
    if any(set(a.attributes[at]) & set(b.attributes[at]) for at in a.attributes):
        raise document.error(
            f"two temporal collections have the same variables; {grid.get('Name', '?')!r} is one"
        )
    return replace(a, attributes={at: a.attributes[at] | b.attributes[at] for at in a.attributes})


def _differs(document: Document, grid: Element) -> InputError:
    name = grid.get("Name", "?")
    return document.error(
        f"several temporal collections; {name!r} has other times or another mesh than the first"
    )


def _say_moving(found: list[Step], assumptions: list[str]) -> None:
    first = found[0]
    same = said([first.topology, first.geometry])
    for number, step in enumerate(found):
        if step.topology is first.topology and step.geometry is first.geometry:
            continue
        if said([step.topology, step.geometry]) != same:
            assumptions.append(places.MOVING.format(number))
            return
