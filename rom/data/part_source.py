"""PartSource: rows that lie in arrays of one or many files, in whatever order of axes."""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from pathlib import Path

import numpy as np

from rom.data.hdf5_open import Identity, known, trust
from rom.data.limits import check_fits
from rom.data.part_geometry import Geometry
from rom.data.parts import Part, Segment
from rom.data.sources import Features, Tile
from rom.data.stored import Container, Opener, StoredArray
from rom.errors import InputError, reading

OPEN_FILES = 64  # handles a process keeps; the least recently used is closed
#: Arrays that are asked which other files they lie in, besides the first ones of each file.
MOST_ASKED = 1000


#: How often a chunk may be read that is wider than what fits.
MOST_READS = 4


class PartSource:
    """Rows made of segments, one after the other: a file of a series, a trajectory, a time step.

    Files are opened read-only and lazily, once per process: a handle survives neither pickling nor
    a fork.

    Parameters
    ----------
    segments : sequence of Segment
    grid_axes : names of the grid axes in the order of the layout, whatever their order in a
        dataset.
    """

    def __init__(self, segments: Sequence[Segment], grid_axes: Sequence[str]) -> None:
        self.segments = tuple(segments)
        self.grid_axes = tuple(grid_axes)
        self._files = _Files()
        first = [self._geometry(part) for part in self.segments[0].parts]
        # opening each of ten thousand trajectories or time steps would take minutes: a part without
        # times is one row, and parts of one dataset with the same range of times have as many
        known: dict[tuple, int] = {}
        counts = []
        for segment in self.segments:
            part = segment.parts[0]
            key = (part.path, part.dataset, str(part.take.get("t")))
            if "t" not in part.axes or isinstance(part.take.get("t"), int | np.integer):
                known[key] = 1
            elif key not in known:
                known[key] = self._geometry(part).n_rows
            counts.append(known[key])
        self.starts = np.concatenate([[0], np.cumsum(counts)])
        self.shape = (int(self.starts[-1]), sum(geometry.n_features for geometry in first))
        files = {segment.parts[0].path: segment for segment in self.segments}
        dtype = np.result_type(
            *(self._geometry(part).dtype for segment in files.values() for part in segment.parts)
        )
        path = self.segments[0].parts[0].path
        check_fits(8 * self.shape[0], f"{path}: the numbers of {self.shape[0]} snapshots")
        check_fits(dtype.itemsize * self.shape[1], f"{path}: a snapshot of {self.shape[1]} values")
        # the float type that holds the values; extended precision ends here
        self.dtype = np.dtype(
            np.float32 if np.result_type(dtype, np.float32) == np.float32 else np.float64
        )
        self.chunk_rows = max(geometry.chunk_rows for geometry in first)
        self.paths = self._paths()

    def grid(self, number: int) -> tuple[int, ...]:
        """Cells of a segment along each grid axis."""
        grids = [self._geometry(part).grid for part in self.segments[number].parts]
        pieces = self.segments[number].pieces
        if pieces > 1:
            cells = np.array([math.prod(grid) for grid in grids]).reshape(-1, pieces).sum(axis=1)
            grids = [(int(n),) for n in cells]
        shapes = set(grids)
        if len(shapes) > 1:
            part = self.segments[number].parts[0]
            raise InputError(f"{part.path}: its variables lie on different grids: {sorted(shapes)}")
        return shapes.pop()

    def _paths(self) -> tuple[Path, ...]:
        """Files the rows are read from, those that links and virtual datasets lead to as well."""
        parts = [part for segment in self.segments for part in segment.parts]
        paths = dict.fromkeys(part.path for part in parts)
        asked: set[tuple[Path, str]] = set()
        seen: set[Path] = set()
        for part in parts:
            key = part.path, part.dataset
            if key in asked or (part.path in seen and len(asked) > MOST_ASKED):
                continue
            asked.add(key)
            seen.add(part.path)
            paths.update(dict.fromkeys(self._files.beside(part)))
        return tuple(paths)

    def reopened(self) -> PartSource:
        """The same rows, from files that are opened again."""
        other = copy(self)
        other._files = _Files()
        return other

    def _geometry(self, part: Part) -> Geometry:
        return Geometry(part, self.grid_axes, self._files.array(part))

    def read(self, rows: np.ndarray, tile: Tile | None = None) -> np.ndarray:
        stored = self._read_as_stored(rows, tile)
        if stored is not None:
            return stored
        width = self.shape[1] if tile is None else _count(tile.features)
        block = np.empty((len(rows), width), dtype=self.dtype)
        owners = np.searchsorted(self.starts, rows, side="right") - 1
        for number in np.unique(owners):
            mine = np.flatnonzero(owners == number)
            target = block[mine[0] : mine[-1] + 1]
            self._read_segment(
                self.segments[number], rows[mine] - self.starts[number], tile, target
            )
        return block

    def _read_as_stored(self, rows: np.ndarray, tile: Tile | None) -> np.ndarray | None:
        """Neighbouring rows of one part: one read gives them, without a copy. None where it takes
        more.
        """
        if not len(rows) or rows[-1] - rows[0] != len(rows) - 1:
            return None
        number = int(np.searchsorted(self.starts, rows[0], side="right")) - 1
        segment, first = self.segments[number], int(rows[0] - self.starts[number])
        if rows[-1] >= self.starts[number + 1] or (tile is None and len(segment.parts) > 1):
            return None
        part, boxes = (0, None) if tile is None else tile.part
        geometry = self._geometry(segment.parts[part])
        if tile is None and geometry.n_features != self.shape[1]:
            return None
        return geometry.read(first, first + len(rows), boxes).astype(self.dtype, copy=False)

    def _read_segment(
        self, segment: Segment, rows: np.ndarray, tile: Tile | None, target: np.ndarray
    ) -> None:
        chosen = range(len(segment.parts)) if tile is None else [tile.part[0]]
        start = 0
        for number in chosen:
            geometry = self._geometry(segment.parts[number])
            boxes = None if tile is None else tile.part[1]
            for first, last, lowest, highest in runs(rows):
                values = geometry.read(lowest, highest, boxes)
                if highest - lowest != last - first:
                    values = values[rows[first:last] - lowest]
                if start + values.shape[1] <= target.shape[1]:
                    target[first:last, start : start + values.shape[1]] = values
            start += values.shape[1]
        if start != target.shape[1]:
            part = segment.parts[0]
            raise InputError(
                f"{part.path}: {part.dataset!r} gives {start} values a snapshot, the first"
                f" {target.shape[1]}"
            )

    @property
    def chunk_width(self) -> int:
        return max(self._geometry(part).smallest_tile for part in self.segments[0].parts)

    def tiles(self, width: int) -> list[Tile]:
        found: list[Tile] = []
        offset = 0
        for number, part in enumerate(self.segments[0].parts):
            geometry = self._geometry(part)
            if geometry.smallest_tile > MOST_READS * width:
                return []
            found += [
                Tile(_shift(features, offset), (number, boxes))
                for boxes, features in geometry.tiles(max(1, width))
            ]
            offset += geometry.n_features
        return found


