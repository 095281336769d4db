"""Memory limits: what a user writes, and the blocks of rows that fit."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator

import numpy as np

from rom.data import views
from rom.errors import InputError

#: Rows that are worked on at once.
PIECE_BYTES = 2**23


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
    """The memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def pass_bytes(limit: int | str | None) -> int:
    """Bytes of a block of rows for one pass: the default, or so few that the copies made of it fit
    in the limit.
    """
    return min(views.BLOCK_BYTES, memory_bytes(limit) // 16)


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
