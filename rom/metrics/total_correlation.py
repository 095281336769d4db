"""Total correlation: in nats, what latents tell about each other."""

import numpy as np
from numpy.typing import ArrayLike

from rom.errors import InputError, nearest
from rom.metrics.correlation import is_singular, regular_correlation, sizes
from rom.metrics.information import neighbour_total_correlation
from rom.metrics.ranks import rank_gaussianise

METHODS = ("gaussian", "copula", "ksg")


def total_correlation(
    Z: ArrayLike, *, method: str = "gaussian", bias_correct: bool = False
) -> float:
    """Total correlation TC = sum_j H(z_j) - H(z) in nats: what the components tell about each
    other.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        Latent variables.
    method : {"gaussian", "copula", "ksg"}
        "gaussian": the plug-in -1/2 ln det R, right for jointly Gaussian components. For others it
        is neither an upper nor a lower bound. "copula": the same of the normal scores of the ranks,
        which no increasing function of a component changes; right for components that are monotone
        functions of jointly Gaussian ones. "ksg": by nearest neighbours
        (:func:`rom.metrics.information.neighbour_total_correlation`), any dependence, up to about
        eight components.
    bias_correct : bool
        Subtract `total_correlation_null`, what independent components score on average at this
        size. The difference may be negative. Not for "ksg", which is nearly unbiased there.

    Returns
    -------
    float
        Nats. 0 for one component, inf if R is singular to rounding. NaN as for `det_correlation`
        ("ksg": as for :func:`rom.metrics.mutual_information`).

    Raises
    ------
    InputError
        For another method, and as `correlation_matrix`.

    References
    ----------
    Watanabe 1960, Information theoretical analysis of multivariate correlation, IBM J. Res. Dev. 4,
    66. Liu, Lafferty, Wasserman 2009, The nonparanormal, J. Mach. Learn. Res. 10, 2295 (the
    copula).

    Examples
    --------
    >>> from rom.metrics import total_correlation
    >>> round(total_correlation([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]), 4)  # -1/2 ln(3/4)
    0.1438
    """
    if method not in METHODS:
        raise InputError(f"no total correlation method {method!r}; {nearest(str(method), METHODS)}")
    if method == "ksg":
        if bias_correct:
            raise InputError("bias_correct is for the methods 'gaussian' and 'copula'")
        return neighbour_total_correlation(Z)
    R = regular_correlation(Z if method == "gaussian" else rank_gaussianise(Z))
    if R is None:
        return float("nan")
    if is_singular(R):
        return float("inf")
    tc = -0.5 * float(np.linalg.slogdet(R).logabsdet) + 0.0  # + 0.0: no minus zero
    return tc - total_correlation_null(len(np.asarray(Z)), len(R)) if bias_correct else tc


def total_correlation_null(n_snapshots: int, n_components: int) -> float:
    """Expected Gaussian total correlation of independent Gaussian components: the plug-in's bias,
    in nats.

    Exactly 1/2 sum_{i=1}^{d-1} [psi(nu / 2) - psi((nu - i) / 2)] with nu = n - 1 and the digamma
    function psi, from the product of Beta variables in `det_correlation_null`. NaN for n_snapshots
    <= n_components. Raises InputError for fewer than two snapshots or no component.

    Examples
    --------
    >>> from rom.metrics.total_correlation import total_correlation_null
    >>> round(total_correlation_null(1000, 64), 3)
    1.032
    """
    n, d = sizes(n_snapshots, n_components)
    if n <= d:
        return float("nan")
    from scipy.special import digamma  # here: importing the package must not load scipy

    nu = n - 1
    return 0.5 * float(np.sum(digamma(nu / 2) - digamma((nu - np.arange(1, d)) / 2)))


def copula_total_correlation(Z: ArrayLike) -> float:
    """:func:`total_correlation` by the method "copula", not corrected for its bias."""
    return total_correlation(Z, method="copula")
