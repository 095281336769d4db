"""Null distributions of the measures of dependence under circular shifts, where they are cheap.

Each function takes latents (n, d), a number of draws and a seed, and gives the draws of the measure
of the same name in the registry: every latent is shifted by a random time of its own, which a pair
feels as one lag. All lags of a pair are known from one Fourier transform, so that a draw is a
look-up.
"""

import numpy as np
from numpy.typing import NDArray

from rom.metrics.distance import distance_correlation_shifts, hsic_shifts
from rom.metrics.ranks import rank_gaussianise
from rom.metrics.significance import correlation_spectrum, random_shifts

Array = NDArray[np.float64]


def correlation_draws(latents: Array, draws: int, seed: int) -> Array:
    """Correlation matrices of independently shifted latents: (draws, d, d)."""
    n, d = latents.shape
    shifts = random_shifts(n, d, draws, seed)
    spectrum = correlation_spectrum(latents)
    R = np.tile(np.eye(d), (draws, 1, 1))
    for i in range(d):
        for j in range(i + 1, d):
            # the correlation at every lag at once (Wiener-Khinchin); a draw picks the lag at which
            # the two latents lie after their shifts
            lags = np.fft.irfft(spectrum[i].conj() * spectrum[j], n)
            R[:, i, j] = R[:, j, i] = lags[(shifts[:, j] - shifts[:, i]) % n]
    return np.clip(R, -1, 1)  # rounding of the transform


def det_correlation(latents: Array, draws: int, seed: int) -> Array:
    """Draws of :func:`rom.metrics.det_correlation`."""
    return np.asarray(np.exp(_log_det(correlation_draws(latents, draws, seed))))


def total_correlation(latents: Array, draws: int, seed: int) -> Array:
    """Draws of :func:`rom.metrics.total_correlation`."""
    return -0.5 * _log_det(correlation_draws(latents, draws, seed))


def copula_total_correlation(latents: Array, draws: int, seed: int) -> Array:
    """Draws of the total correlation of the ranks, not corrected for its bias."""
    return total_correlation(rank_gaussianise(latents), draws, seed)


def mean_abs_correlation(latents: Array, draws: int, seed: int) -> Array:
    """Draws of :func:`rom.metrics.mean_abs_correlation`."""
    return _over_pairs(np.abs(correlation_draws(latents, draws, seed)))["mean"]


def max_abs_correlation(latents: Array, draws: int, seed: int) -> Array:
    """Draws of :func:`rom.metrics.max_abs_correlation`."""
    return _over_pairs(np.abs(correlation_draws(latents, draws, seed)))["max"]


def distance_correlations(latents: Array, draws: int, seed: int) -> dict[str, Array]:
    """Draws of :func:`rom.metrics.distance.distance_correlations`."""
    return _over_pairs(_at_lags(distance_correlation_shifts(latents), draws, seed))


def mean_hsic(latents: Array, draws: int, seed: int) -> Array:
    """Draws of :func:`rom.metrics.distance.mean_hsic`."""
    return _over_pairs(_at_lags(hsic_shifts(latents), draws, seed))["mean"]


def _at_lags(shifts: Array, draws: int, seed: int) -> Array:
    """Matrices (draws, d, d) of independently shifted latents, from those at all lags (n, d, d)."""
    n, d, _ = shifts.shape
    moved = random_shifts(n, d, draws, seed)
    i, j = np.indices((d, d))
    # entry (i, j) of each draw is that of the pair at the difference of their shifts
    return np.asarray(shifts[(moved[:, None, :] - moved[:, :, None]) % n, i, j])


def _over_pairs(matrices: Array) -> dict[str, Array]:
    first, second = np.triu_indices(matrices.shape[1], k=1)
    pairs = matrices[:, first, second]
    return {"mean": pairs.mean(axis=1), "max": pairs.max(axis=1)}


def _log_det(R: Array) -> Array:
    """Minus infinity where R is singular to rounding, which of a Fourier transform is more than of
    products.
    """
    logarithms: Array = np.linalg.slogdet(R).logabsdet
    singular = np.linalg.eigvalsh(R)[:, 0] <= 8 * R.shape[-1] * np.finfo(np.float64).eps
    return np.where(singular, -np.inf, logarithms)
