"""How many linear modes stand out: of white noise, or by the bend of the spectrum (by energy:
rom.linalg.rank).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array


def hard_threshold(
    singular_values: ArrayLike, shape: tuple[int, int], *, noise: float | None = None
) -> tuple[int, float]:
    """The modes that stand out of white noise (Gavish and Donoho 2014): their number and the
    threshold.

    ``s_i > lambda(b) sqrt(m) sigma`` where the standard deviation sigma of the noise is known, else
    ``s_i > lambda(b) / sqrt(mu(b)) * median(s)``, with m the longer side of the matrix, b the
    shorter over the longer, ``lambda(b)^2 = 2 (b + 1) + 8 b / (b + 1 + sqrt(b^2 + 14 b + 1))`` and
    mu(b) the median of the Marchenko-Pastur law. Optimal for the squared error among all
    thresholds.

    Parameters
    ----------
    singular_values : array (min(shape),), descending, all of them: the median is of all
    shape : (n_snapshots, n_features); centred snapshots have one degree of freedom less: give
        ``(n - 1, n_features)`` and leave out the singular value that centring makes zero
    noise : float, optional. Standard deviation of the noise in every entry.

    Raises
    ------
    InputError
        If there are not ``min(shape)`` singular values, or they are not a spectrum.

    Notes
    -----
    Made for noise that is white in every entry. Without noise the median is that of the signal and
    nearly all modes stay: of simulations the number says little.

    References
    ----------
    Gavish, Donoho 2014, The optimal hard threshold for singular values is 4/sqrt(3), IEEE Trans.
    Inf. Theory 60, 5040.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import hard_threshold
    >>> rng = np.random.default_rng(0)
    >>> X = 3 * np.outer(rng.normal(size=200), rng.normal(size=100)) + rng.normal(size=(200, 100))
    >>> hard_threshold(np.linalg.svd(X, compute_uv=False), X.shape)[0]
    1
    """
    values = _spectrum(singular_values)
    short, long = sorted(shape)
    if len(values) != short or short < 1:
        raise InputError(
            f"a {shape[0]} x {shape[1]} matrix has {short} singular values, not {len(values)}"
        )
    beta = short / long
    optimal = np.sqrt(2 * (beta + 1) + 8 * beta / (beta + 1 + np.sqrt(beta**2 + 14 * beta + 1)))
    if noise is None:
        threshold = float(optimal / np.sqrt(_marchenko_pastur_median(beta)) * np.median(values))
    else:
        threshold = float(optimal * np.sqrt(long) * noise)
    return int((values > threshold).sum()), threshold


def elbow(singular_values: ArrayLike) -> int:
    """Where the spectrum bends: the last mode before the largest distance to the chord, on a
    logarithmic scale. A hint.

    The chord goes from the first to the last of the values above 1e-12 of the first.

    Examples
    --------
    >>> from rom.metrics import elbow
    >>> elbow([10.0, 8.0, 7.0, 0.1, 0.08, 0.07, 0.06])
    3
    """
    values = _spectrum(singular_values)
    heights = np.log(values[values > 1e-12 * values[0]])
    if len(heights) < 3:
        return len(heights)
    chord = np.linspace(heights[0], heights[-1], len(heights))
    # the corner is the first mode below the chord by the most: it belongs to the rest
    return max(1, int(np.argmax(chord - heights)))


@lru_cache
def _marchenko_pastur_median(beta: float) -> float:
    """Median of the Marchenko-Pastur law of ratio beta and variance one."""
    from scipy.integrate import quad
    from scipy.optimize import brentq

    low, high = (1 - np.sqrt(beta)) ** 2, (1 + np.sqrt(beta)) ** 2

    def below(x: float) -> float:
        # t = middle + half cos(u): the roots at both ends become smooth, and 1/t at zero (beta = 1)
        # integrable
        middle, half = (high + low) / 2, (high - low) / 2
        start = np.arccos(np.clip((x - middle) / half, -1, 1))
        return float(
            quad(lambda u: (half * np.sin(u)) ** 2 / (middle + half * np.cos(u)), start, np.pi)[0]
        )

    return float(brentq(lambda x: below(x) - np.pi * beta, low, high, xtol=1e-14))


def _spectrum(values: ArrayLike) -> NDArray[np.float64]:
    spectrum = real_array("singular_values", values).astype(np.float64)
    if (
        spectrum.ndim != 1
        or not len(spectrum)
        or not np.isfinite(spectrum).all()
        or (spectrum < 0).any()
    ):
        raise InputError("singular_values must be a list of finite numbers, none below zero")
    if (np.diff(spectrum) > 1e-9 * spectrum[0]).any():
        raise InputError("singular_values must be sorted, the largest first")
    if spectrum[0] == 0:
        raise InputError("singular_values are all zero: nothing varies")
    return spectrum
