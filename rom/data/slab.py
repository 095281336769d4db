"""Reading a box out of an HDF5 dataset at the speed of the disk: without the library's lock, and on
all cores.

h5py reads under one lock, so that neither two chunks are decompressed at once nor anything else
runs meanwhile. Plain values and chunks compressed with gzip (with or without shuffle) are therefore
read from where the library says they lie; everything else goes through the library.
"""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import h5py
import numpy as np
from isal import isal_zlib

from rom.data.limits import DEFLATE, SMALL, check_fits, check_values, size_text
from rom.errors import InputError

Box = tuple[slice, ...]
#: First element of a chunk -> (place in the file, bytes, mask of the filters that were skipped).
ChunkIndex = Mapping[tuple[int, ...], tuple[int, int, int]]

KNOWN_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE}
#: Filters that unpack a byte to `DEFLATE` bytes at most.
BOUNDED = {*KNOWN_FILTERS, h5py.h5z.FILTER_FLETCHER32, 32000}  # the last is LZF
#: What other filters may add to a chunk.
CHECKSUM = 64


def chunk_index(dataset: h5py.Dataset) -> ChunkIndex | None:
    """Where the chunks of a dataset lie; None where only the library can read them."""
    if (
        not dataset.chunks
        or dataset.dtype.kind not in "fiu"
        or not set(_filters(dataset)) <= KNOWN_FILTERS
    ):
        return None
    found: dict[tuple[int, ...], tuple[int, int, int]] = {}
    dataset.id.chunk_iter(
        lambda info: found.update(
            {info.chunk_offset: (info.byte_offset, info.size, info.filter_mask)}
        )
    )
    return found


def read_slab(dataset: h5py.Dataset, box: Box, index: ChunkIndex | None = None) -> np.ndarray:
    """The values of ``dataset[box]``; every slice of the box has a start, a stop and no step.

    Raises
    ------
    OSError
        If the file is damaged there.
    """
    check_storage(dataset, [s.stop - s.start for s in box])
    if any(s.stop <= s.start for s in box) or not box or dataset.file.driver != "sec2":
        return np.asarray(dataset[box])
    if index is not None:
        return _read_chunks(dataset, box, index)
    check_chunks(dataset)
    plist = dataset.id.get_create_plist()
    plain = plist.get_layout() == h5py.h5d.CONTIGUOUS and not plist.get_external_count()
    plain = plain and dataset.id.get_storage_size() == dataset.nbytes  # else it was never written
    offset = dataset.id.get_offset() if plain and dataset.dtype.kind in "fiu" else None
    return np.asarray(dataset[box]) if offset is None else _read_plain(dataset, box, offset)


def read_all(dataset: h5py.Dataset) -> np.ndarray:
    """All values of a dataset, if they fit in memory.

    Raises
    ------
    InputError
        If they do not, or it claims so.
    """
    check_storage(dataset, dataset.shape or ())
    if dataset.dtype.kind not in "fiu" or not dataset.shape:
        check_chunks(dataset)
        return np.asarray(dataset[()])
    return read_slab(dataset, tuple(slice(0, n) for n in dataset.shape), chunk_index(dataset))


def check_chunks(dataset: h5py.Dataset) -> None:
    """Refuse compressed chunks that hold more than a chunk: the library unpacks all of it."""
    filters = _filters(dataset) if dataset.chunks else []
    if not filters or filters[-1] != h5py.h5z.FILTER_DEFLATE:
        return
    suspect: list[tuple[int, ...]] = []

    def visit(info: Any) -> None:
        if info.size * DEFLATE > SMALL and not info.filter_mask:
            suspect.append(info.chunk_offset)

    dataset.id.chunk_iter(visit)
    size = math.prod(dataset.chunks) * dataset.id.get_type().get_size()
    for place in suspect:
        _inflate(dataset.id.read_direct_chunk(place)[1], size + CHECKSUM)


def check_storage(dataset: h5py.Dataset, shape: Sequence[int]) -> None:
    """Refuse values of that shape, or chunks, that do not fit in memory, and those of which nearly
    nothing is stored: they were never written, or the file claims what it does not have.
    """
    itemsize, name = dataset.dtype.itemsize, f"the dataset {dataset.name!r}"
    n_bytes = math.prod(shape) * itemsize
    check_fits(n_bytes, name)
    if dataset.chunks:
        check_values(dataset.chunks, itemsize, f"a chunk of {name}")
    if n_bytes > SMALL and set(_filters(dataset)) <= BOUNDED and not _is_elsewhere(dataset):
        stored = dataset.id.get_storage_size()
        if stored * DEFLATE < n_bytes:
            raise InputError(
                f"{name} of shape {dataset.shape} has only {size_text(stored)} in the file: it was"
                " not written, or is damaged"
            )


def _is_elsewhere(dataset: h5py.Dataset) -> bool:
    """Whether the values lie in other datasets or other files."""
    return dataset.is_virtual or dataset.id.get_create_plist().get_external_count() > 0


