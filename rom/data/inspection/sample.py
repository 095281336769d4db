"""A bounded sample of the values: ranges, missing values, what never changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import Tile

SAMPLE_BYTES = 64 * 2**20
PIECES = 16  # places in time, or in space, that the sample is spread over
SHORTEST = 32  # snapshots of a piece where whole snapshots are too large


@dataclass
class VariableSample:
    """What the sampled values of one variable are; masked cells do not count.

    `always`: cells without a value in every sampled snapshot; `sometimes`: values missing in other
    cells.
    """

    minimum: float = np.inf
    maximum: float = -np.inf
    total: float = 0.0
    squares: float = 0.0
    count: int = 0
    always: int = 0
    sometimes: int = 0
    infinite: int = 0
    varies: bool = False
    first_missing: str = ""
    first_infinite: str = ""

    @property
    def mean(self) -> float:
        """Of all sampled values, without weights."""
        return self.total / self.count if self.count else np.nan

    @property
    def standard_deviation(self) -> float:
        """About `mean`, over space and time."""
        return (
            float(np.sqrt(max(0.0, self.squares / self.count - self.mean**2)))
            if self.count
            else np.nan
        )


@dataclass
class Sample:
    """Variable -> what its sampled values are, and how much was looked at."""

    variables: dict[str, VariableSample]
    n_snapshots: int = 0
    n_values: int = 0
    whole: bool = False


def take_sample(
    snapshots: Snapshots,
    *,
    whole: bool = False,
    strided: bool = False,
    max_bytes: int = SAMPLE_BYTES,
) -> Sample:
    """Look at about `max_bytes` of values spread over time (and over space, where a snapshot is
    larger), or at all.

    `strided`: the values of one snapshot lie far apart in the file, so that series of some cells
    are read instead. Nothing is looked at where what is stored together is far larger than
    `max_bytes`.
    """
    sample = Sample({name: VariableSample() for name in snapshots.layout.variables})
    rows_seen = np.zeros(len(snapshots), dtype=bool)
    for tile, slices in _plan(snapshots, whole, strided, max_bytes):
        blocks = _Cells(snapshots.layout, tile)
        for rows in slices:
            rows_seen[rows] = True
            view = snapshots.select(rows)
            blocks.add(view[:] if tile is None else view.read_tile(tile)[0], rows.start)
        blocks.reduce(sample)
        sample.n_values += blocks.seen * len(blocks.low)
    sample.n_snapshots = int(rows_seen.sum())
    sample.whole = sample.n_values == snapshots.shape[0] * snapshots.shape[1]
    return sample


def _plan(
    snapshots: Snapshots, whole: bool, strided: bool, max_bytes: int
) -> Iterator[tuple[Tile | None, list[slice]]]:
    """Which rows of which features: pieces made of whole storage chunks."""
    n, row_bytes = len(snapshots), snapshots.shape[1] * snapshots.dtype.itemsize
    chunk = min(n, snapshots.source.chunk_rows)
    if chunk * row_bytes <= max_bytes and not strided:
        if whole or n * row_bytes <= max_bytes:
            yield None, snapshots.block_slices(max_bytes)
            return
        # two pieces even where one fills the sample: one chunk cannot tell what changes
        count = int(np.clip(max_bytes // (chunk * row_bytes), 2, PIECES))
        step = max(chunk, max_bytes // (count * row_bytes) // chunk * chunk)
        starts = np.unique(np.linspace(0, (n - 1) // step, count).astype(int)) * step
        yield None, [slice(int(start), min(int(start) + step, n)) for start in starts]
        return
    step = n if strided else min(n, -(-SHORTEST // chunk) * chunk)
    rows = [slice(start, min(start + step, n)) for start in range(0, n, step)]
    # a piece may be up to four times as wide, where storage wants it
    tiles = snapshots.select(rows[0]).tiles(max_bytes // PIECES) or snapshots.select(rows[0]).tiles(
        max_bytes
    )
    if whole:
        yield from (
            ((tile, rows) for tile in tiles)
            if tiles
            else [(None, snapshots.block_slices(max_bytes))]
        )
        return
    count = min(PIECES, len(tiles))
    for i in range(count):
        tile = tiles[i * (len(tiles) - 1) // max(1, count - 1)]
        yield tile, [rows[i * (len(rows) - 1) // max(1, count - 1)]]


class _Cells:
    """Some features of some rows: least and largest value, and what is missing, for each
    feature.
    """

    def __init__(self, layout: FieldLayout, tile: Tile | None) -> None:
        self.layout = layout
        features = slice(0, layout.n_features) if tile is None else tile.features
        if isinstance(features, slice):
            self.numbers = np.arange(features.start, features.stop)
        else:
            self.numbers = features
        n = len(self.numbers)
        self.seen = 0
        self.low, self.high = np.full(n, np.inf), np.full(n, -np.inf)
        self.total, self.squares = np.zeros(n), np.zeros(n)
        self.missing, self.infinite = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        self.first = np.full((2, n), -1)  # the first row with a NaN, with an infinite value

    def add(self, block: np.ndarray, start: int) -> None:
        self.seen += len(block)
        finite = np.isfinite(block)
        if not finite.all():
            nan = np.isnan(block)
            for number, (what, where) in enumerate(
                [(self.missing, nan), (self.infinite, ~finite & ~nan)]
            ):
                what += where.sum(axis=0)
                new = where.any(axis=0) & (self.first[number] < 0)
                self.first[number, new] = start + where.argmax(axis=0)[new]
            low, high = (
                np.where(finite, block, np.inf).min(axis=0),
                np.where(finite, block, -np.inf).max(axis=0),
            )
            block = np.where(finite, block, 0)
        else:
            low, high = block.min(axis=0), block.max(axis=0)
        np.minimum(self.low, low, out=self.low)
        np.maximum(self.high, high, out=self.high)
        self.total += block.sum(axis=0, dtype=np.float64)
        self.squares += np.einsum("ij,ij->j", block, block, dtype=np.float64)

    def reduce(self, sample: Sample) -> None:
        """Add what was seen to the sample, variable by variable."""
        variable = self.numbers // self.layout.n_cells
        valid = (
            np.ones(len(variable), bool)
            if self.layout.mask is None
            else self.layout.valid[self.numbers]
        )

        for number in np.unique(variable):
            mine = np.flatnonzero((variable == number) & valid)
            found = sample.variables[self.layout.variables[number]]
            if not len(mine):
                continue

            missing, infinite = self.missing[mine], self.infinite[mine]
            # final, although only rows of this piece count: no cell lies in two pieces
            always = missing == self.seen
            found.minimum = min(found.minimum, float(self.low[mine].min()))
            found.maximum = max(found.maximum, float(self.high[mine].max()))
            found.total += float(self.total[mine].sum())
            found.squares += float(self.squares[mine].sum())
            found.count += self.seen * len(mine) - int(missing.sum() + infinite.sum())
            # cell by cell: a field that differs from place to place alone is the same all the time
            found.varies |= bool((self.high[mine] > self.low[mine]).any())

            found.always += int(always.sum())
            found.sometimes += int(missing[~always].sum())
            found.infinite += int(infinite.sum())
            # cells that never have a value become the mask: no snapshot is to blame for them
            found.first_missing = found.first_missing or self._place(0, mine[~always])
            found.first_infinite = found.first_infinite or self._place(1, mine)

    def _place(self, kind: int, mine: np.ndarray) -> str:
        """Snapshot and cell of the first bad value, "" where there is none."""
        bad = mine[self.first[kind, mine] >= 0]
        if not len(bad):
            return ""
        feature = bad[self.first[kind, bad].argmin()]
        _, *cell = np.unravel_index(
            int(self.numbers[feature]), (self.layout.n_variables, *self.layout.grid_shape)
        )
        where = ", ".join(
            f"{axis} {int(i)}" for axis, i in zip(self.layout.axes, cell, strict=True)
        )
        return f"snapshot {self.first[kind, feature]}, {where}"
