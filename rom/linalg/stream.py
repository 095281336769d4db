"""Singular values and modes of rows that arrive batch by batch and are not kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Stream:
    """What is known of the rows seen so far: their mean, energy, and leading singular values and
    modes.

    The rows seen so far, centred, are represented by ``diag(values) modes``: (r, r) times (r,
    n_features). `energy` is exact, whatever was cut off.
    """

    n_rows: int
    mean: np.ndarray
    values: np.ndarray
    modes: np.ndarray
    energy: float

    @classmethod
    def empty(cls, n_features: int) -> Stream:
        """Before the first row."""
        return cls(0, np.zeros(n_features), np.zeros(0), np.zeros((0, n_features)), 0.0)

    def update(self, rows: np.ndarray, rank: int | None) -> Stream:
        """With a batch (m, n_features) more, keeping at most `rank` modes (None: all).

        The SVD of ``[diag(values) modes; rows - mean(rows); sqrt(n m / (n + m)) (mean -
        mean(rows))]``: the last row is what the shift of the mean adds (D. Ross, J. Lim, R.-S. Lin,
        M.-H. Yang, Int. J. Comput. Vis. 77, 2008). What is cut off is lost: the error of sigma_k is
        second order in ``sigma_(rank + 1)``, so a few more modes are kept than are wanted.
        """
        rows = rows.astype(np.float64)
        m, n = len(rows), self.n_rows
        mean = rows.mean(axis=0)
        rows -= mean
        shift = np.sqrt(n * m / (n + m)) * (self.mean - mean)
        energy = self.energy + float(np.sum(rows**2)) + float(shift @ shift)
        parts = [self.values[:, None] * self.modes, rows] + ([shift[None]] if n else [])
        _, values, modes = np.linalg.svd(np.concatenate(parts), full_matrices=False)
        return Stream(
            n + m, (n * self.mean + m * mean) / (n + m), values[:rank], modes[:rank], energy
        )
