"""Reading ahead: the next piece is read while the last one is worked on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Read = TypeVar("Read")


def read_ahead(read: Callable[[Item], Read], items: Sequence[Item]) -> Iterator[Read]:
    """``map(read, items)`` with one piece read in a second thread; two pieces are held at a time.

    >>> list(read_ahead(str, [1, 2, 3]))
    ['1', '2', '3']
    """
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(read, items[0]) if items else None
        for item in items[1:]:
            assert waiting is not None
            done, waiting = waiting.result(), pool.submit(read, item)
            yield done
        if waiting is not None:
            yield waiting.result()
