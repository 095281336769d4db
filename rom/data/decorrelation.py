"""How many snapshots a series needs to forget itself: the gap between blocks of a split."""

from __future__ import annotations

import math

import numpy as np

from rom.data.snapshots import Snapshots

ROWS = 256  # snapshots that are looked at


def decorrelation_length(snapshots: Snapshots) -> tuple[int, bool]:
    """First zero of the autocorrelation of the first POD coefficient, in snapshots.

    ``c(k) = sum_t a(t) a(t + k) / sqrt(sum_t a(t)^2 sum_t a(t + k)^2)`` with a(t) the coefficient
    of the first mode of the centred rows, every variable divided by its energy and cells weighted.
    Of a wave it is a quarter of the period, so that the last training snapshot says nothing linear
    of the first test snapshot.

    Measured on the leading 256 snapshots; where these do not hold eight times the length, on every
    fourth, sixteenth, ... one, to the resolution of their spacing. At least 1; at most a tenth of
    the snapshots, so that a slow series keeps rows to train on: then the second value is False.

    >>> period = 40  # snapshots
    >>> wave = np.cos(2 * np.pi * (np.arange(200)[:, None] - np.arange(10)) / period)
    >>> decorrelation_length(Snapshots.from_array(wave))
    (10, True)
    """
    n = len(snapshots)
    limit = max(1, math.ceil(n / 10))
    step = 1
    while True:
        rows = np.arange(0, n, step)[:ROWS]
        lag = _first_zero(_first_coefficient(snapshots.select(rows)))
        seen_all = step * ROWS >= n
        if lag is not None and (lag <= ROWS // 8 or seen_all):
            return (lag * step, True) if lag * step <= limit else (limit, False)
        if seen_all:
            return limit, False
        step *= 4


def _first_coefficient(snapshots: Snapshots) -> np.ndarray:
    """Coefficient of the first mode at each snapshot, by the method of snapshots, a few rows at a
    time.
    """
    rows = snapshots.pack()
    layout, mean = rows.layout, rows.mean()
    energy = np.zeros(layout.n_features)
    for block in rows.blocks():
        energy += np.square(block - mean, dtype=np.float64).sum(axis=0)
    per_variable = np.bincount(
        layout.variable_index, energy * layout.feature_weights, layout.n_variables
    )
    share = (
        layout.feature_weights
        / np.where(per_variable > 0, per_variable, np.inf)[layout.variable_index]
    )
    gram = np.zeros((len(rows), len(rows)))
    slices = rows.block_slices()
    for i, some in enumerate(slices):
        left = (rows[some] - mean) * share
        for others in slices[i:]:
            gram[some, others] = left @ (rows[others] - mean).T
            gram[others, some] = gram[some, others].T
    return np.linalg.eigh(gram)[1][:, -1]


def _first_zero(a: np.ndarray) -> int | None:
    """First lag, of at most half of the series, at which its autocorrelation is not positive."""
    a = a - a.mean()
    if not np.any(a):
        return 1
    for lag in range(1, len(a) // 2 + 1):
        before, after = a[:-lag], a[lag:]
        if before @ after <= 1e-12 * np.sqrt((before @ before) * (after @ after)):
            return lag
    return None