def runs(rows: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """Increasing rows as few contiguous reads: (first, last, lowest, highest), rows[first:last] in
    [lowest, highest).

    A gap of up to eight rows is read and thrown away: one long read is faster than many.
    """
    first = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i] - rows[i - 1] > 1 + min(8, i - first):
            yield first, i, int(rows[first]), int(rows[i - 1]) + 1
            first = i


def _count(features: Features) -> int:
    return features.stop - features.start if isinstance(features, slice) else len(features)


def _shift(features: Features, offset: int) -> Features:
    if isinstance(features, slice):
        return slice(features.start + offset, features.stop + offset)
    return features + offset


class _Files:
    """The open files of a source: opened when needed, once per process."""

    def __init__(self, known: Iterable[Identity] = ()) -> None:
        trust(known)
        self._open: OrderedDict[tuple[Opener, Path], Container] = OrderedDict()
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple:
        return _Files, (known(),)

    def array(self, part: Part) -> StoredArray:
        """The array of a part."""
        with self._lock, reading(part.path):
            return self._container(part).array(part.dataset)

    def beside(self, part: Part) -> Sequence[Path]:
        """Other files that the values of a part lie in."""
        with self._lock, reading(part.path):
            return self._container(part).beside(part.dataset)

    def _container(self, part: Part) -> Container:
        if self._pid != os.getpid():  # after a fork the handles are the parent's
            self._open, self._pid = OrderedDict(), os.getpid()
        key = part.opener, part.path
        container = self._open.pop(key, None)
        container = part.opener(part.path) if container is None else container
        self._open[key] = container
        while len(self._open) > OPEN_FILES:
            self._open.popitem(last=False)  # closed when its last array goes
        return container
