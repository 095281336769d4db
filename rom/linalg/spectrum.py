"""Spectrum: what every solver gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rom.data.snapshots import Snapshots


@dataclass(frozen=True)
class Spectrum:
    """Mean, singular values (decreasing), the total energy ``sum sigma^2``, and modes on demand.

    ``modes(k)`` computes the leading k modes, (k, n_features) with orthonormal rows. Singular
    values below ``resolution * sigma_1`` are rounding. `excess` is an estimate of error over
    optimal error, minus one.

    Where the solver knows them to all digits: `left`, the (n, m) left singular vectors, and
    `row_energies`, the (n,) squared norms of the centred rows.
    """

    mean: np.ndarray
    singular_values: np.ndarray
    total_energy: float
    modes: Callable[[int], np.ndarray]
    resolution: float
    excess: float = 0.0
    left: np.ndarray | None = None
    row_energies: np.ndarray | None = None


def rounding(snapshots: Snapshots) -> float:
    """Relative size of rounding in the singular values: of float64 arithmetic, and of float32
    data.
    """
    size = max(snapshots.shape)
    stored = np.finfo(snapshots.dtype).eps * np.sqrt(size)
    return float(max(np.finfo(np.float64).eps * size, stored))
