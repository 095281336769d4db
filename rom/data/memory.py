"""Memory limits: what a user writes, and the blocks of rows that fit."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from rom.data import views
from rom.errors import InputError

#: Rows that are worked on at once.
PIECE_BYTES = 2**23
#: Copies of a block that a pass over the rows holds at most, with what the allocator keeps.
PASS_COPIES = 16
#: Where Linux says what a group of processes may take: a container, a job of a scheduler.
CGROUPS = Path("/sys/fs/cgroup")


def memory_bytes(limit: int | str | None) -> int:
    """Bytes of a memory limit: a number, a string such as "1GB" or "512 MiB", or None for a quarter
    of the memory.

    >>> memory_bytes("1GB"), memory_bytes("2 MiB")
    (1000000000, 2097152)
    """
    if limit is None:
        return machine_bytes() // 4
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]*)?)\s*([kKMGT]?)(i?)B?\s*", str(limit))
    if not match:
        raise InputError(
            f"memory_limit={limit!r} is neither a number of bytes nor a string such as '1GB'"
        )
    number, prefix, binary = match.groups()
    size = int(
        float(number) * (1024 if binary else 1000) ** " kMGT".index(prefix.replace("K", "k") or " ")
    )
    if size < 1:
        raise InputError(f"memory_limit={limit!r} must be positive")
    return size


def machine_bytes() -> int:
    """The memory of this machine, or what its processes may take of it where that is less: in a
    container, or a job of a scheduler.
    """
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return min([whole, *(limit for limit, _ in _group_limits())])


def free_bytes() -> int:
    """The memory that is free now, as far as the system says so; else all of it."""
    free = [machine_bytes()]
    with suppress(OSError, AttributeError):
        said = Path("/proc/meminfo").read_text(encoding="ascii")
        free.append(1024 * int(re.search(r"MemAvailable:\s*(\d+) kB", said)[1]))  # type: ignore[index]
    for limit, used in _group_limits():
        with suppress(OSError, ValueError):
            free.append(max(0, limit - int(used.read_text(encoding="ascii"))))
    return min(free)


@cache
def _group_limits() -> tuple[tuple[int, Path], ...]:
    """Each limit in bytes on a group that this process is in, and the file that says what it uses.

    Both versions of Linux's control groups; limits of a group hold for those within it.
    """
    files = {"": ("memory.max", "memory.current")}
    files["memory"] = ("memory.limit_in_bytes", "memory.usage_in_bytes")
    found = []
    with suppress(OSError):
        for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
            _, kind, place = line.split(":", 2)
            if kind not in files:
                continue
            folder = CGROUPS / kind / place.strip("/")
            for group in (folder, *folder.parents):
                if not group.is_relative_to(CGROUPS / kind):
                    break
                with suppress(OSError, ValueError):  # "max": no limit
                    limit = int((group / files[kind][0]).read_text(encoding="ascii"))
                    found.append((limit, group / files[kind][1]))
    return tuple(found)


def pass_bytes(limit: int | str | None) -> int:
    """Bytes of a block of rows for one pass: the default, or so few that the copies made of it fit
    in the limit.
    """
    return min(views.BLOCK_BYTES, memory_bytes(limit) // PASS_COPIES)


def said(n_bytes: float) -> str:
    """Bytes as a memory limit may be written, no less than they are.

    >>> said(1_230_000), said(999), said(2.5e9)
    ('1.3MB', '1kB', '2.5GB')
    """
    for unit, size in (("GB", 1e9), ("MB", 1e6)):
        if n_bytes >= size:
            return f"{math.ceil(10 * n_bytes / size) / 10:g}{unit}"
    return f"{max(1, math.ceil(n_bytes / 1e3))}kB"


def pieces(blocks: Iterable[np.ndarray]) -> Iterator[np.ndarray]:
    """Blocks of rows in small parts: what is computed of each, several copies in double precision,
    stays small.
    """
    for block in blocks:
        step = max(1, PIECE_BYTES // max(1, block[0].nbytes))
        yield from (block[start : start + step] for start in range(0, len(block), step))


def training_shares(limit: int) -> tuple[int, int]:
    """What the training rows and the validation rows may take of a run's memory limit, in
    bytes.
    """
    return limit * 3 // 4, limit // 4
