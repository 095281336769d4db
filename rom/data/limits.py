"""What a file claims is compared with the memory that is there before anything is allocated."""

from __future__ import annotations

import math
import resource
from collections.abc import Iterable

from rom.errors import InputError

#: Bytes that are always there: what is smaller is not checked, which costs a look at the system.
SMALL = 2**26
#: Variables that an array may hold along its axis ``c``; a mesh of a billion cells is no variable.
MOST_VARIABLES = 2**16
#: A stream of deflate (gzip, ZIP) holds at most this many bytes for each of its own.
DEFLATE = 1032


def available_bytes() -> int:
    """Memory that this process can still have."""
    from rom.data.memory import free_bytes  # here: it brings NumPy, which not everybody needs

    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return free_bytes() if limit == resource.RLIM_INFINITY else min(free_bytes(), limit)


def check_fits(n_bytes: int, what: str) -> None:
    """Refuse what does not fit in memory.

    >>> check_fits(2**60, "a snapshot")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    rom.errors.InputError: a snapshot would take 1152921.5 TB, ...
    """
    if n_bytes > SMALL and n_bytes > (free := available_bytes()):
        raise InputError(
            f"{what} would take {size_text(n_bytes)}, there are {size_text(free)} of memory;"
            " the file is damaged, or this machine too small for it"
        )


def check_values(shape: Iterable[int], itemsize: int, what: str) -> None:
    """The same for an array of that shape."""
    check_fits(math.prod(int(n) for n in shape) * itemsize, what)


def check_variables(count: int, what: str) -> None:
    """Refuse an axis of variables as long as no data have them."""
    if count > MOST_VARIABLES:
        raise InputError(
            f"{what} would hold {count} variables, more than {MOST_VARIABLES}; name the axes of"
            " the grid with --axes (in Python: axes=...)"
        )


def check_unpacked(n_bytes: int, stored: int, what: str) -> None:
    """Refuse a compressed stream that claims more than it can hold, or than fits in memory."""
    if n_bytes > DEFLATE * stored + SMALL // DEFLATE:
        raise InputError(
            f"{what} claims {size_text(n_bytes)}, which {size_text(stored)} cannot hold: damaged"
        )
    check_fits(n_bytes, what)


def size_text(n_bytes: float) -> str:
    """Bytes in words.

    >>> size_text(512), size_text(1234), size_text(5_300_000_000)
    ('512 B', '1.2 kB', '5.3 GB')
    """
    if n_bytes < 1000:
        return f"{n_bytes:.0f} B"
    size = n_bytes / 1000
    for unit in ("kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
