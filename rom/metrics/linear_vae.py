"""The linear beta-VAE, whose optimum is known in closed form: reverse water-filling of the
spectrum.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array


@dataclass(frozen=True)
class LinearBetaVAE:
    """The optimum of :func:`linear_beta_vae`; latents in the order of the eigenvalues, largest
    first.

    Attributes
    ----------
    kl : (n_components,) array
        Nats per latent, ``max(0, 1/2 ln(lambda_i / tau))``.
    posterior_variance : (n_components,) array
        ``min(1, tau / lambda_i)``; 1 minus it is the variance of the posterior means.
    distortion_sampled, distortion_mean : float
        Mean squared error of a snapshot, summed over its features, decoded from samples of the
        posterior (as in training) or from its mean (as in a comparison).
    loss : float
        ``distortion_sampled + beta * rate``, the least a linear beta-VAE can reach.
    """

    kl: NDArray[np.float64]
    posterior_variance: NDArray[np.float64]
    distortion_sampled: float
    distortion_mean: float
    loss: float

    @property
    def n_active(self) -> int:
        """How many latents survive: those whose eigenvalue exceeds tau."""
        return int((self.kl > 0).sum())

    @property
    def rate(self) -> float:
        """KL divergence summed over the latents, nats."""
        return float(self.kl.sum())


def linear_beta_vae(
    eigenvalues: ArrayLike,
    beta: float,
    n_components: int | None = None,
    *,
    total_variance: float | None = None,
) -> LinearBetaVAE:
    """What the best beta-VAE with linear maps and a diagonal posterior does on data of this
    covariance.

    With ``tau = beta / 2`` a latent is active iff its eigenvalue ``lambda_i > tau``; it lies along
    the i-th POD mode,

    - ``KL_i = 1/2 ln(lambda_i / tau)``, posterior variance ``tau / lambda_i``;
    - error decoded from samples: ``sum_active tau + sum_rest lambda_i``;
    - error decoded from means: ``sum_active tau^2 / lambda_i + sum_rest lambda_i``.

    This is the rate-distortion function of a Gaussian source; a nonlinear network may do better, as
    no other data of the same covariance is harder to describe.

    Parameters
    ----------
    eigenvalues : (n,) array
        Of the covariance of the training rows (divided by n, not n - 1): ``sigma_i^2 / n`` of the
        POD. In any order.
    beta : float, not negative
        Canonical: sum of squared errors + beta * sum of KL (:func:`convert_beta`). 0: the KL is
        infinite.
    n_components : int, optional
        Number of latents, default as many as eigenvalues.
    total_variance : float, optional
        Sum of *all* eigenvalues where only the leading ones are given, at least `n_components` of
        them.

    Returns
    -------
    LinearBetaVAE

    Raises
    ------
    InputError
        If eigenvalues or beta are negative or no numbers, or there are fewer eigenvalues than
        latents although others exist.

    References
    ----------
    Cover and Thomas 2006, Elements of information theory, theorem 10.3.3 (reverse water-filling).
    Lucas, Tucker, Grosse, Norouzi 2019, Don't blame the ELBO, arXiv:1911.02469: it has no other
    local maxima.

    Examples
    --------
    >>> from rom.metrics import linear_beta_vae
    >>> best = linear_beta_vae([4, 2, 1, 0.5, 0.1], beta=1.5, n_components=4)
    >>> best.n_active, best.kl.round(3).tolist(), round(best.loss, 4)
    (3, [0.837, 0.49, 0.144, 0.0], 5.0569)
    """
    values = real_array("eigenvalues", eigenvalues).astype(np.float64)
    if values.ndim != 1 or not (np.isfinite(values) & (values >= 0)).all():
        raise InputError("eigenvalues must be a vector of numbers, none negative")
    if not 0 <= beta < math.inf:
        raise InputError(f"beta={beta!r} must be a number, 0 or more")
    d = len(values) if n_components is None else n_components
    rest = 0.0 if total_variance is None else max(float(total_variance) - float(values.sum()), 0.0)
    if d > len(values) and rest > 1e-9 * float(values.sum()):
        raise InputError(
            f"{len(values)} eigenvalues are too few for {d} latents; give {d} at least"
        )
    values = np.sort(values)[::-1]
    leading = np.concatenate([values[:d], np.zeros(max(d - len(values), 0))])
    rest += float(values[d:].sum())
    tau = beta / 2
    active = leading > tau
    share = np.where(
        active, tau / np.where(active, leading, 1.0), 1.0
    )  # of the variance of z: the posterior's
    with np.errstate(divide="ignore"):  # beta = 0: infinitely many nats
        kl = np.abs(-0.5 * np.log(share))
    sampled = float((leading * share).sum()) + rest
    mean = float(np.where(active, leading * share**2, leading).sum()) + rest
    return LinearBetaVAE(
        kl, share, sampled, mean, sampled + (beta * float(kl.sum()) if beta > 0 else 0.0)
    )
