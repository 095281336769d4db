"""How many snapshots a series needs to forget itself: the gap between blocks of a split."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.data.views import BLOCK_BYTES

ROWS = 256  # snapshots that are looked at
PANEL = 4096  # features that are multiplied at once: they stay in the cache


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
    """Coefficient of the first mode at each snapshot, by the method of snapshots: one pass over
    the features, some of them at a time.
    """
    rows = snapshots.pack()
    layout, n = rows.layout, len(rows)
    # of each variable by itself: its energy, by which it is divided, is known at the end
    grams = np.zeros((layout.n_variables, n, n))
    for block, features in _columns(rows):
        scale, variables = (
            np.sqrt(layout.feature_weights[features]),
            layout.variable_index[features],
        )
        for start in range(0, block.shape[1], PANEL):
            panel = slice(start, start + PANEL)
            values = block[:, panel].astype(np.float64)
            values -= values.mean(axis=0)
            values *= scale[panel]
            for variable in np.unique(variables[panel]):
                own = values[:, variables[panel] == variable]
                grams[variable] += own @ own.T
    energies = np.trace(grams, axis1=1, axis2=2)
    shares = np.divide(1, energies, where=energies > 0, out=np.zeros_like(energies))
    return np.linalg.eigh(np.tensordot(shares, grams, axes=1))[1][:, -1]


def _columns(rows: Snapshots) -> Iterator[tuple[np.ndarray, Features]]:
    """All rows, some of the features at a time; evenly spaced features where a compressed chunk
    holds more of a row than fits.
    """
    tiles = rows.tiles()
    for tile in tiles:
        yield rows.read_tile(tile)
    if not tiles:
        step = -(-rows.shape[1] * len(rows) * rows.dtype.itemsize // BLOCK_BYTES)
        some = np.arange(0, rows.shape[1], step)
        yield np.concatenate([block[:, some] for block in rows.blocks()]), some


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
