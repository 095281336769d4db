"""Gram and covariance matrices of centred snapshots, accumulated in float64 from tiles or blocks of
rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from rom.data.snapshots import Snapshots
from rom.data.sources import Features, Tile
from rom.linalg.spread import Parts, divide, divide_features, read, spread, whole_blocks

#: Features, or rows, that are multiplied at once: they stay in the cache, and float32 sums stay
#: short.
PANEL = 4096
#: Rows whose mean the rows are shifted by.
SHIFT_ROWS = 256


def panels(n: int) -> Iterator[slice]:
    """The numbers 0 to n, as many as are multiplied at once."""
    return (slice(start, min(start + PANEL, n)) for start in range(0, n, PANEL))


def centred(block: np.ndarray, mean: np.ndarray, dtype: type | np.dtype = np.float64) -> np.ndarray:
    """The block minus the mean, in `dtype`."""
    return np.subtract(block, mean.astype(dtype), dtype=dtype)


def gram_matrix(
    snapshots: Snapshots, max_bytes: int, dtype: type | np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    """``G = Y Y^T`` of the centred rows Y, (n_snapshots, n_snapshots), and the mean: for few
    snapshots.

    Panels of features are multiplied in `dtype` and added up in float64. A pass reads the data
    once. Only where a compressed chunk holds more of a snapshot than fits in memory are pairs of
    blocks of rows multiplied instead, and rows are read about half as many times as there are
    blocks.

    The mean of a panel is taken in `dtype`; what rounding leaves of it is removed from G at the
    end: ``G - 1 g^T - g 1^T + mean(g)`` with g the mean of G's rows is the Gram matrix of rows of
    mean zero.
    """
    n = len(snapshots)
    gram, mean = np.zeros((n, n)), np.zeros(snapshots.shape[1])
    tiles = divide_features(snapshots, max_bytes, 12 * n * n)
    if not tiles.items:
        mean = snapshots.mean(max_bytes)
        _add_pairs(gram, snapshots, mean, max_bytes, dtype)
    for products, means in spread(_gram_of, snapshots, tiles, dtype):
        gram += products
        for features, values in means:
            mean[features] = values
    rows = gram.mean(axis=0)
    gram += rows.mean() - rows - rows[:, None]
    return gram, mean


def _gram_of(
    snapshots: Snapshots, tiles: Sequence[Tile], dtype: type | np.dtype
) -> tuple[np.ndarray, list[tuple[Features, np.ndarray]]]:
    """What some tiles add to the Gram matrix, and the means of their features."""
    n = len(snapshots)
    gram, means = np.zeros((n, n)), []
    average = np.full(n, 1 / n, dtype=dtype)
    panel, product = (
        np.empty((n, PANEL), dtype),
        np.empty((n, n), dtype),
    )  # once: new memory costs as much as a pass
    for block, features in read(snapshots, tiles, snapshots.read_tile):
        mean = np.empty(block.shape[1])
        for part in panels(block.shape[1]):
            values = block[:, part].astype(dtype, copy=False)
            first = average @ values
            Y = np.subtract(values, first, out=panel[:, : values.shape[1]])
            gram += np.matmul(Y, Y.T, out=product)  # the same matrix twice: half the operations
            mean[part] = first
        means.append((features, mean))
    return gram, means


def _add_pairs(
    gram: np.ndarray, snapshots: Snapshots, mean: np.ndarray, max_bytes: int, dtype: type | np.dtype
) -> None:
    slices = snapshots.block_slices(max_bytes)
    for i, rows in enumerate(slices):
        left = centred(snapshots[rows], mean, dtype)
        gram[rows, rows] = left @ left.T
        for columns in slices[i + 1 :]:
            gram[rows, columns] = left @ centred(snapshots[columns], mean, dtype).T
            gram[columns, rows] = gram[rows, columns].T


def first_mean(snapshots: Snapshots, most: int) -> np.ndarray:
    """The mean of the first rows, at most `most`: something near the mean, so that large values do
    not cancel.
    """
    return np.asarray(snapshots[: min(SHIFT_ROWS, most)].mean(axis=0, dtype=np.float64))


def covariance_matrix(
    snapshots: Snapshots, max_bytes: int, dtype: type | np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    """``C = Y^T Y`` of the centred rows Y, (n_features, n_features), and the mean: for few
    features; one pass.

    Panels of rows are multiplied in `dtype` and added up in float64. Rows are shifted by the mean
    of the first few, which is near the mean: ``C = sum (x - s)(x - s)^T - n (mean - s)(mean -
    s)^T``. Where it is small compared with the fluctuations, so that nothing to speak of cancels,
    s = 0 saves a copy of all rows.
    """
    n_rows, n_features = snapshots.shape
    total, first = np.zeros((n_features, n_features)), np.zeros(n_features)
    blocks = divide(snapshots, partial(whole_blocks, snapshots), max_bytes, 12 * n_features**2)
    if not blocks.items:
        blocks = Parts(snapshots.block_slices(max_bytes), 1)
    head = snapshots[: min(SHIFT_ROWS, blocks.items[0].stop)]
    shift = head.mean(axis=0, dtype=np.float64).astype(dtype)
    if float(shift @ shift) <= float(head.var(axis=0, dtype=np.float64).sum()):
        shift[:] = 0
    for products, sums in spread(_covariance_of, snapshots, blocks, shift):
        total += products
        first += sums
    first /= n_rows
    return total - n_rows * np.outer(first, first), shift + first


def _covariance_of(
    snapshots: Snapshots, blocks: Sequence[slice], shift: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Sums of ``(x - shift)(x - shift)^T`` and of ``x - shift`` over some blocks of rows."""
    n_features, dtype = len(shift), shift.dtype
    total, first = np.zeros((n_features, n_features)), np.zeros(n_features)
    panel, product = np.empty((PANEL, n_features), dtype), np.empty((n_features, n_features), dtype)
    ones = np.ones(PANEL, dtype=dtype)
    for block in read(snapshots, blocks, snapshots.__getitem__):
        for part in panels(len(block)):
            Y = block[part].astype(dtype, copy=False)
            if shift.any():
                Y = np.subtract(Y, shift, out=panel[: len(Y)])
            total += np.matmul(Y.T, Y, out=product)
            first += ones[: len(Y)] @ Y
    return total, first
