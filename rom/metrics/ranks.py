"""Ranks: what is left of latents when their marginal distributions do not count."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics._check import component_matrix
from rom.metrics.correlation import correlation_matrix


def rank_gaussianise(Z: ArrayLike) -> NDArray[np.float64]:
    """Replace each column by the normal scores of its ranks, ``Phi^-1(rank / (n + 1))``.

    Every column then has the same, nearly standard normal, distribution: what remains is the
    copula. Any strictly increasing function of a latent leaves the result as it is; a decreasing
    one changes its sign.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)

    Returns
    -------
    array (n_snapshots, n_components)
        Equal values share their mean rank.

    Examples
    --------
    >>> from rom.metrics.ranks import rank_gaussianise
    >>> rank_gaussianise([[1.0], [100.0], [2.0]]).round(4).ravel().tolist()
    [-0.6745, 0.6745, 0.0]
    """
    from scipy.special import ndtri  # here: importing the package must not load scipy
    from scipy.stats import rankdata

    latents = component_matrix("Z", Z)
    scores: NDArray[np.float64] = ndtri(rankdata(latents, axis=0) / (len(latents) + 1))
    return scores


def distinct_share(Z: ArrayLike) -> NDArray[np.float64]:
    """The share of distinct values in each column: 1 where no two are equal."""
    latents = component_matrix("Z", Z)
    return np.array([len(np.unique(column)) / len(column) for column in latents.T])


def rank_correlation_matrix(Z: ArrayLike) -> NDArray[np.float64]:
    """Spearman's correlation of all pairs: Pearson's of the ranks. ``6/pi asin(r/2)`` for a
    Gaussian pair.

    As :func:`rom.metrics.correlation_matrix` otherwise.
    """
    from scipy.stats import rankdata

    return correlation_matrix(rankdata(component_matrix("Z", Z), axis=0))
