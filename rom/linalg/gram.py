"""Gram and covariance matrices of centred snapshots, accumulated in float64 from blocks of rows."""

from __future__ import annotations

import numpy as np

from rom.data.snapshots import Snapshots


def centred(block: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The block minus the mean, in float64."""
    return np.subtract(block, mean, dtype=np.float64)


def gram_matrix(snapshots: Snapshots, mean: np.ndarray, max_bytes: int) -> np.ndarray:
    """``G = Y Y^T`` of the centred rows Y: (n_snapshots, n_snapshots), for few snapshots.

    Two blocks of rows are held at a time, so rows are read once where they fit in `max_bytes` and about
    half as many times as there are blocks where they do not.
    """
    slices = snapshots.block_slices(max_bytes)
    gram = np.empty((len(snapshots), len(snapshots)))
    for i, rows in enumerate(slices):
        left = centred(snapshots[rows], mean)
        gram[rows, rows] = left @ left.T
        for columns in slices[i + 1 :]:
            gram[rows, columns] = left @ centred(snapshots[columns], mean).T
            gram[columns, rows] = gram[rows, columns].T
    return gram


def covariance_matrix(snapshots: Snapshots, mean: np.ndarray, max_bytes: int) -> np.ndarray:
    """``C = Y^T Y`` of the centred rows Y: (n_features, n_features), for few features; one pass."""
    total = np.zeros((snapshots.shape[1], snapshots.shape[1]))
    for block in snapshots.blocks(max_bytes):
        rows = centred(block, mean)
        total += rows.T @ rows
    return total
