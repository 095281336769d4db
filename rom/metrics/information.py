"""Mutual information of latents by nearest neighbours: dependence of any form, not only along a
line.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix, over_pairs
from rom.metrics.ranks import distinct_share, rank_gaussianise

NEIGHBOURS = 5
#: Share of distinct values below which neighbours are equal values, and their distance says
#: nothing.
FEWEST_DISTINCT = 0.5
#: By so much a radius is smaller than the distance to the k-th neighbour, which must not count
#: itself.
ROUNDING = 1e-13


def mutual_information(Z: ArrayLike, *, neighbours: int = NEIGHBOURS) -> NDArray[np.float64]:
    """Mutual information I(z_i; z_j) of all pairs in nats, from the k nearest neighbours (KSG).

    ``psi(k) + psi(n) - <psi(n_i + 1) + psi(n_j + 1)>`` with n_i the number of snapshots closer in
    z_i than the k-th neighbour in the plane of both (largest coordinate difference). The columns
    are made Gaussian by their ranks first, which changes no mutual information and makes the
    estimate better.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
    neighbours : int, k

    Returns
    -------
    array (n_components, n_components)
        Symmetric, inf on the diagonal. May be slightly negative for independent latents: a mean of
        clipped values would be too large. For latents that lie on a curve the true value is
        infinite, and the estimate grows as ln n: give n with it, or take
        :func:`informational_correlation`. NaN for columns in which less than half of the values are
        distinct, and where there are not more than k snapshots.

    Raises
    ------
    InputError
        If Z is not a matrix of finite numbers, or k is not a positive number.

    References
    ----------
    Kraskov, Stögbauer, Grassberger 2004, Phys. Rev. E 69, 066138, eq. 8.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import mutual_information
    >>> Z = np.random.default_rng(0).multivariate_normal([0, 0], [[1, 0.9], [0.9, 1]], 1000)
    >>> print(f"{mutual_information(Z)[0, 1]:.2f}, exactly {-0.5 * np.log(1 - 0.9**2):.2f}")
    0.88, exactly 0.83
    """
    latents = component_matrix("Z", Z)
    _check_neighbours(neighbours)
    n, d = latents.shape
    information = np.full((d, d), np.nan)
    usable = (
        np.flatnonzero(distinct_share(latents) >= FEWEST_DISTINCT)
        if n > neighbours
        else np.zeros(0, int)
    )
    scores = _without_ties(rank_gaussianise(latents))
    ordered = np.sort(scores, axis=0)
    for place, i in enumerate(usable):
        information[i, i] = np.inf
        for j in usable[place + 1 :]:
            pair = [i, j]
            information[i, j] = information[j, i] = _ksg(
                scores[:, pair], ordered[:, pair], neighbours
            )
    return information


def informational_correlation(Z: ArrayLike, *, neighbours: int = NEIGHBOURS) -> NDArray[np.float64]:
    """Linfoot's informational correlation of all pairs, ``sqrt(1 - exp(-2 I(z_i; z_j)))``, between
    0 and 1.

    It is ``|r|`` for a Gaussian pair, and 1 where one latent is a function of the other, as on the
    limit cycle of a periodic flow, whose two latents are uncorrelated. Estimates of independent
    latents are above 0 (negative estimates of I count as 0): compare with the null value.

    Parameters, errors and NaN as for :func:`mutual_information`; 1 on the diagonal.

    References
    ----------
    Linfoot 1957, An informational measure of correlation, Information and Control 1, 85.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import correlation_matrix, informational_correlation
    >>> phase = np.linspace(0, 2 * np.pi, 500, endpoint=False)
    >>> circle = np.column_stack([np.cos(phase), np.sin(phase)])
    >>> linear, any_kind = correlation_matrix(circle), informational_correlation(circle)
    >>> print(f"{abs(linear[0, 1]):.3f}, {any_kind[0, 1]:.3f}")
    0.000, 0.996
    """
    information = mutual_information(Z, neighbours=neighbours)
    correlation: NDArray[np.float64] = np.sqrt(-np.expm1(-2 * np.maximum(information, 0)))
    return correlation


def informational_correlations(Z: ArrayLike) -> dict[str, float]:
    """The mean and the largest :func:`informational_correlation` over the pairs i < j; NaN without
    a pair.
    """
    return over_pairs(informational_correlation(Z))


def signed_informational_correlations(Z: ArrayLike) -> dict[str, float]:
    """The same with the sign of the estimated information, which scatters about zero: for
    intervals.
    """
    information = mutual_information(Z)
    roots = np.sign(information) * np.sqrt(-np.expm1(-2 * np.abs(information)))
    return over_pairs(np.asarray(roots))


def neighbour_total_correlation(Z: ArrayLike, *, neighbours: int = NEIGHBOURS) -> float:
    """Total correlation in nats by nearest neighbours on rank-Gaussianised columns.

    ``psi(k) + (d - 1) psi(n) - <sum_j psi(n_j + 1)>``, the form of :func:`mutual_information` for d
    latents. Its bias grows with d: of ten Gaussian latents with all correlations 0.3 and 2,000
    snapshots it finds 0.78 of 0.95 nats. Not for more than about eight latents. NaN as for
    :func:`mutual_information`, 0 for one latent.
    """
    latents = component_matrix("Z", Z)
    _check_neighbours(neighbours)
    n, d = latents.shape
    if d == 1:
        return 0.0
    if n <= neighbours or (distinct_share(latents) < FEWEST_DISTINCT).any():
        return float("nan")
    scores = _without_ties(rank_gaussianise(latents))
    return _ksg(scores, np.sort(scores, axis=0), neighbours)


def _ksg(scores: NDArray[np.float64], ordered: NDArray[np.float64], k: int) -> float:
    """The estimate for the columns of `scores`; `ordered` are the same columns, sorted."""
    from scipy.spatial import cKDTree  # here: importing the package must not load scipy
    from scipy.special import digamma

    n, d = scores.shape
    radius = cKDTree(scores).query(scores, k=[k + 1], p=np.inf)[0][:, 0] - ROUNDING
    total = 0.0
    for column, values in zip(scores.T, ordered.T, strict=True):
        below = np.searchsorted(values, column - radius, side="right")
        closer = (
            np.searchsorted(values, column + radius, side="left") - below - 1
        )  # strictly, and without itself
        total += float(digamma(np.maximum(closer, 0) + 1).mean())
    return float(digamma(k) + (d - 1) * digamma(n) - total)


def _without_ties(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Equal values moved apart by next to nothing: distances of zero have no neighbours."""
    return scores + 1e-10 * np.random.default_rng(0).normal(size=scores.shape)


def _check_neighbours(neighbours: int) -> None:
    if not isinstance(neighbours, int | np.integer) or neighbours < 1:
        raise InputError(f"neighbours={neighbours!r} must be a whole number, 1 or more")
