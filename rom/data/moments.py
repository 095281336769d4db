"""Moments: mean and variance of every feature, in one pass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import numpy as np

PANEL_BYTES = 2**22  # of rows that are worked on at once: they stay in the cache


class Moments:
    """Mean and variance of each feature over rows that come block by block.

    Accumulated in float64 about the first row, which is near the mean: with x_0 any of n rows,
    ``(x_0 - mean)^2 <= n variance``, so what cancels in ``mean((x - x_0)^2) - (mean - x_0)^2`` is
    at most a factor n of rounding, and a feature that never changes has variance zero exactly.

    Attributes
    ----------
    n : int. Rows so far.
    mean, variance : (n_features,) float64 arrays; variance is ``mean((x - mean)^2)``.

    Examples
    --------
    >>> moments = Moments.of([np.array([[1.0, 5.0], [2.0, 5.0]]), np.array([[3.0, 5.0]])])
    >>> moments.n, moments.mean.tolist(), moments.variance.round(3).tolist()
    (3, [2.0, 5.0], [0.667, 0.0])
    """

    def __init__(self) -> None:
        self.n = 0
        self._origin = self._first = self._second = np.zeros(0)

    @classmethod
    def of(cls, blocks: Iterable[np.ndarray]) -> Self:
        """The moments of all rows of these blocks."""
        moments = cls()
        for block in blocks:
            moments.add(block)
        return moments

    def add(self, block: np.ndarray) -> None:
        """Take in more rows (n, n_features)."""
        if self.n == 0:
            self._origin = block[0].astype(np.float64)
            self._first, self._second = np.zeros((2, block.shape[1]))
        step = max(1, PANEL_BYTES // (8 * block.shape[1]))
        with np.errstate(over="ignore", invalid="ignore"):  # whoever uses the variance checks it
            for start in range(0, len(block), step):
                shifted = np.subtract(block[start : start + step], self._origin, dtype=np.float64)
                self._first += shifted.sum(axis=0)
                self._second += np.einsum("ij,ij->j", shifted, shifted)
        self.n += len(block)

    @property
    def mean(self) -> np.ndarray:
        return self._origin + self._first / self.n

    @property
    def variance(self) -> np.ndarray:
        with np.errstate(over="ignore", invalid="ignore"):
            return np.maximum(self._second / self.n - (self._first / self.n) ** 2, 0)
