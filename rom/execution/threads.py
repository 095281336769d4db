"""Threads of a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import threadpoolctl


@contextmanager
def limited_threads(threads: int) -> Iterator[None]:
    """BLAS and PyTorch use this number of threads inside the block, and what they used before after
    it.
    """
    torch = sys.modules.get("torch")
    # read and set outside the other limit, which changes what PyTorch says but not its own copy of
    # MKL
    before = torch.get_num_threads() if torch else threads
    try:
        with threadpoolctl.threadpool_limits(threads):
            if torch:
                torch.set_num_threads(threads)
            yield
    finally:
        if torch:
            torch.set_num_threads(before)
