"""Lazy views: which rows of a source are read, and what is done to them while they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np

from rom.data.ahead import read_ahead
from rom.data.sources import ALL, ArraySource, Features, RowSource, Tile

#: Of a block of rows, where nothing else is asked for.
BLOCK_BYTES = 64 * 2**20

#: A function of rows and of the numbers of the features they hold.
Apply = Callable[[np.ndarray, Features], np.ndarray]


@dataclass(frozen=True)
class Map:
    """One step of a lazy view: leave out the features that are not in `keep`, then apply."""

    apply: Apply | None = None
    keep: np.ndarray | None = None

    @cached_property
    def position(self) -> np.ndarray:
        """Number of each kept feature among the kept ones."""
        assert self.keep is not None
        return np.cumsum(self.keep) - 1

    def __call__(self, block: np.ndarray, features: Features) -> tuple[np.ndarray, Features]:
        if self.keep is not None:
            inside = self.keep[features]
            if not inside.all():
                block = block[:, inside]
            everything = isinstance(features, slice) and features == ALL
            features = ALL if everything else self.position[features][inside]
        return (block if self.apply is None else self.apply(block, features)), features


class RowView:
    """Rows of a source, read when they are used: some of them, in any order, after some steps.

    Parameters
    ----------
    source : RowSource. Where rows are read from; to begin with all of them, as they are.
    """

    def __init__(self, source: RowSource) -> None:
        self._source = source
        self._maps: tuple[Map, ...] = ()
        self._rows = np.arange(source.shape[0])

    def _view(self, **changes: Any) -> Self:
        """The same with other attributes; nothing is read."""
        view = object.__new__(type(self))
        view.__dict__.update(self.__dict__ | changes)
        return view

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dtype(self) -> np.dtype:
        return self._source.dtype

    @property
    def source(self) -> RowSource:
        """Where the rows are read from."""
        return self._source

    @property
    def source_rows(self) -> np.ndarray:
        """Numbers of the rows of the source that are read, increasing."""
        return np.unique(self._rows)

    def read_from(self, source: RowSource) -> Self:
        """The same view, of a source that holds a copy of its :attr:`source_rows` alone."""
        return self._view(_source=source, _rows=np.searchsorted(self.source_rows, self._rows))

    def reopened(self) -> Self:
        """The same rows, read from files that are opened again: as they are now."""
        return self._view(_source=self._source.reopened())

    @property
    def in_memory(self) -> bool:
        """Whether the rows come from an array, not from a file."""
        return isinstance(self._source, ArraySource)

    def __getitem__(self, index: Any) -> np.ndarray:
        """Read rows: an int gives (n_features,), a slice or index array gives (m, n_features)."""
        if isinstance(index, tuple):
            first, *rest = index
            return self[first][(..., *rest)] if rest else self[first]
        if isinstance(index, int | np.integer):
            if not -len(self) <= index < len(self):
                raise IndexError(f"snapshot {index} of {len(self)}")
            return self._read(self._rows[[int(index)]])[0]
        return self._read(self._rows[index])

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        return np.concatenate(list(self.blocks())).astype(dtype or self.dtype, copy=False)

    def _read(self, rows: np.ndarray) -> np.ndarray:
        increasing, inverse = np.unique(rows, return_inverse=True)
        block = self._source.read(increasing)
        if len(increasing) != len(rows) or np.any(inverse[1:] < inverse[:-1]):
            block = block[inverse]
        return self._mapped(block, ALL)[0]

    def _mapped(self, block: np.ndarray, features: Features) -> tuple[np.ndarray, Features]:
        for step in self._maps:
            block, features = step(block, features)
        return block, features

    def blocks(self, max_bytes: int | None = None) -> Iterator[np.ndarray]:
        """All rows in order, as consecutive blocks of at most `max_bytes` (default 64 MiB; at least
        one row).

        Blocks are made of whole storage chunks where they fit, so that no chunk is read twice.
        """
        slices = self.block_slices(max_bytes)
        # of a file, the next block is read while the last one is worked on
        yield from (
            map(self.__getitem__, slices)
            if self.in_memory
            else read_ahead(self.__getitem__, slices)
        )

    def mean(self, max_bytes: int | None = None) -> np.ndarray:
        """Mean of the rows, accumulated in float64: (n_features,)."""
        sums = (block.sum(axis=0, dtype=np.float64) for block in self.blocks(max_bytes))
        return np.asarray(sum(sums) / len(self))

    def tiles(self, max_bytes: int | None = None) -> list[Tile]:
        """What :meth:`read_tile` reads: all features in parts, every row of which fits in about
        `max_bytes`.

        A part is made of whole storage chunks, so that a pass over all parts reads no chunk twice;
        compressed chunks that are wider are read up to four times. Empty where that is not enough.
        """
        limit = BLOCK_BYTES if max_bytes is None else max_bytes
        return self._source.tiles(max(1, int(limit) // self._column_bytes))

    @property
    def smallest_tile_bytes(self) -> int:
        """Bytes of the smallest part of the features that cuts no chunk."""
        return self._source.chunk_width * self._column_bytes

    @property
    def _column_bytes(self) -> int:
        row_count = max(1, int(self._rows.max() - self._rows.min() + 1))
        return row_count * self.dtype.itemsize

    def read_tile(self, tile: Tile) -> tuple[np.ndarray, Features]:
        """All rows of a part of the features: (n_snapshots, width) values, and the numbers of the
        features.
        """
        increasing, inverse = np.unique(self._rows, return_inverse=True)
        block = self._source.read(increasing, tile)
        if not np.array_equal(inverse, np.arange(len(block))):
            block = block[inverse]
        return self._mapped(block, tile.features)

    def block_slices(self, max_bytes: int | None = None) -> list[slice]:
        """The row ranges :meth:`blocks` reads."""
        row_bytes = max(1, self._source.shape[1] * self.dtype.itemsize)
        step = max(1, int(BLOCK_BYTES if max_bytes is None else max_bytes) // row_bytes)
        chunk = self._source.chunk_rows
        if step > chunk:
            step -= step % chunk
        return [slice(start, min(start + step, len(self))) for start in range(0, len(self), step)]

    @property
    def chunk_rows(self) -> int:
        """Rows that are stored together: a block of fewer reads what lies between them again."""
        return self._source.chunk_rows
