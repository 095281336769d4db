"""Batches of training rows: from memory where they fit, from shuffled blocks of the file where
not.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence

import numpy as np
import torch

from rom.data.ahead import read_ahead
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource

#: Parts of the memory limit: a pool of rows (three are held for a moment: the last, the next, and
#: the one being read for after it), and a block that is read into one (a few copies are made of it
#: on the way). What is left is for what the allocator does not give back.
POOLS, BLOCKS = 6, 48


class Batches:
    """Iterates once over all rows in float32 batches, in a new random order each time.

    Rows that fit in `memory_limit` as float32 are read once, block by block, and kept; where they
    lie in memory (or in a mapped file) as float32 already, they are used where they are. Otherwise
    every pass reads *pools* that do: each holds several blocks of rows drawn from all of the file,
    and its rows are shuffled, so that a batch is not one stretch of time; single rows in random
    order would take far longer to read than to learn from. The next pool is read while training
    continues. The order comes from the generator alone, not from what is ready.

    Parameters
    ----------
    rows : Snapshots
    batch_size : int
    generator : torch.Generator for the order, or None to keep it.
    memory_limit : int, bytes
    """

    def __init__(
        self, rows: Snapshots, batch_size: int, generator: torch.Generator | None, memory_limit: int
    ) -> None:
        self.rows, self.batch_size, self.generator = rows, batch_size, generator
        self.cache: torch.Tensor | None = None
        row_bytes = 4 * rows.shape[1]
        # whichever is smaller: a share of a large limit, or a usual block
        self.parts = max(rows.block_slices(memory_limit // BLOCKS), rows.block_slices(), key=len)
        largest = self.parts[0].stop
        self.parts_per_pool = max(1, memory_limit // POOLS // (row_bytes * largest))
        if row_bytes * len(rows) <= memory_limit:
            stored = self._stored()
            self.cache = self._read(self.parts) if stored is None else stored

    def in_order(self) -> Batches:
        """The same rows, always in the same order; nothing is read or kept twice."""
        twin = copy.copy(self)
        twin.generator = None
        return twin

    def __len__(self) -> int:
        return -(-len(self.rows) // self.batch_size)

    def __iter__(self) -> Iterator[torch.Tensor]:
        pools = [self.cache] if self.cache is not None else read_ahead(self._read, self._pools())
        rest = torch.empty((0, self.rows.shape[1]))
        for pool in pools:
            if self.batch_size >= len(self.rows) == len(pool):
                yield pool  # all rows at once: their order does not matter
                return
            order = self._order(len(pool))
            room = self.batch_size - len(rest)
            for chosen in (order[:room], *order[room:].split(self.batch_size)):
                # a batch may begin in one pool and end in the next
                rest = (
                    torch.cat([rest, pool.index_select(0, chosen)])
                    if len(rest)
                    else pool.index_select(0, chosen)
                )
                if len(rest) == self.batch_size:
                    yield rest
                    rest = rest[:0]
        if len(rest):
            yield rest

    def _stored(self) -> torch.Tensor | None:
        """All rows where they lie in memory, None where they have to be read."""
        if not isinstance(self.rows.source, ArraySource):
            return None
        first = self.rows[:1]  # shows whether anything is done to rows when they are read
        if first.dtype != np.float32 or not np.may_share_memory(first, self.rows.source.array):
            return None
        whole = self.rows[:]
        return (
            torch.from_numpy(whole) if whole.flags.writeable and whole.flags.c_contiguous else None
        )

    def _order(self, n: int) -> torch.Tensor:
        return (
            torch.arange(n)
            if self.generator is None
            else torch.randperm(n, generator=self.generator)
        )

    def _pools(self) -> list[list[slice]]:
        """The blocks of each pool, drawn at random and read in the order of the file."""
        groups = self._order(len(self.parts)).split(self.parts_per_pool)
        return [[self.parts[i] for i in sorted(group.tolist())] for group in groups]

    def _read(self, parts: Sequence[slice]) -> torch.Tensor:
        pool = np.empty(
            (sum(part.stop - part.start for part in parts), self.rows.shape[1]), dtype=np.float32
        )
        start = 0
        for part in parts:
            end = start + part.stop - part.start
            pool[start:end] = self.rows[part]
            start = end
        return torch.from_numpy(pool)
