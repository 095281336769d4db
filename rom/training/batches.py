"""Batches of training rows: from memory where they fit, from shuffled blocks of the file where not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch

from rom.data.snapshots import Snapshots

CACHE_BYTES = 2 * 2**30


class Batches:
    """Iterates once over all rows in float32 batches, in a new random order each time.

    Rows of at most `cache_bytes` (as float32) are read once, block by block, and kept. Otherwise every
    pass reads blocks in random order and shuffles the rows inside a block, because reading single rows
    of a file in random order takes far longer than the arithmetic.

    Parameters
    ----------
    rows : Snapshots
    batch_size : int
    generator : torch.Generator for the order, or None to keep it.
    cache_bytes : int, default 2 GiB
    """

    def __init__(
        self, rows: Snapshots, batch_size: int, generator: torch.Generator | None, *, cache_bytes: int = CACHE_BYTES
    ) -> None:
        self.rows, self.batch_size, self.generator = rows, batch_size, generator
        self.cache: torch.Tensor | None = None
        # blocks as large as a quarter of the cache: batches are mixed within a block only
        self.parts = rows.block_slices(max(1, cache_bytes // 4))
        if 4 * rows.shape[0] * rows.shape[1] <= cache_bytes:
            self.cache = torch.empty(rows.shape, dtype=torch.float32)
            for part in rows.block_slices():
                self.cache[part] = _tensor(rows[part])

    def __len__(self) -> int:
        if self.cache is not None:
            return -(-len(self.rows) // self.batch_size)
        return sum(-(-(part.stop - part.start) // self.batch_size) for part in self.parts)

    def _order(self, n: int) -> torch.Tensor:
        return torch.arange(n) if self.generator is None else torch.randperm(n, generator=self.generator)

    def __iter__(self) -> Iterator[torch.Tensor]:
        if self.cache is not None:
            yield from self._batches(self.cache)
        else:
            for i in self._order(len(self.parts)).tolist():
                yield from self._batches(_tensor(self.rows[self.parts[i]]))

    def _batches(self, block: torch.Tensor) -> Iterator[torch.Tensor]:
        for chosen in self._order(len(block)).split(self.batch_size):
            yield block.index_select(0, chosen)


def _tensor(block: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(block, dtype=np.float32))
