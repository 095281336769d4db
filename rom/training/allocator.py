"""Memory that one step of training gives back is kept for the next one, for as long as training
lasts.
"""

from __future__ import annotations

import ctypes
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

# parameters of mallopt(3) and what glibc begins with
TRIM_THRESHOLD, MMAP_THRESHOLD, MMAP_MAX = -1, -3, -4
DEFAULTS = {TRIM_THRESHOLD: 128 * 1024, MMAP_THRESHOLD: 128 * 1024, MMAP_MAX: 65536}
KEEP = {TRIM_THRESHOLD: 2**31 - 1, MMAP_THRESHOLD: 2**25, MMAP_MAX: 0}


@contextmanager
def kept_memory() -> Iterator[bool]:
    """Let glibc keep freed memory inside the block; afterwards its defaults are back and what is
    free is given back.

    Activations and gradients are large blocks, which glibc returns to the system when they are
    freed and fetches again one step later, page by page: a third of the time of a step on a CPU.
    Does nothing (and yields False) where the C library is another one, or where the user has set
    the allocator through the environment (``MALLOC_*``, ``GLIBC_TUNABLES``, ``LD_PRELOAD``) or
    switched this off with ``ROM_KEEP_MEMORY=0``.
    """
    library = _glibc()
    if library is None or any(_is_users(name) for name in os.environ):
        yield False
        return
    try:
        for parameter, value in KEEP.items():
            library.mallopt(parameter, value)
        yield True
    finally:
        for parameter, value in DEFAULTS.items():
            library.mallopt(parameter, value)
        library.malloc_trim(0)


def _is_users(name: str) -> bool:
    off = name == "ROM_KEEP_MEMORY" and os.environ[name] == "0"
    return (
        off
        or name in ("GLIBC_TUNABLES", "LD_PRELOAD")
        or (name.startswith("MALLOC_") and name.endswith("_"))
    )


def _glibc() -> ctypes.CDLL | None:
    return ctypes.CDLL("libc.so.6") if platform.libc_ver()[0] == "glibc" else None
