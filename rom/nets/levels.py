"""Levels: the grids from the input of a convolutional network to its bottleneck, and the channels
on them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: An axis of at most this number of cells is not halved: the dense layers see what is left of it, 5
#: to 8 cells.
BOTTLENECK = 8


@dataclass(frozen=True)
class Levels:
    """Grid shapes (depth + 1, from the input on) and channels (depth, from the first convolution
    on).
    """

    sizes: tuple[tuple[int, ...], ...]
    channels: tuple[int, ...]

    @property
    def depth(self) -> int:
        return len(self.channels)

    def stride(self, level: int) -> tuple[int, ...]:
        """Of the convolution from grid `level` to the next, along each axis: 2 where it halves,
        else 1.
        """
        return tuple(
            2 if small < large else 1
            for large, small in zip(*self.sizes[level : level + 2], strict=True)
        )


def grid_levels(
    grid_shape: Sequence[int], channels: Sequence[int], depth: int | None = None
) -> Levels:
    """Levels for a grid: an axis is halved at a level, rounding up, while it has more than
    BOTTLENECK cells.

    There are as many levels as `channels` and more where the grid needs them, which repeat the last
    width. An int `depth` is the number of levels, of which each halves every axis, down to one
    cell.
    """
    sizes = [tuple(grid_shape)]
    least, smallest = (len(channels), BOTTLENECK) if depth is None else (depth, 1)
    while len(sizes) <= least or (depth is None and max(sizes[-1]) > smallest):
        sizes.append(tuple(-(-n // 2) if n > smallest else n for n in sizes[-1]))
    n_levels = len(sizes) - 1
    widths = (*channels, *[channels[-1]] * n_levels)[:n_levels]
    return Levels(tuple(sizes), widths)
