"""Parts of the rows of layouts that describe a step by boxes of datasets: XDMF, VTKHDF and CGNS."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rom.data.formats.common.places import Place
from rom.data.parts import Part


def component_parts(
    path: Path, dataset: str, box: Sequence[tuple[int, int]], place: Place, sizes: tuple[int, ...]
) -> list[Part]:
    """A part for each component of the values in a box, (start, count) along each axis of the
    dataset.

    The axes that are longer than one are those of the place, then the components, of which there
    are `sizes`.
    """
    grid = [axis for axis, n in zip(place.axes, place.shape, strict=True) if n > 1]
    components = [*(f"c{i}" for i in range(len(sizes) - 1)), "c"][: len(sizes)]
    names = iter([*grid, *components])
    # an axis of which one layer is taken has the name of its place, so that neighbouring layers can
    # be joined
    axes = [f"d{number}" if count == 1 else next(names) for number, (_, count) in enumerate(box)]
    where = dict(zip(axes, box, strict=True))
    take: dict[str, int | slice | tuple[int, ...]] = {}
    for axis, (start, count) in where.items():
        if axis not in components:
            take[axis] = start if count == 1 else slice(start, start + count)
    chosen = itertools.product(*(range(where[axis][0], sum(where[axis])) for axis in components))
    return [
        Part(path, dataset, tuple(axes), take | dict(zip(components, numbers, strict=True)))
        for numbers in chosen
    ]


def joined(rows: Sequence[dict[str, Part]]) -> list[dict[str, Part]]:
    """Rows that are consecutive layers of the same datasets made one segment each, so that they are
    read together.

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


def _segment(
    first: dict[str, Part], last: dict[str, Part], along: Sequence[str]
) -> dict[str, Part]:
    if first is last:
        return first
    found = {}
    for (name, part), axis in zip(first.items(), along, strict=True):
        rows = slice(part.take[axis], last[name].take[axis] + 1)  # type: ignore[operator]
        take = {a: taken for a, taken in part.take.items() if a != axis} | {"t": rows}
        found[name] = replace(
            part, axes=tuple("t" if a == axis else a for a in part.axes), take=take
        )
    return found
