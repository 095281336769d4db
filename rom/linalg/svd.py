"""Solvers: singular values and right singular vectors of centred snapshots."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from rom.data.snapshots import Snapshots
from rom.linalg.gram import centred, covariance_matrix, gram_matrix


@dataclass(frozen=True)
class Spectrum:
    """All singular values (decreasing), the total energy ``sum sigma^2``, and modes on demand.

    ``modes(k)`` computes the leading k modes, (k, n_features) with orthonormal rows. Singular values below
    ``resolution * sigma_1`` are rounding.
    """

    singular_values: np.ndarray
    total_energy: float
    modes: Callable[[int], np.ndarray]
    resolution: float


def direct(snapshots: Snapshots, mean: np.ndarray, max_bytes: int) -> Spectrum:
    """LAPACK's SVD of the whole centred matrix: accurate down to eps * sigma_1; needs it in memory."""
    rows = np.concatenate([centred(block, mean) for block in snapshots.blocks(max_bytes)])
    _, values, modes = np.linalg.svd(rows, full_matrices=False)
    return Spectrum(values, float(np.sum(values**2)), lambda k: modes[:k], _resolution(snapshots))


def gram(snapshots: Snapshots, mean: np.ndarray, max_bytes: int) -> Spectrum:
    """Eigenvalues of the smaller of ``Y Y^T`` (Sirovich 1987, method of snapshots) and ``Y^T Y``.

    Squaring loses half of the digits: singular values below ``sqrt(eps) sigma_1``, about 1.5e-8 sigma_1,
    are rounding; their modes are an orthonormal completion. Memory: the smaller matrix and two blocks.
    """
    few_snapshots = snapshots.shape[0] <= snapshots.shape[1]
    side = gram_matrix if few_snapshots else covariance_matrix
    matrix = side(snapshots, mean, max_bytes)
    total = float(np.trace(matrix))
    eigenvalues, vectors = np.linalg.eigh(matrix)
    values, vectors = np.sqrt(np.maximum(eigenvalues[::-1], 0)), vectors[:, ::-1]
    resolution = max(np.sqrt(np.finfo(np.float64).eps * max(matrix.shape)), _resolution(snapshots))
    if not few_snapshots:
        return Spectrum(values, total, lambda k: vectors[:, :k].T.copy(), resolution)

    def modes(k: int) -> np.ndarray:
        scaled = vectors[:, :k] / np.maximum(values[:k], np.finfo(float).tiny)
        product = np.zeros((k, snapshots.shape[1]))
        for rows in snapshots.block_slices(max_bytes):
            product += scaled[rows].T @ centred(snapshots[rows], mean)
        # QR mends the orthogonality that small singular values lose; its signs follow the input
        q, r = np.linalg.qr(product.T)
        return (q * np.where(np.diagonal(r) < 0, -1.0, 1.0)).T

    return Spectrum(values, total, modes, resolution)


def _resolution(snapshots: Snapshots) -> float:
    """Relative size of rounding in the singular values: of float64 arithmetic, and of float32 data."""
    size = max(snapshots.shape)
    stored = np.finfo(snapshots.dtype).eps * np.sqrt(size)
    return float(max(np.finfo(np.float64).eps * size, stored))


SOLVERS: dict[str, Callable[[Snapshots, np.ndarray, int], Spectrum]] = {"svd": direct, "gram": gram}

#: Up to this many operations (about a second) the direct SVD is worth its price.
DIRECT_OPERATIONS = 2e9


def choose_solver(shape: tuple[int, int], max_bytes: int) -> str:
    """ "svd" where the matrix is small enough for it, "gram" otherwise."""
    n_rows, n_features = shape
    small = n_rows * n_features * min(shape) <= DIRECT_OPERATIONS and 8 * n_rows * n_features <= max_bytes
    return "svd" if small else "gram"


def fix_signs(modes: np.ndarray) -> np.ndarray:
    """Flip each mode so that its entry of largest magnitude is positive (a mode's sign is arbitrary)."""
    largest = np.argmax(np.abs(modes), axis=1)
    signs = np.sign(modes[np.arange(len(modes)), largest])
    return modes * np.where(signs == 0, 1, signs)[:, None]
