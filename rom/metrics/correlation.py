"""Linear independence of latent variables: correlation and its determinant.

All functions take Z (n_snapshots, n_components), any latents of any method, and compute in float64.
Select the columns first: a dead latent dilutes the mean |r| and can push the determinant either
way.

Uncorrelated is not independent. sin and cos of one phase have r = 0 and det R = 1, and each
determines the other. And these numbers are free for the taking: whitening any latents gives R = I
without changing what a decoder can do.
"""

import operator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix


def correlation_matrix(Z: ArrayLike) -> NDArray[np.float64]:
    """Pearson correlation r_ij = cov(z_i, z_j) / (s_i s_j).

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        Latent variables, at least two snapshots.

    Returns
    -------
    array (n_components, n_components)
        Symmetric, ones on the diagonal. The row and column of a component which is constant (up to
        rounding) are NaN, with the diagonal: it has no correlation. [[1.0]] for one component that
        varies.

    Raises
    ------
    InputError
        If Z is not such a matrix, has fewer than two snapshots, or contains NaN or infinite values.

    Examples
    --------
    >>> from rom.metrics import correlation_matrix
    >>> correlation_matrix([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]).round(3).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    latents = component_matrix("Z", Z)
    n = len(latents)
    if n < 2:
        raise InputError(f"a correlation needs at least 2 snapshots, but Z has {n}")
    size = np.abs(latents).max(axis=0)
    U = latents / np.where(
        size > 0, size, 1.0
    )  # squares neither overflow nor vanish, constants are 1
    U -= U.mean(axis=0)
    norm = np.linalg.norm(U, axis=0)
    constant = norm <= 4 * np.finfo(np.float64).eps * np.sqrt(n)
    U /= np.where(constant, 1.0, norm)
    R = np.clip(U.T @ U, -1.0, 1.0)
    np.fill_diagonal(R, 1.0)
    R[constant] = np.nan
    R[:, constant] = np.nan
    return R


def det_correlation(Z: ArrayLike, *, absolute: bool = False) -> float:
    """Determinant of the correlation matrix R: 1 if no two components correlate, 0 if some are
    dependent.

    Compare it with `det_correlation_null`: independent components score below 1 at finite n, and it
    falls with the number of components at equal ``|r|``.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        Latent variables.
    absolute : bool
        Take the determinant of ``|R|`` instead, as some figures do. ``|R|`` is not a correlation
        matrix: its determinant can be negative, or large for dependent components. Only to
        reproduce those figures.

    Returns
    -------
    float
        det R in [0, 1]; exactly 0 if R is singular to rounding; 1 for one component. NaN if a
        component is constant (no correlation), or if n_snapshots <= n_components (R is singular
        whatever the latents are).

    Raises
    ------
    InputError
        As `correlation_matrix`.

    References
    ----------
    Eivazi et al. 2022, Expert Syst. Appl. 202, 117038 (signed R, published as 100 det R).

    Examples
    --------
    >>> from rom.metrics import det_correlation
    >>> round(det_correlation([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]), 6)
    0.75
    """
    R = regular_correlation(Z)
    if R is None:
        return float("nan")
    if not absolute and is_singular(R):
        return 0.0
    sign, log_det = np.linalg.slogdet(np.abs(R) if absolute else R)
    return float(sign * np.exp(log_det))


def det_correlation_null(n_snapshots: int, n_components: int) -> float:
    """Expected det R of independent Gaussian components, prod_{i=1}^{d-1} (1 - i / (n - 1)).

    Under independence det R is a product of d - 1 independent Beta((n - 1 - i) / 2, i / 2)
    variables (Anderson 2003, An Introduction to Multivariate Statistical Analysis, ch. 9). The
    snapshots, too, are taken as independent.

    Returns NaN for n_snapshots <= n_components, as `det_correlation` does. Raises InputError for
    fewer than two snapshots or no component.

    Examples
    --------
    >>> from rom.metrics.correlation import det_correlation_null
    >>> round(det_correlation_null(200, 10), 3)
    0.795
    """
    n, d = sizes(n_snapshots, n_components)
    return float(np.prod(1 - np.arange(1, d) / (n - 1))) if n > d else float("nan")


def mean_abs_correlation(Z: ArrayLike) -> float:
    """Mean of ``|r_ij|`` over the pairs i < j.

    About sqrt(2 / (pi (n - 1))) for n independent snapshots of independent components, not 0. NaN
    for a single component (there is no pair) or if a component is constant. Raises InputError as
    `correlation_matrix` does.

    Examples
    --------
    >>> from rom.metrics import mean_abs_correlation
    >>> round(mean_abs_correlation([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]), 6)
    0.5
    """
    pairs = _abs_pairs(Z)
    return float(pairs.mean()) if pairs.size else float("nan")


def max_abs_correlation(Z: ArrayLike) -> float:
    """Largest ``|r_ij|`` over the pairs i < j; NaN and errors as for `mean_abs_correlation`."""
    pairs = _abs_pairs(Z)
    return float(pairs.max()) if pairs.size else float("nan")


def regular_correlation(Z: ArrayLike) -> NDArray[np.float64] | None:
    """R, or None where its determinant says nothing: a constant component, or too few snapshots.
    Not public.
    """
    R = correlation_matrix(Z)
    return None if np.isnan(R).any() or len(np.asarray(Z)) <= len(R) else R


def is_singular(R: NDArray[np.float64]) -> bool:
    """Whether the smallest eigenvalue of R is rounding, below d eps times the largest."""
    return bool(np.linalg.matrix_rank(R, hermitian=True) < len(R))


def _abs_pairs(Z: ArrayLike) -> NDArray[np.float64]:
    R = correlation_matrix(Z)
    return np.abs(R[np.triu_indices(len(R), k=1)])


def sizes(n_snapshots: int, n_components: int) -> tuple[int, int]:
    """Both as integers, at least 2 snapshots and 1 component. Not public."""
    n, d = operator.index(n_snapshots), operator.index(n_components)
    if n < 2 or d < 1:
        raise InputError(f"there must be at least 2 snapshots and 1 component, not {n} and {d}")
    return n, d
