"""What several seeds say: is a difference more than chance, and do the seeds find the same latents?

The unit is the training: n is the number of seeds. Pixels and snapshots of one training are no
repetitions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix, real_array

#: Seeds below which a difference is an indication, whatever its p value.
ENOUGH_SEEDS = 5


class Difference(NamedTuple):
    """Mean of paired differences over seeds.

    Attributes
    ----------
    value : mean of a - b
    low, high : 95 % t interval of it; NaN where it does not exist
    p_value : two-sided t test of the mean being zero
    n : pairs
    reason : why interval and p value are NaN, else ""
    """

    value: float
    low: float
    high: float
    p_value: float
    n: int
    reason: str = ""


def mean_interval(values: ArrayLike, *, level: float = 0.95) -> tuple[float, float]:
    """The t interval of the mean of a few numbers, ``mean ± t_{n-1} s / sqrt(n)``; NaN for fewer
    than two.

    With 3 to 20 seeds its coverage is near the nominal one; bootstrap intervals cover 77 to 92 %
    instead of 95 %.

    Examples
    --------
    >>> from rom.metrics.seeds import mean_interval
    >>> [round(bound, 3) for bound in mean_interval([1.0, 2.0, 3.0])]
    [-0.484, 4.484]
    """
    from scipy.stats import t  # here: importing the package must not load scipy

    sample = _finite_sample("values", values)
    n = len(sample)
    if n < 2:
        return float("nan"), float("nan")
    half = float(t.ppf((1 + level) / 2, n - 1) * sample.std(ddof=1) / np.sqrt(n))
    return float(sample.mean()) - half, float(sample.mean()) + half


def paired_difference(a: ArrayLike, b: ArrayLike) -> Difference:
    """Mean difference a - b of two methods over the seeds they share, with its 95 % t interval and
    p value.

    Parameters
    ----------
    a, b : arrays (n_seeds,)
        A metric of both methods, seed by seed: the same split, preprocessing and seed at each
        place. A method without a seed, as POD, has one number, which is paired with every seed of
        the other.

    Returns
    -------
    Difference
        Without spread (two methods without seeds, or identical differences) there is nothing to
        test: interval and p value are NaN, with the reason.

    Raises
    ------
    InputError
        If the numbers of seeds differ, or values are not finite.

    Examples
    --------
    >>> from rom.metrics.seeds import paired_difference
    >>> found = paired_difference([0.11, 0.12, 0.10, 0.13, 0.11], [0.20])
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3), found.n
    (-0.086, -0.1, -0.072, 5)
    """
    from scipy.stats import t

    first, second = _finite_sample("a", a), _finite_sample("b", b)
    if len(first) != len(second) and 1 not in (len(first), len(second)):
        raise InputError(
            f"paired differences need the same seeds of both, not {len(first)} and {len(second)}"
        )
    differences = first - second
    n, mean, nan = len(differences), float(differences.mean()), float("nan")
    if n < 2:
        return Difference(mean, nan, nan, nan, n, "one seed: no spread to judge the difference by")
    spread = float(differences.std(ddof=1))
    if spread <= 4 * np.finfo(float).eps * max(np.abs(first).max(), np.abs(second).max()):
        return Difference(mean, nan, nan, nan, n, "the difference is the same for every seed")
    low, high = mean_interval(differences)
    p_value = float(2 * t.sf(abs(mean) / (spread / np.sqrt(n)), n - 1))
    return Difference(mean, low, high, p_value, n)


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """P values corrected for a family of tests (Holm 1979): the chance of any false claim among
    them is kept.

    Sorted, the i-th smallest of m is multiplied by m - i + 1; none may fall below a smaller one
    before it. NaN stay NaN and do not count.

    Examples
    --------
    >>> from rom.metrics.seeds import holm
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p = real_array("p_values", p_values).astype(np.float64)
    corrected = np.full(p.shape, np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    factors = len(order) - np.arange(len(order))
    corrected[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1.0)
    return corrected


def matched_correlation(Z: ArrayLike, other: ArrayLike) -> float:
    """MCC: mean |correlation| of the latents of two training runs after the best one-to-one
    matching (Hungarian).

    1 if both found the same latents up to order, sign and scale; rotated latents of the same plane
    score less. With different numbers of latents those of the smaller set are matched. NaN if a
    latent is constant: select the active ones first.

    Parameters
    ----------
    Z, other : arrays (n_snapshots, d), (n_snapshots, d'), of the same snapshots

    References
    ----------
    Khemakhem, Kingma, Monti, Hyvärinen 2020, arXiv:1907.04809, section 5.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics.seeds import matched_correlation
    >>> Z = np.random.default_rng(0).normal(size=(100, 2))
    >>> round(matched_correlation(Z, -3 * Z[:, ::-1]), 6)
    1.0
    """
    from scipy.optimize import linear_sum_assignment

    first, second = _pair(Z, other)
    with np.errstate(invalid="ignore", divide="ignore"):
        R = np.abs(_standardised(first).T @ _standardised(second)) / len(first)
    if not np.isfinite(R).all():
        return float("nan")
    rows, columns = linear_sum_assignment(-R)
    return float(np.minimum(R[rows, columns], 1.0).mean())


def subspace_angles(Z: ArrayLike, other: ArrayLike) -> NDArray[np.float64]:
    """Angles (radians, largest first) between what the latents of two training runs span over the
    same snapshots.

    All zero if each is a linear function of the other, be they rotated or not; with a low
    `matched_correlation` then both found the same plane with other axes. NaN where all latents of
    one are constant: they span nothing.
    """
    from scipy.linalg import subspace_angles as angles

    first, second = (latents - latents.mean(axis=0) for latents in _pair(Z, other))
    found = np.asarray(angles(first, second))
    return found if found.size else np.array([np.nan])


def consistency(latents: Sequence[ArrayLike]) -> float:
    """Mean `matched_correlation` over all pairs of training runs; NaN for fewer than two."""
    pairs = [
        matched_correlation(first, second)
        for i, first in enumerate(latents)
        for second in latents[i + 1 :]
    ]
    return float(np.mean(pairs)) if pairs else float("nan")


def _finite_sample(name: str, values: ArrayLike) -> NDArray[np.float64]:
    sample = np.atleast_1d(real_array(name, values).astype(np.float64))
    if sample.ndim != 1 or not len(sample) or not np.isfinite(sample).all():
        raise InputError(f"{name} must hold finite numbers, one for each seed")
    return sample


def _pair(Z: ArrayLike, other: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    first, second = component_matrix("Z", Z), component_matrix("other", other)
    if len(first) != len(second):
        raise InputError(
            f"latents of the same snapshots are needed, not of {len(first)} and {len(second)}"
        )
    return first, second


def _standardised(latents: NDArray[np.float64]) -> NDArray[np.float64]:
    centred = latents - latents.mean(axis=0)
    spread = centred.std(axis=0)
    flat = spread <= 4 * np.finfo(float).eps * np.abs(latents).max(axis=0)
    return np.asarray(centred / np.where(flat, np.nan, spread))
