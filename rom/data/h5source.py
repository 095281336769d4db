"""H5Source: rows that lie in datasets of one or many HDF5 files, in whatever order of axes."""

from __future__ import annotations

import functools
import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import h5py
import numpy as np

from rom.data.formats import hdf5
from rom.data.slab import ChunkIndex, chunk_index, read_slab
from rom.data.sources import Features, Tile
from rom.errors import InputError

OPEN_FILES = 64  # handles a process keeps; the least recently used is closed


@dataclass(frozen=True)
class Decoding:
    """How stored values become physical ones, in this order (CF conventions, section 8.1): values equal to one of
    `fill` become NaN, the others ``stored * scale + offset``; NaN too where outside `valid`, a range of stored values.
    With `unsigned`, stored signed integers are meant as unsigned ones, before all else.
    """

    fill: tuple[float, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    valid: tuple[float, float] = (-math.inf, math.inf)
    dtype: str = "float64"  # of the decoded values
    unsigned: bool = False

    def __call__(self, stored: np.ndarray) -> np.ndarray:
        if self.unsigned:
            stored = stored.view(stored.dtype.str.replace("i", "u"))
        missing = np.isin(stored, self.fill) if self.fill else np.zeros(stored.shape, dtype=bool)
        if np.isfinite(self.valid).any():
            missing |= (stored < self.valid[0]) | (stored > self.valid[1])
        values = stored.astype(self.dtype)
        if self.scale != 1:
            values *= values.dtype.type(self.scale)
        if self.offset != 0:
            values += values.dtype.type(self.offset)
        values[missing] = np.nan
        return values


@dataclass(frozen=True)
class Part:
    """A dataset, or a box of one, that holds some features of some rows.

    Parameters
    ----------
    path, dataset : the file and the name of the dataset in it.
    axes : names of the dataset's axes as h5py shows them: ``t`` snapshots, ``c`` variables, others grid axes. Without
        ``t`` (or with a number for it in `take`) the part is one row.
    take : axis -> number (that axis is gone), range, or tuple of numbers (variables of ``c`` only).
    decoding : how stored values become physical ones; None: as they are.
    """

    path: Path
    dataset: str
    axes: tuple[str, ...]
    take: Mapping[str, int | slice | tuple[int, ...]] = field(default_factory=dict)
    decoding: Decoding | None = None


@dataclass(frozen=True)
class Segment:
    """Some consecutive rows: the parts that make them, variable by variable; all parts have the same rows.

    Of a mesh in several pieces, `pieces` parts one after the other make a variable.
    """

    parts: tuple[Part, ...]
    pieces: int = 1


class H5Source:
    """Rows made of segments, one after the other: a file of a series, a trajectory, a time step.

    Files are opened read-only and lazily, once per process: an HDF5 handle survives neither pickling nor a fork.

    Parameters
    ----------
    segments : sequence of Segment
    grid_axes : names of the grid axes in the order of the layout, whatever their order in a dataset.
    """

    def __init__(self, segments: Sequence[Segment], grid_axes: Sequence[str]) -> None:
        self.segments = tuple(segments)
        self.grid_axes = tuple(grid_axes)
        self._files = _Files()
        first = [self._geometry(part) for part in self.segments[0].parts]
        # opening each of ten thousand trajectories or time steps would take minutes: a part without times is one row,
        # and parts of one dataset with the same range of times have as many
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
        dtype = np.result_type(*(self._geometry(part).dtype for segment in files.values() for part in segment.parts))
        # the float type that holds the values; extended precision ends here
        self.dtype = np.dtype(np.float32 if np.result_type(dtype, np.float32) == np.float32 else np.float64)
        self.chunk_rows = max(geometry.chunk_rows for geometry in first)

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

    @property
    def paths(self) -> tuple[Path, ...]:
        """Files the rows are read from."""
        return tuple(dict.fromkeys(part.path for segment in self.segments for part in segment.parts))

    def _geometry(self, part: Part) -> _Geometry:
        return _Geometry(part, self.grid_axes, *self._files.dataset(part))

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
            self._read_segment(self.segments[number], rows[mine] - self.starts[number], tile, target)
        return block

    def _read_as_stored(self, rows: np.ndarray, tile: Tile | None) -> np.ndarray | None:
        """Neighbouring rows of one part: one read gives them, without a copy. None where it takes more."""
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

    def _read_segment(self, segment: Segment, rows: np.ndarray, tile: Tile | None, target: np.ndarray) -> None:
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
                f"{part.path}: {part.dataset!r} gives {start} values a snapshot, the first {target.shape[1]}"
            )

    def tiles(self, width: int) -> list[Tile]:
        found: list[Tile] = []
        offset = 0
        for number, part in enumerate(self.segments[0].parts):
            geometry = self._geometry(part)
            if geometry.smallest_tile > 4 * width:
                return []
            found += [
                Tile(_shift(features, offset), (number, boxes)) for boxes, features in geometry.tiles(max(1, width))
            ]
            offset += geometry.n_features
        return found