def _read_plain(dataset: h5py.Dataset, box: Box, offset: int) -> np.ndarray:
    """Values of a dataset that is stored in C order."""
    descriptor = os.open(dataset.file.filename, os.O_RDONLY)
    try:
        return _read_runs(descriptor, dataset.dtype, dataset.shape, box, offset)
    finally:
        os.close(descriptor)


def _read_runs(
    descriptor: int, dtype: np.dtype, stored: Sequence[int], box: Box, offset: int
) -> np.ndarray:
    """A box of values that lie in C order from an offset on: runs of neighbours are read straight
    into the result.
    """
    shape = tuple(s.stop - s.start for s in box)
    out = np.empty(shape, dtype=dtype)
    depth = len(shape)  # axes from here on are whole: they and half of the one before are one run
    while depth > 0 and shape[depth - 1] == stored[depth - 1]:
        depth -= 1
    depth = max(depth - 1, 0)
    strides = [math.prod(stored[i + 1 :]) * dtype.itemsize for i in range(len(shape))]
    start = offset + sum(s.start * stride for s, stride in zip(box, strides, strict=True))
    runs = out.reshape(math.prod(shape[:depth]), -1).view(np.uint8)
    places = np.full(shape[:depth], start)
    for axis, (n, stride) in enumerate(zip(shape[:depth], strides, strict=False)):
        places += (np.arange(n) * stride).reshape([-1 if i == axis else 1 for i in range(depth)])
    for number, place in enumerate(
        places.ravel().tolist()
    ):  # hundreds of thousands of a large file
        _fill(descriptor, memoryview(runs[number]), place)
    return out


def _fill(descriptor: int, target: memoryview, offset: int) -> None:
    """Read until the target is full: one call reads at most 2 GiB."""
    done = os.preadv(descriptor, [target], offset)
    while done < len(target):
        count = os.preadv(descriptor, [target[done:]], offset + done)
        if not count:
            raise OSError("the file ends before the data do")
        done += count


def _read_chunks(dataset: h5py.Dataset, box: Box, index: ChunkIndex) -> np.ndarray:
    out = np.empty([s.stop - s.start for s in box], dtype=dataset.dtype)
    filters = _filters(dataset)
    firsts = [
        range(s.start - s.start % n, s.stop, n) for s, n in zip(box, dataset.chunks, strict=True)
    ]
    places = list(itertools.product(*firsts))
    descriptor = os.open(dataset.file.filename, os.O_RDONLY)

    def read(place: tuple[int, ...]) -> None:
        inside, target = [], []
        for first, n, s in zip(place, dataset.chunks, box, strict=True):
            low, high = max(first, s.start), min(first + n, s.stop)
            inside.append(slice(low - first, high - first))
            target.append(slice(low - s.start, high - s.start))
        if place in index:
            offset, size, skipped = index[place]
            if not filters and size == math.prod(dataset.chunks) * dataset.dtype.itemsize:
                chunk = tuple(inside)
                out[tuple(target)] = _read_runs(
                    descriptor, dataset.dtype, dataset.chunks, chunk, offset
                )
                return
            raw = bytearray(size)
            _fill(descriptor, memoryview(raw), offset)
            out[tuple(target)] = _decode(raw, filters, skipped, dataset)[tuple(inside)]
        else:
            out[tuple(target)] = dataset.fillvalue

    try:
        if len(places) == 1:
            read(places[0])
        else:
            with ThreadPoolExecutor(min(len(places), os.cpu_count() or 1)) as pool:
                list(pool.map(read, places))
    finally:
        os.close(descriptor)
    return out


def _decode(raw: bytearray, filters: list[int], skipped: int, dataset: h5py.Dataset) -> np.ndarray:
    """The values of a chunk: its filters undone in reverse order."""
    data: Any = raw
    size, itemsize = math.prod(dataset.chunks) * dataset.dtype.itemsize, dataset.dtype.itemsize
    for number in reversed(range(len(filters))):
        if skipped & (1 << number):
            continue
        if filters[number] == h5py.h5z.FILTER_DEFLATE:
            data = _inflate(data, size)
        else:
            planes = np.frombuffer(data, dtype=np.uint8).reshape(itemsize, -1)
            data = np.empty(planes.shape[::-1], dtype=np.uint8)
            for i in range(itemsize):  # faster than copying the transpose
                data[:, i] = planes[i]
            data = data.reshape(-1)
    values = np.frombuffer(data, dtype=dataset.dtype)
    if values.nbytes != size:
        raise OSError(f"a chunk holds {values.nbytes} bytes, {size} expected")
    return values.reshape(dataset.chunks)


def _inflate(data: Any, size: int) -> bytes:
    """What a compressed chunk holds, which is no more than the chunk."""
    stream = isal_zlib.decompressobj()  # three times as fast as zlib
    try:
        found = bytes(stream.decompress(data, size + 1))
    except isal_zlib.error as error:  # type: ignore[misc]  # its stub says otherwise
        raise OSError(f"a compressed chunk is damaged: {error}") from error
    if len(found) > size:
        raise OSError(f"a compressed chunk of {size} bytes holds more")
    return found


def _filters(dataset: h5py.Dataset) -> list[int]:
    plist = dataset.id.get_create_plist()
    return [plist.get_filter(i)[0] for i in range(plist.get_nfilters())]
