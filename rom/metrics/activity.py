"""Which latent variables of a variational autoencoder carry information, from its Gaussian
posteriors.

The posterior of snapshot x is q(z_i|x) = N(mu_i(x), s_i(x)^2), the prior N(0, 1). POD and plain
autoencoders have no posterior, hence none of these numbers.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix


def kl_per_component(mean: ArrayLike, log_variance: ArrayLike) -> NDArray[np.float64]:
    """Divergence from posterior to prior, KL_i = 1/2 mean_x(mu_i^2 + s_i^2 - 1 - ln s_i^2), in
    nats.

    Parameters
    ----------
    mean : array (n_snapshots, n_components)
        Posterior means mu_i(x).
    log_variance : array (n_snapshots, n_components)
        Natural logarithms of the posterior variances, ln s_i(x)^2.

    Returns
    -------
    array (n_components,)
        Nats, averaged over the snapshots; 0 for a component whose posterior is the prior.

    Raises
    ------
    InputError
        If the two are not matrices of one shape, or contain NaN or infinite values.

    References
    ----------
    Kingma and Welling 2014, Auto-encoding variational Bayes, arXiv:1312.6114, appendix B.

    Examples
    --------
    >>> from rom.metrics import kl_per_component
    >>> kl_per_component([[1.0, 0.0], [-1.0, 0.0]], [[0.0, 0.0], [0.0, 0.0]]).tolist()
    [0.5, 0.0]
    """
    mu, log_var = _posterior(mean, log_variance)
    with np.errstate(over="ignore"):  # an enormous variance: the divergence is inf
        kl: NDArray[np.float64] = 0.5 * (mu**2 + np.expm1(log_var) - log_var).mean(axis=0)
    return kl


def kl_total(mean: ArrayLike, log_variance: ArrayLike) -> float:
    """Sum of `kl_per_component` in nats: the rate, an upper bound on what the latents tell about
    x.
    """
    return float(kl_per_component(mean, log_variance).sum())


def active_components(
    mean: ArrayLike, log_variance: ArrayLike, *, threshold: float = 0.01
) -> NDArray[np.bool_]:
    """Mask of the components that are in use, i.e. not collapsed onto the prior.

    A component is collapsed if KL_i < threshold *and* Var_x(mu_i) < threshold: its posterior is
    close to the prior for every snapshot. Both are near 1e-3 or below for collapsed components and
    above 0.3 for those in use, so any threshold from 0.01 to 0.1 tells them apart. (A small
    posterior variance is the opposite of collapse.)

    Parameters
    ----------
    mean, log_variance : array (n_snapshots, n_components)
        Posterior means and log variances.
    threshold : float
        In nats for KL_i, without unit for Var_x(mu_i) (population variance; the prior's is 1).

    Returns
    -------
    bool array (n_components,)

    Raises
    ------
    InputError
        As `kl_per_component`, and if the threshold is not a positive number.

    References
    ----------
    Burda, Grosse and Salakhutdinov 2016, Importance weighted autoencoders, arXiv:1509.00519 (the
    variance criterion).

    Examples
    --------
    >>> from rom.metrics import active_components
    >>> active_components([[1.0, 0.01], [-1.0, 0.0]], [[-4.0, 0.0], [-4.0, 0.0]]).tolist()
    [True, False]
    """
    if not (np.isfinite(threshold) and threshold > 0):
        raise InputError(f"threshold must be a positive number, not {threshold}")
    mu, log_var = _posterior(mean, log_variance)
    active: NDArray[np.bool_] = (kl_per_component(mu, log_var) >= threshold) | (
        mu.var(axis=0) >= threshold
    )
    return active


def n_active(mean: ArrayLike, log_variance: ArrayLike, *, threshold: float = 0.01) -> int:
    """Number of `active_components`."""
    return int(active_components(mean, log_variance, threshold=threshold).sum())


def _posterior(
    mean: ArrayLike, log_variance: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mu, log_var = component_matrix("mean", mean), component_matrix("log_variance", log_variance)
    if mu.shape != log_var.shape:
        raise InputError(
            f"mean and log_variance must have one shape, not {mu.shape} and {log_var.shape}"
        )
    return mu, log_var
