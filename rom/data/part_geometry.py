"""Where the values of a part lie in its array: axes, chunks, and the boxes that are read."""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator, Mapping

import numpy as np

from rom.data.limits import check_values
from rom.data.parts import Part
from rom.data.sources import Features
from rom.data.stored import StoredArray
from rom.errors import InputError, reading


class Geometry:
    """Where the values of one part lie: its axes after `take`, and how they are chunked."""

    def __init__(self, part: Part, grid_axes: tuple[str, ...], array: StoredArray) -> None:
        if len(part.axes) != len(array.shape):
            raise InputError(
                f"{part.path}: dataset {part.dataset!r} has shape {array.shape}, but axes"
                f" {' '.join(part.axes)!r}"
            )
        if 0 in array.shape:
            raise InputError(
                f"{part.path}: dataset {part.dataset!r} of shape {array.shape} is empty"
            )
        self.part, self.array = part, array
        self.extents = dict(zip(part.axes, array.shape, strict=True))
        self.kept = {a: _length(part.take.get(a), n) for a, n in self.extents.items()}
        self.dropped = [a for a, taken in part.take.items() if isinstance(taken, int | np.integer)]
        present = [a for a in part.axes if a not in self.dropped]
        self.order = [a for a in ("t", "c", *grid_axes) if a in present]
        self.order += [
            a for a in present if a not in self.order
        ]  # of a piece of a mesh, in the order of the file
        self.inner = [a for a in self.order if a != "t"]
        self.n_rows = self.kept["t"] if "t" in self.order else 1
        self.n_features = math.prod(self.kept[a] for a in self.inner)
        self.grid = tuple(self.kept[a] for a in self.inner if a != "c")
        self.dtype = np.dtype(part.decoding.dtype) if part.decoding else array.dtype
        self.chunks = dict(zip(part.axes, array.chunks or (), strict=False))
        self.chunk_rows = self.chunks.get("t", 1) if "t" in self.order else 1

    def read(self, start: int, stop: int, boxes: Mapping[str, slice] | None = None) -> np.ndarray:
        """Rows start..stop as (n, features), of the box of grid and variable axes or of all."""
        box, choose = [], {}
        for axis, n in self.extents.items():
            taken = self.part.take.get(axis, slice(0, n))
            if isinstance(taken, int | np.integer):
                box.append(slice(int(taken), int(taken) + 1))
                continue
            inside = (
                slice(start, stop)
                if axis == "t"
                else (boxes or {}).get(axis, slice(0, self.kept[axis]))
            )
            if isinstance(taken, tuple):
                choose[axis] = np.array(taken[inside]) - min(taken)
                box.append(slice(min(taken), max(taken) + 1))
            else:
                base = taken.start or 0
                box.append(slice(base + inside.start, base + inside.stop))
        values = self._stored(tuple(box), start)
        names = list(self.extents)
        for axis, numbers in choose.items():
            values = values.take(numbers, axis=names.index(axis))
        values = values[tuple(0 if a in self.dropped else slice(None) for a in names)]
        names = [a for a in names if a not in self.dropped]
        values = values.transpose([names.index(a) for a in self.order])
        values = values.reshape(stop - start if "t" in self.order else 1, -1)
        return values if self.part.decoding is None else self.part.decoding(values)

    def _stored(self, box: tuple[slice, ...], row: int) -> np.ndarray:
        """The values of a box, if they and a chunk fit in memory."""
        name, itemsize = f"dataset {self.part.dataset!r}", self.array.dtype.itemsize
        with reading(self.part.path):
            check_values([s.stop - s.start for s in box], itemsize, f"a part of {name}")
            check_values(self.array.chunks or (), itemsize, f"a chunk of {name}")
            try:
                return self.array.read(box)
            except OSError as error:
                raise InputError(f"{name} is damaged, row {row} or later: {error}") from error

    @property
    def smallest_tile(self) -> int:
        """Features that are stored together in one chunk of a compressed array; 1 where a box
        costs what it holds.
        """
        if not self.chunks or self.array.is_divisible:
            return 1
        return math.prod(min(self.chunks[a], self.kept[a]) for a in self.inner)

    def tiles(self, width: int) -> Iterator[tuple[dict[str, slice], Features]]:
        """Boxes of about `width` features, made of whole chunks, grown along the axes that lie
        closest together.
        """
        step = {a: min(self.chunks.get(a, 1), self.kept[a]) for a in self.inner}
        if self.smallest_tile == 1:
            step = dict.fromkeys(self.inner, 1)
        # a chunk that is too large is read for each of its pieces, which are nearly equal
        pieces = dict.fromkeys(self.inner, 1)
        for axis in self.part.axes:
            size = math.prod(-(-n // pieces[a]) for a, n in step.items())
            if axis in step and size > width:
                pieces[axis] = min(step[axis], -(-size // width))
        if max(pieces.values(), default=1) == 1:
            stored = [a for a in reversed(self.part.axes) if a in self.inner]  # fastest first
            for axis in stored:
                room = width // math.prod(step.values())
                step[axis] = min(self.kept[axis], step[axis] * max(1, room))
        strides = [
            math.prod(self.kept[a] for a in self.inner[i + 1 :]) for i in range(len(self.inner))
        ]
        sides = [_sides(self.kept[a], step[a], pieces[a]) for a in self.inner]
        for chosen in itertools.product(*sides):
            boxes = dict(zip(self.inner, chosen, strict=True))
            ranges = [
                np.arange(boxes[a].start, boxes[a].stop) * n
                for a, n in zip(self.inner, strides, strict=True)
            ]
            first, last = (sum(int(numbers[end]) for numbers in ranges) for end in (0, -1))
            whole = last - first == math.prod(map(len, ranges)) - 1
            yield (
                boxes,
                (
                    slice(first, last + 1)
                    if whole
                    else functools.reduce(np.add.outer, ranges).ravel()
                ),
            )


def _sides(n: int, step: int, pieces: int) -> list[slice]:
    """The numbers 0 to n, `step` at a time, each of these cut into nearly equal pieces.

    >>> [(side.start, side.stop) for side in _sides(7, 4, 2)]
    [(0, 2), (2, 4), (4, 5), (5, 7)]
    """
    sides = []
    for start in range(0, n, step):
        length = min(step, n - start)
        count = min(pieces, length)
        edges = [start + length * i // count for i in range(count + 1)]
        sides += [slice(a, b) for a, b in itertools.pairwise(edges)]
    return sides


def _length(taken: int | slice | tuple[int, ...] | None, n: int) -> int:
    if taken is None:
        return n
    if isinstance(taken, slice):
        return len(range(*taken.indices(n)))
    return len(taken) if isinstance(taken, tuple) else 1
