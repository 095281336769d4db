"""Row sources: where the rows of :class:`rom.Snapshots` come from, read a few rows or a few columns
at a time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

#: Numbers of features: a range where they are neighbours.
Features = slice | np.ndarray
ALL = slice(None)


@dataclass(frozen=True)
class Tile:
    """Some of the features of every row: their numbers, and what the source needs to read just
    them.
    """

    features: Features
    part: Any


class RowSource(Protocol):
    """Rows that can be read in any order, a few at a time."""

    shape: tuple[int, int]
    dtype: np.dtype
    chunk_rows: int  # rows that are stored together: reading fewer costs as much

    @property
    def chunk_width(self) -> int:
        """Features that are stored together, at most; 1 where each can be read alone."""
        ...

    def read(self, rows: np.ndarray, tile: Tile | None = None) -> np.ndarray:
        """The rows with these increasing, unique numbers: (len(rows), n_features), or the tile's
        features.
        """
        ...

    def tiles(self, width: int) -> list[Tile]:
        """All features in parts of about `width` or fewer.

        Nothing that is stored is read twice, unless it is wider: then up to four times. Empty
        where it would be more.
        """
        ...

    def reopened(self) -> RowSource:
        """The same rows from files that are opened again, where it has files."""
        ...


class ArraySource:
    """Rows of an array in memory, multiplied by `factor` when they are read.

    The factor turns stored integers into physical values without a second copy of the whole array.
    """

    def __init__(self, array: np.ndarray, *, factor: float | None = None) -> None:
        self.array = array.reshape(len(array), math.prod(array.shape[1:]))
        self.factor = factor
        self.shape = (self.array.shape[0], self.array.shape[1])
        self.dtype = np.dtype(np.float32) if factor is not None else array.dtype
        self.chunk_rows = self.chunk_width = 1

    def read(self, rows: np.ndarray, tile: Tile | None = None) -> np.ndarray:
        block = self.array[as_slice(rows)]
        if tile is not None:
            block = block[:, tile.features]
        return block if self.factor is None else block * self.dtype.type(self.factor)

    def tiles(self, width: int) -> list[Tile]:
        starts = range(0, self.shape[1], max(1, width))
        return [Tile(slice(s, min(s + max(1, width), self.shape[1])), None) for s in starts]

    def reopened(self) -> ArraySource:
        return self


def as_slice(rows: np.ndarray) -> slice | np.ndarray:
    """A slice where the rows are consecutive: NumPy reads it without a copy."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows
