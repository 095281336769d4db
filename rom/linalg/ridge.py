"""Ridge regression from accumulated products, for many strengths of the ridge at once."""

from __future__ import annotations

from typing import Self

import numpy as np

from rom.linalg.gram import panels

#: Strengths that are tried, relative to the largest eigenvalue: from none to speak of to hardly any
#: fit.
STRENGTHS = tuple(10.0**exponent for exponent in range(-12, 5))


class Ridge:
    """``min_W |E - Q W|_F^2 + gamma lambda_1 |W|_F^2`` in the basis of the eigenvectors U of ``Q^T
    Q``.

    ``W = U diag(1 / (lambda_i + gamma lambda_1)) h`` with ``h = U^T Q^T E``, lambda_1 the largest
    eigenvalue. Directions with an eigenvalue below rounding, of regressors that depend on each
    other, are left out: gamma = 0 is least squares of least norm.

    Parameters
    ----------
    gram : (p, p) array, ``Q^T Q``
    cross : (p, n_features) array, ``Q^T E``; it becomes h, in place: it may be all that memory has
        room for.
    energy : float, ``|E|_F^2``
    """

    def __init__(self, gram: np.ndarray, cross: np.ndarray, energy: float) -> None:
        values, self.vectors = np.linalg.eigh(gram)
        self.largest = max(float(values[-1]), 0.0)
        self.kept = values > self.largest * len(values) * np.finfo(float).eps
        self.values = np.where(self.kept, values, 1.0)  # 1: a divisor that is not used
        for part in panels(cross.shape[1]):
            cross[:, part] = self.vectors.T @ cross[:, part]
        self.rotated = cross
        self.explained = np.where(self.kept, np.sum(cross**2, axis=1) / self.values, 0.0)
        self.rest = max(energy - float(self.explained.sum()), 0.0)
        self.energy = energy

    def factors(self, strength: float) -> np.ndarray:
        """``1 / (lambda_i + gamma lambda_1)``, zero for the directions that are left out."""
        return np.where(self.kept, 1 / (self.values + strength * self.largest), 0.0)

    def left(self, strength: float) -> float:
        """``|E - Q W|_F^2``: never more than ``|E|_F^2``."""
        missed = strength * self.largest * self.factors(strength)
        return self.rest + float(np.sum(self.explained * missed**2))

    def cross_validated(self, strength: float, n_rows: int) -> float:
        """Generalised cross-validation, ``|E - Q W|_F^2 / (n - tr S)^2``, with the smoother ``S: E
        -> Q W``.

        `n_rows` is the number n of degrees of freedom of a column of E. Infinite where none is
        left.

        References
        ----------
        G. Golub, M. Heath, G. Wahba, "Generalized cross-validation as a method for choosing a good
        ridge parameter", Technometrics 21, 1979.
        """
        free = n_rows - float(np.sum(self.values * self.factors(strength)))
        return self.left(strength) / free**2 if free > 0 else float("inf")

    def coefficients(self, strength: float) -> np.ndarray:
        """W, (p, n_features); takes the place of h, after which nothing else can be asked."""
        solve = self.vectors * self.factors(strength)
        for part in panels(self.rotated.shape[1]):
            self.rotated[:, part] = solve @ self.rotated[:, part]
        return self.rotated


class HeldOut:
    """Squared error of a :class:`Ridge` on other rows, for any strength, after one pass over them.

    ``|E - Q W|^2 = |E|^2 - 2 a.f + f.B f`` with f the factors, ``a_i = sum over rows of (QU)_i (E
    h^T)_i`` and ``B = ((QU)^T QU) * (h h^T)``, the product taken entry by entry.
    """

    def __init__(self, ridge: Ridge) -> None:
        self.ridge = ridge
        p = len(ridge.values)
        self.energy, self.linear, self.gram = 0.0, np.zeros(p), np.zeros((p, p))

    def add(self, Q: np.ndarray, E: np.ndarray) -> Self:
        """More rows: regressors (m, p) and targets (m, n_features)."""
        scores = Q @ self.ridge.vectors
        self.energy += float(np.sum(E**2))
        self.linear += np.sum(scores * (E @ self.ridge.rotated.T), axis=0)
        self.gram += scores.T @ scores
        return self

    def errors(self, strengths: tuple[float, ...] = STRENGTHS) -> list[float]:
        """The squared error for each strength."""
        quadratic = self.gram * (self.ridge.rotated @ self.ridge.rotated.T)
        found = [self.ridge.factors(strength) for strength in strengths]
        return [self.energy - 2 * float(self.linear @ f) + float(f @ quadratic @ f) for f in found]
