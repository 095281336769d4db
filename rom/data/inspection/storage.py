"""How the values lie in the file, and how POD would therefore read them
(docs/larger-than-memory.md).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rom.data.hdf5_file import HDF5File
from rom.data.inspection.contents import Item, chunk_shape
from rom.data.memory import memory_bytes
from rom.data.part_source import PartSource
from rom.data.parts import Part
from rom.data.snapshots import Snapshots

#: Case -> how the file is read.
CASES = {
    "memory": "held in memory",
    "plain": "read straight from the file: no compression",
    "gzip": "chunks are decompressed on all cores",
    "other filters": "read through the HDF5 library, one chunk at a time",
    "whole snapshots": (
        "compressed chunks hold whole snapshots and do not fit: the file is read several times"
    ),
}


def describe_storage(snapshots: Snapshots, items: Sequence[Item]) -> dict[str, Any]:
    """The case of the table in docs/larger-than-memory.md, and a command that stores the worst one
    better.
    """
    source = snapshots.source
    if not isinstance(source, PartSource) or source.segments[0].parts[0].opener is not HDF5File:
        return {
            "case": "memory",
            "words": CASES["memory"],
            "missing_filters": [],
            "strided": False,
            "rewrite": None,
        }
    known = {item.name: item for item in items}
    parts = [part for part in source.segments[0].parts if part.dataset.strip("/") in known]
    stored = [(part, known[part.dataset.strip("/")]) for part in parts]
    case = "plain"
    if any(item.filters for _, item in stored):
        case = (
            "gzip"
            if all(set(item.filters) <= {"gzip", "shuffle"} for _, item in stored)
            else "other filters"
        )
    rewrite = None
    limit = memory_bytes(None)
    large = math.prod(snapshots.shape) * snapshots.dtype.itemsize > limit
    # POD holds at least one tile, of at most a third of the limit
    if large and snapshots.shape[0] <= snapshots.shape[1] and not snapshots.tiles(limit // 3):
        case, rewrite = "whole snapshots", _rewrite(*stored[0]) if stored else None
    strided = any(not item.chunks and _time_is_last(part, item) for part, item in stored)
    missing = sorted({name for _, item in stored for name in item.missing_filters})
    return {
        "case": case,
        "words": CASES[case],
        "missing_filters": missing,
        "strided": strided,
        "rewrite": rewrite,
    }


def _time_is_last(part: Part, item: Item) -> bool:
    """Whether a snapshot of a contiguous dataset is more than a thousand separate pieces."""
    if "t" not in part.axes or isinstance(part.take.get("t"), int):
        return False
    return math.prod(item.shape[: part.axes.index("t")]) > 1000


def _rewrite(part: Part, item: Item) -> str:
    chunk = chunk_shape(item, part.axes.index("t") if "t" in part.axes else 0)
    return f"h5repack -l {item.name}:CHUNK={'x'.join(map(str, chunk))} {part.path.name} new.h5"