class _Geometry:
    """Where the values of one part lie: its axes after `take`, and how they are chunked."""

    def __init__(self, part: Part, grid_axes: tuple[str, ...], dataset: h5py.Dataset, index: ChunkIndex | None) -> None:
        if len(part.axes) != dataset.ndim:
            raise InputError(
                f"{part.path}: dataset {part.dataset!r} has shape {dataset.shape}, but axes {' '.join(part.axes)!r}"
            )
        if 0 in dataset.shape:
            raise InputError(f"{part.path}: dataset {part.dataset!r} of shape {dataset.shape} is empty")
        self.part, self.dataset, self.index = part, dataset, index
        self.extents = dict(zip(part.axes, dataset.shape, strict=True))
        self.kept = {a: _length(part.take.get(a), n) for a, n in self.extents.items()}
        self.dropped = [a for a, taken in part.take.items() if isinstance(taken, int | np.integer)]
        present = [a for a in part.axes if a not in self.dropped]
        self.order = [a for a in ("t", "c", *grid_axes) if a in present]
        self.order += [a for a in present if a not in self.order]  # of a piece of a mesh, in the order of the file
        self.inner = [a for a in self.order if a != "t"]
        self.n_rows = self.kept["t"] if "t" in self.order else 1
        self.n_features = math.prod(self.kept[a] for a in self.inner)
        self.grid = tuple(self.kept[a] for a in self.inner if a != "c")
        self.dtype = np.dtype(part.decoding.dtype) if part.decoding else dataset.dtype
        self.chunks = dict(zip(part.axes, dataset.chunks or (), strict=False))
        self.chunk_rows = self.chunks.get("t", 1) if "t" in self.order else 1

    def read(self, start: int, stop: int, boxes: Mapping[str, slice] | None = None) -> np.ndarray:
        """Rows start..stop as (n, features), of the box of grid and variable axes or of all."""
        box, choose = [], {}
        for axis, n in self.extents.items():
            taken = self.part.take.get(axis, slice(0, n))
            if isinstance(taken, int | np.integer):
                box.append(slice(int(taken), int(taken) + 1))
                continue
            inside = slice(start, stop) if axis == "t" else (boxes or {}).get(axis, slice(0, self.kept[axis]))
            if isinstance(taken, tuple):
                choose[axis] = np.array(taken[inside]) - min(taken)
                box.append(slice(min(taken), max(taken) + 1))
            else:
                base = taken.start or 0
                box.append(slice(base + inside.start, base + inside.stop))
        try:
            values = read_slab(self.dataset, tuple(box), self.index)
        except OSError as error:
            raise InputError(
                f"{self.part.path}: dataset {self.part.dataset!r} is damaged, row {start} or later: {error}"
            ) from error
        names = list(self.extents)
        for axis, numbers in choose.items():
            values = values.take(numbers, axis=names.index(axis))
        values = values[tuple(0 if a in self.dropped else slice(None) for a in names)]
        names = [a for a in names if a not in self.dropped]
        values = values.transpose([names.index(a) for a in self.order])
        values = values.reshape(stop - start if "t" in self.order else 1, -1)
        return values if self.part.decoding is None else self.part.decoding(values)

    @property
    def smallest_tile(self) -> int:
        """Features that are stored together in one chunk of a compressed dataset; 1 where a box costs what it holds."""
        if not self.chunks or _plain(self.dataset):
            return 1
        return math.prod(min(self.chunks[a], self.kept[a]) for a in self.inner)

    def tiles(self, width: int) -> Iterator[tuple[dict[str, slice], Features]]:
        """Boxes of about `width` features, made of whole chunks, grown along the axes that lie closest together."""
        step = {a: min(self.chunks.get(a, 1), self.kept[a]) for a in self.inner}
        if self.smallest_tile == 1:
            step = dict.fromkeys(self.inner, 1)
        stored = [a for a in reversed(self.part.axes) if a in self.inner]  # fastest first
        for axis in stored:
            room = width // math.prod(step.values())
            step[axis] = min(self.kept[axis], step[axis] * max(1, room))
        strides = [math.prod(self.kept[a] for a in self.inner[i + 1 :]) for i in range(len(self.inner))]
        counts = [-(-self.kept[a] // step[a]) for a in self.inner]
        for place in np.ndindex(*counts):
            boxes = {
                a: slice(i * step[a], min((i + 1) * step[a], self.kept[a]))
                for a, i in zip(self.inner, place, strict=True)
            }
            ranges = [np.arange(boxes[a].start, boxes[a].stop) * n for a, n in zip(self.inner, strides, strict=True)]
            first, last = (sum(int(numbers[end]) for numbers in ranges) for end in (0, -1))
            whole = last - first == math.prod(map(len, ranges)) - 1
            yield boxes, slice(first, last + 1) if whole else functools.reduce(np.add.outer, ranges).ravel()


def runs(rows: np.ndarray) -> Iterator[tuple[int, int, int, int]]:
    """Increasing rows as few contiguous reads: (first, last, lowest, highest), rows[first:last] in [lowest, highest).

    A gap of up to eight rows is read and thrown away: one long read is faster than many.
    """
    first = 0
    for i in range(1, len(rows) + 1):
        if i == len(rows) or rows[i] - rows[i - 1] > 1 + min(8, i - first):
            yield first, i, int(rows[first]), int(rows[i - 1]) + 1
            first = i


def _plain(dataset: h5py.Dataset) -> bool:
    """Whether a dataset has no filter: a box inside a chunk can then be read alone."""
    return dataset.id.get_create_plist().get_nfilters() == 0


def _length(taken: int | slice | tuple[int, ...] | None, n: int) -> int:
    if taken is None:
        return n
    if isinstance(taken, slice):
        return len(range(*taken.indices(n)))
    return len(taken) if isinstance(taken, tuple) else 1


def _count(features: Features) -> int:
    return features.stop - features.start if isinstance(features, slice) else len(features)


def _shift(features: Features, offset: int) -> Features:
    if isinstance(features, slice):
        return slice(features.start + offset, features.stop + offset)
    return features + offset


class _Files:
    """Handles of a source's files and where their chunks lie: opened when needed, once per process."""

    def __init__(self) -> None:
        self._handles: OrderedDict[Path, h5py.File] = OrderedDict()
        self._indices: dict[tuple[Path, str], ChunkIndex | None] = {}
        self._pid = os.getpid()
        self._lock = threading.Lock()

    def __reduce__(self) -> tuple:
        return _Files, ()

    def dataset(self, part: Part) -> tuple[h5py.Dataset, ChunkIndex | None]:
        """The dataset of a part, and its chunks where they can be read without the library."""
        with self._lock:
            if self._pid != os.getpid():  # after a fork the handles are the parent's
                self._handles, self._pid = OrderedDict(), os.getpid()
            handle = self._handles.pop(part.path, None)
            self._handles[part.path] = handle = h5py.File(part.path, "r") if handle is None else handle
            while len(self._handles) > OPEN_FILES:
                self._handles.popitem(last=False)  # closed when its last dataset goes
            dataset = hdf5.dataset(handle, part.dataset, part.path)
            key = part.path, part.dataset
            if key not in self._indices:
                self._indices[key] = chunk_index(dataset)
            return dataset, self._indices[key]
