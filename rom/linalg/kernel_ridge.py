"""Kernel ridge regression of many targets, of all rows or on the kernels of a few."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.gaussian_process.kernels import RBF, Matern, RationalQuadratic

from rom.linalg.ridge import Ridge
from rom.spaced import evenly_spaced

#: Of the distance a in widths: (1 + a^2)^(-1/2), exp(-a^2 / 2), and Matern's of order 5/2.
KERNELS: dict[str, Callable[[float], Any]] = {
    "inverse-multiquadric": lambda width: RationalQuadratic(width, alpha=0.5),
    "rbf": RBF,
    "matern": lambda width: Matern(width, nu=2.5),
}
#: Bytes of a block of kernel values.
BLOCK_BYTES = 2**24


@dataclass(frozen=True)
class KernelRidge:
    """``f(t) = sum_j k(|t - c_j| / width) a_j``: inputs t (n, d), centres c (m, d), a (m, q).

    With all rows as centres it is kernel ridge regression, ``a = (K + gamma lambda_1 I)^-1 E`` for
    targets E, with lambda_1 the largest eigenvalue of K. With fewer centres it is the regression of
    all rows on their kernels, ``min |E - K a|^2 + gamma lambda_1 tr(a^T K_cc a)`` (Nystroem), with
    lambda_1 the largest eigenvalue of ``K K_cc^-1 K^T``.
    """

    kernel: str
    width: float
    strength: float
    centres: np.ndarray
    coefficients: np.ndarray

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        """Predictions (n, q), block by block."""
        found = np.zeros((len(inputs), self.coefficients.shape[1]))
        for part in row_blocks(len(inputs), len(self.centres)):
            kernels = values(self.kernel, self.width, inputs[part], self.centres)
            found[part] = kernels @ self.coefficients
        return found


def values(kernel: str, width: float, inputs: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """The kernel of each input with each centre, (n, m)."""
    return np.asarray(KERNELS[kernel](width)(inputs, centres))


def row_blocks(n_rows: int, n_centres: int) -> Iterator[slice]:
    """Slices of rows whose kernel values are a few megabytes."""
    step = max(1, BLOCK_BYTES // (8 * max(n_centres, 1)))
    return (slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step))


def spread_rows(rows: np.ndarray, most: int) -> np.ndarray:
    """At most `most` of the rows, evenly spaced; k-means++ chose no better and takes longer."""
    return rows if len(rows) <= most else rows[evenly_spaced(len(rows), most)]


def spacing(rows: np.ndarray) -> float:
    """Root mean square distance of two rows; 1 where they are all the same."""
    found = float(np.sqrt(2 * np.sum(rows.var(axis=0))))
    return found if found > 0 else 1.0


class Features:
    """The kernels with the centres in an orthonormal basis of the functions that they span.

    ``phi(t) = k(t, c) U S^(-1/2)`` with ``K_cc = U S U^T``: a penalty on coefficients of phi is one
    on the norm of the function. Directions that rounding has taken are left out.
    """

    def __init__(self, kernel: str, width: float, centres: np.ndarray) -> None:
        self.kernel, self.width, self.centres = kernel, width, centres
        sizes, vectors = np.linalg.eigh(values(kernel, width, centres, centres))
        kept = sizes > sizes[-1] * len(sizes) * np.finfo(float).eps
        self.basis = vectors[:, kept] / np.sqrt(sizes[kept])

    def __call__(self, inputs: np.ndarray) -> np.ndarray:
        return values(self.kernel, self.width, inputs, self.centres) @ self.basis

    def regress(self, inputs: np.ndarray, targets: np.ndarray) -> Ridge:
        """The regression of all rows, for any strength of the ridge."""
        p = self.basis.shape[1]
        gram, cross = np.zeros((p, p)), np.zeros((p, targets.shape[1]))
        for part in row_blocks(len(inputs), len(self.centres)):
            found = self(inputs[part])
            gram += found.T @ found
            cross += found.T @ targets[part]
        return Ridge(gram, cross, float(np.sum(targets**2)))


def regress(
    kernel: str, width: float, strength: float, inputs: np.ndarray, targets: np.ndarray, most: int
) -> KernelRidge:
    """Kernel ridge regression of targets (n, q) on inputs (n, d), with at most `most` centres.

    Examples
    --------
    >>> t = np.linspace(-1, 1, 30)[:, None]
    >>> f = regress("rbf", 0.5, 1e-10, t, np.sin(3 * t), 30)
    >>> bool(np.allclose(f(t), np.sin(3 * t), atol=1e-4))
    True
    """
    features = Features(kernel, width, spread_rows(inputs, most))
    ridge = features.regress(inputs, targets)
    coefficients = features.basis @ ridge.coefficients(strength)
    return KernelRidge(kernel, width, strength, features.centres, coefficients)
