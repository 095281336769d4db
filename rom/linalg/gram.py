"""Gram and covariance matrices of centred snapshots, accumulated in float64 from tiles or blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom.data.ahead import read_ahead
from rom.data.snapshots import Snapshots
from rom.data.sources import Features

#: Features that are multiplied at once: they stay in the cache, and float32 sums stay short.
PANEL = 4096
#: Rows of the covariance's panels, for the same reasons.
ROW_PANEL = 2048
#: Rows whose mean the covariance's rows are shifted by, so that large values do not cancel.
SHIFT_ROWS = 256


def centred(block: np.ndarray, mean: np.ndarray, dtype: type | np.dtype = np.float64) -> np.ndarray:
    """The block minus the mean, in `dtype`."""
    return np.subtract(block, mean.astype(dtype), dtype=dtype)


def tiles(snapshots: Snapshots, max_bytes: int) -> Iterator[tuple[np.ndarray, Features]]:
    """All features in parts with all rows, in one pass; two parts of `max_bytes` are held at a time.

    Where no part would fit (a compressed chunk holds whole snapshots) nothing comes: see :func:`gram_matrix`.
    """
    parts = snapshots.tiles(max_bytes)
    if snapshots.in_memory:
        yield from map(snapshots.read_tile, parts)
    else:
        yield from read_ahead(snapshots.read_tile, parts)


def gram_matrix(snapshots: Snapshots, max_bytes: int, dtype: type | np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """``G = Y Y^T`` of the centred rows Y, (n_snapshots, n_snapshots), and the mean: for few snapshots.

    Panels of features are multiplied in `dtype` and added up in float64. A pass reads the data once. Only where a
    compressed chunk holds more of a snapshot than fits in memory are pairs of blocks of rows multiplied instead, and
    rows are read about half as many times as there are blocks.

    The mean of a panel is taken in `dtype`; what rounding leaves of it is removed from G at the end:
    ``G - 1 g^T - g 1^T + mean(g)`` with g the mean of G's rows is the Gram matrix of rows of mean zero.
    """
    n = len(snapshots)
    gram, mean = np.zeros((n, n)), np.zeros(snapshots.shape[1])
    if not snapshots.tiles(max_bytes):
        mean = snapshots.mean(max_bytes)
        _add_pairs(gram, snapshots, mean, max_bytes, dtype)
    average = np.full(n, 1 / n, dtype=dtype)
    width = max(PANEL, 4 * n)  # wide enough that adding up the n x n products costs little beside making them
    for block, features in tiles(snapshots, max_bytes):
        found = np.empty(block.shape[1])
        for start in range(0, block.shape[1], width):
            panel = block[:, start : start + width].astype(dtype, copy=False)
            first = average @ panel
            panel = panel - first
            gram += panel @ panel.T
            found[start : start + width] = first
        mean[features] = found
    rows = gram.mean(axis=0)
    gram += rows.mean() - rows - rows[:, None]
    return gram, mean


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


def covariance_matrix(snapshots: Snapshots, max_bytes: int, dtype: type | np.dtype) -> tuple[np.ndarray, np.ndarray]:
    """``C = Y^T Y`` of the centred rows Y, (n_features, n_features), and the mean: for few features; one pass.

    Panels of rows are multiplied in `dtype` and added up in float64. Rows are shifted by the mean of the first few,
    which is near the mean: ``C = sum (x - s)(x - s)^T - n (mean - s)(mean - s)^T``.
    """
    n_features = snapshots.shape[1]
    total, first = np.zeros((n_features, n_features)), np.zeros(n_features)
    shift: np.ndarray | None = None
    for block in snapshots.blocks(max_bytes):
        if shift is None:
            shift = block[:SHIFT_ROWS].mean(axis=0, dtype=np.float64).astype(dtype)
        for start in range(0, len(block), ROW_PANEL):
            rows = np.subtract(block[start : start + ROW_PANEL], shift, dtype=dtype)
            total += rows.T @ rows
            first += np.ones(len(rows), dtype=dtype) @ rows
    assert shift is not None
    first /= len(snapshots)
    return total - len(snapshots) * np.outer(first, first), shift + first
