"""Intrinsic dimension: how many variables the snapshots need at least, whatever the map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix
from rom.metrics.trajectories import labels_of

#: Share of the largest ratios that are left out of the fit: they are of the few points on the edge.
DISCARDED = 0.1
#: Fewest snapshots with enough neighbours.
FEWEST = 50
MOST_NEIGHBOURS = 20
#: Logarithm of a ratio of distances below which they are equal.
EQUAL = 1e-6
#: Squared distances below this share of the mean energy are rounding.
NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class IntrinsicDimension:
    """Two estimates, the number of snapshots they rest on, and the reason where they are NaN.

    Attributes
    ----------
    two_neighbours : float, TwoNN
    many_neighbours : float, maximum likelihood from up to 20 neighbours
    n : int
    reason : str
    """

    two_neighbours: float
    many_neighbours: float
    n: int
    reason: str = ""


def intrinsic_dimension(
    Z: ArrayLike, *, window: int = 0, trajectories: ArrayLike | None = None
) -> IntrinsicDimension:
    """Intrinsic dimension of snapshots from the distances ``r_1 <= r_2 <= ...`` to the nearest
    neighbours of each.

    ``two_neighbours`` (TwoNN): on a piece of a d-dimensional manifold of locally uniform density
    the ratios ``m = r_2 / r_1`` have the distribution ``F(m) = 1 - m^(-d)``: d is the slope through
    the origin of ``-ln(1 - F)`` over ``ln m``, of the smaller 90 % of the ratios.
    ``many_neighbours``: ``1 / d = mean_t mean_(j<k) ln(r_k / r_j)`` with k = 20, or a tenth of the
    snapshots if that is less.

    The first looks at the smallest scale there is, where noise counts most, and needs snapshots
    that lie at random: of a cycle that is sampled at a constant rate the two nearest lie on both
    sides equally far away, and it is far too large. The second is smoother, and too small where d
    is large and snapshots are few.

    Parameters
    ----------
    Z : array (n_snapshots, n_features). Snapshots, or their POD coefficients. Takes n^2 numbers of
        memory.
    window : int, default 0
        Rows at most so far apart in the same trajectory are not neighbours (Theiler window): in a
        densely sampled series the nearest ones are the snapshots before and after, and every curve
        through time has dimension one. Give the decorrelation length.
    trajectories : array (n_snapshots,), optional. Which trajectory a row is of; default: all of
        one.

    Returns
    -------
    IntrinsicDimension
        NaN with a reason for fewer than 50 different snapshots with neighbours, and
        `two_neighbours` where these lie equally far away. Snapshots that occur more than once count
        once.

    Raises
    ------
    InputError
        If Z is not a matrix of finite numbers, window is negative, or trajectories are not one
        entry a row.

    References
    ----------
    Facco, d'Errico, Rodriguez, Laio 2017, Estimating the intrinsic dimension of datasets by a
    minimal neighborhood information, Sci. Rep. 7, 12140. Levina, Bickel 2004, Maximum likelihood
    estimation of intrinsic dimension, NIPS 17, averaged as MacKay and Ghahramani say. Theiler 1986,
    Spurious dimension from correlation algorithms, Phys. Rev. A.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import intrinsic_dimension
    >>> directions = np.random.default_rng(1).normal(size=(2, 10))
    >>> plane = np.random.default_rng(0).uniform(size=(1000, 2)) @ directions
    >>> found = intrinsic_dimension(plane)
    >>> print(round(found.two_neighbours), round(found.many_neighbours))
    2 2
    """
    rows = component_matrix("Z", Z)
    if window < 0:
        raise InputError(f"window={window} must not be negative")
    n = len(rows)
    groups = np.zeros(n, dtype=int) if trajectories is None else labels_of(trajectories, n)
    centred = rows - rows.mean(axis=0)
    return dimension_of_gram(centred @ centred.T, np.arange(n), groups, window)


def dimension_of_gram(
    gram: NDArray[np.float64], positions: NDArray[np.intp], groups: NDArray[np.generic], window: int
) -> IntrinsicDimension:
    """:func:`intrinsic_dimension` from the inner products of centred snapshots.

    `positions` says where in the series each one stands, in units of `window`.
    """
    distances = np.diag(gram)[:, None] + np.diag(gram) - 2 * gram
    same = distances <= NEGLIGIBLE * np.diag(gram).mean()
    first = ~np.tril(same, -1).any(axis=1)  # of snapshots that occur more than once
    distances, positions, groups = distances[np.ix_(first, first)], positions[first], groups[first]
    n = len(distances)
    k = min(MOST_NEIGHBOURS, n // 10)
    if n < FEWEST:
        return IntrinsicDimension(
            np.nan, np.nan, n, f"{n} snapshots are too few, {FEWEST} are needed"
        )
    near = (np.abs(positions[:, None] - positions) <= window) & (groups[:, None] == groups)
    distances[near] = np.inf  # itself among them
    nearest = np.sort(np.partition(distances, k - 1, axis=1)[:, :k], axis=1)
    nearest = nearest[np.isfinite(nearest[:, -1])]
    if len(nearest) < FEWEST:
        few = (
            f"{len(nearest)} snapshots with {k} different neighbours are too few, {FEWEST} are"
            " needed"
        )
        return IntrinsicDimension(np.nan, np.nan, len(nearest), few)
    logarithms = 0.5 * np.log(nearest)
    many = 1 / (logarithms[:, -1:] - logarithms[:, :-1]).mean()
    two, reason = _two_neighbours(logarithms), ""
    if np.isnan(two):
        reason = (
            "the two nearest neighbours lie equally far away, as on a cycle that is sampled at a"
            " constant rate"
        )
    return IntrinsicDimension(two, float(many), len(nearest), reason)


def _two_neighbours(logarithms: NDArray[np.float64]) -> float:
    n = len(logarithms)
    kept = int(n * (1 - DISCARDED))
    x = np.sort(logarithms[:, 1] - logarithms[:, 0])[:kept]
    y = -np.log1p(-np.arange(1, kept + 1) / n)
    return float((x @ y) / (x @ x)) if np.median(x) > EQUAL else np.nan
