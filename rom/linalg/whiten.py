"""Whitening of latents: uncorrelated columns of variance one, by an invertible linear map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom.errors import InputError


@dataclass(frozen=True)
class Whitening:
    """``w = (z - mean) matrix``: what is decoded from w is what was decoded from z, after the
    inverse map.

    Attributes
    ----------
    mean : (d,)
    matrix : (d, r), of rank r <= d: directions in which the latents do not vary are left out
    """

    mean: np.ndarray
    matrix: np.ndarray

    def __call__(self, Z: np.ndarray) -> np.ndarray:
        """Whitened latents (n, r) in float64."""
        return np.asarray((Z.astype(np.float64) - self.mean) @ self.matrix)


def whitening(Z: np.ndarray, *, rotation_seed: int | None = None) -> Whitening:
    """The whitening of latents along their principal axes, and a random rotation after it.

    Any rotation of white latents is white: the correlation matrix, its determinant and whatever
    follows from them cannot tell the axes of one rotation from those of another. The control of
    every measure of correlation.

    Parameters
    ----------
    Z : (n, d), latents of the training snapshots
    rotation_seed : int, optional. Multiply by a random orthogonal matrix (Haar) drawn with this
        seed.

    Raises
    ------
    InputError
        If the latents do not vary, or n < 2.

    References
    ----------
    F. Mezzadri, "How to generate random matrices from the classical compact groups", Notices AMS
    54, 2007.

    Examples
    --------
    >>> import numpy as np
    >>> Z = np.random.default_rng(0).normal(size=(50, 2)) @ [[1.0, 0.9], [0.0, 0.1]]
    >>> white = whitening(Z, rotation_seed=0)(Z)
    >>> bool(np.allclose(np.cov(white.T, ddof=0), np.eye(2)))
    True
    """
    mean = Z.mean(axis=0, dtype=np.float64)
    if len(Z) < 2:
        raise InputError(f"whitening needs at least 2 snapshots, not {len(Z)}")

    # of the latents themselves: their covariance would square the ratio of the singular values
    _, values, axes = np.linalg.svd(Z.astype(np.float64) - mean, full_matrices=False)
    eps = np.finfo(np.float64).eps
    kept = values > max(Z.shape) * eps * values[0]
    # constant latents leave the rounding of their mean, which is small only against the latents
    varies = np.abs(Z).max() * eps < values[0]
    if not kept.any() or not varies:
        raise InputError("the latents do not vary: there is nothing to whiten")

    matrix = axes[kept].T * (np.sqrt(len(Z)) / values[kept])
    if rotation_seed is not None:
        gaussian = np.random.default_rng(rotation_seed).normal(size=(matrix.shape[1],) * 2)
        rotation, triangle = np.linalg.qr(gaussian)
        # LAPACK chooses the signs of the columns; only with a positive diagonal of R is Q Haar
        matrix = matrix @ (rotation * np.sign(np.diag(triangle)))
    return Whitening(mean, matrix)
