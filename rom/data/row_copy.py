"""A copy of rows in their own order: for files whose storage chunks hold more rows than fit in
memory.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path

import h5py
import numpy as np

from rom.data.part_source import PartSource
from rom.data.parts import Part, Segment
from rom.data.snapshots import Snapshots
from rom.data.sources import Features, RowSource

#: The dataset of the copy.
ROWS = "rows"
#: A pass that reads every chunk at most this often is left as it is.
MOST_PASSES = 3


def reads_of_a_pass(snapshots: Snapshots, max_bytes: int) -> float:
    """How often a pass over the rows in blocks of `max_bytes` reads each storage chunk.

    A chunk that is compressed is read whole whatever is taken from it: one of 50 rows of which 4
    fit is read 13 times.
    """
    source = snapshots.source
    if source.chunk_width == 1:  # a part of a chunk can be read alone
        return 1.0
    rows = snapshots.block_slices(max_bytes)[0]
    return max(1.0, source.chunk_rows / max(1, rows.stop - rows.start))


def copy_bytes(snapshots: Snapshots) -> int:
    """What :func:`copied` writes."""
    return len(snapshots) * snapshots.source.shape[1] * snapshots.dtype.itemsize


def copied(snapshots: Snapshots, path: Path, max_bytes: int) -> Snapshots:
    """The same snapshots, read from a copy of their rows at `path`.

    The copy is an HDF5 file with the values as they are stored, one row after the other, before
    anything is done to them. It is made with one read of every chunk, of which about `max_bytes`
    are held, at least one chunk.

    Raises
    ------
    OSError
        If there is no room for it.
    """
    source, rows = snapshots.source, snapshots.source_rows
    shape = len(rows), source.shape[1]
    with h5py.File(path, "w") as file:
        target = file.create_dataset(ROWS, shape, source.dtype, fill_time="never")
        target[0, 0] = 0  # now it has a place in the file
        offset = target.id.get_offset()

    width = max(source.chunk_width, max_bytes // (source.chunk_rows * source.dtype.itemsize))
    descriptor = os.open(path, os.O_WRONLY)
    try:
        for first in _group_starts(rows, source):
            last = first + int(np.searchsorted(rows[first:], _chunk_end(rows[first], source)))
            for tile in source.tiles(width):
                block = np.ascontiguousarray(source.read(rows[first:last], tile))
                _write(descriptor, offset, block, first, tile.features, shape[1])
    finally:
        os.close(descriptor)
    part = Part(path, ROWS, ("t", "x"))
    return snapshots.read_from(PartSource([Segment((part,))], ("x",)))


def _chunk_end(row: int, source: RowSource) -> int:
    """The first row of the source in the next chunk."""
    return int(row) - int(row) % source.chunk_rows + source.chunk_rows


def _group_starts(rows: np.ndarray, source: RowSource) -> list[int]:
    """Where rows of another chunk begin."""
    return np.unique(rows // source.chunk_rows, return_index=True)[1].tolist()


def _write(
    descriptor: int, offset: int, block: np.ndarray, first: int, features: Features, n_features: int
) -> None:
    """Some features of rows from `first` on: neighbours are written at once."""
    size = block.dtype.itemsize
    if isinstance(features, slice):
        pieces = [(0, block.shape[1], features.start)]
    else:
        cuts = [0, *(np.flatnonzero(np.diff(features) != 1) + 1).tolist(), len(features)]
        pieces = [(a, b, int(features[a])) for a, b in itertools.pairwise(cuts)]
    for number, row in enumerate(block, first):
        values = memoryview(row).cast("B")
        for start, stop, place in pieces:
            at = offset + (number * n_features + place) * size
            _put(descriptor, values[start * size : stop * size], at)


def _put(descriptor: int, values: memoryview, offset: int) -> None:
    """Write all of it: a disk that is nearly full takes a part, and says so at the next call."""
    done = os.pwrite(descriptor, values, offset)
    while done < len(values):
        done += os.pwrite(descriptor, values[done:], offset + done)
