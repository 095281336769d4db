"""Beta-VAE: nonlinear reduction whose KL term pushes the latents towards independence."""

from __future__ import annotations

from typing import final

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.metrics.activity import kl_per_component
from rom.reducers.neural import NeuralReducer
from rom.training.objective import Objective


@final
class BetaVAE(NeuralReducer):
    """Beta-VAE: ``q(z|x) = N(mu(x), sigma(x)^2)``, ``x_hat = decoder(z)``, z sampled in training.

    Loss per sample, averaged over the batch:
    ``sum_features (x - x_hat)^2 + beta * sum_latents 1/2 (mu^2 + sigma^2 - 1 - ln sigma^2)``.
    Only ``tau = beta / 2``, a variance in the units of the data squared, matters: in the linear case a
    latent survives if the variance along it exceeds tau. See docs/conventions.md for other papers' beta.
    :meth:`transform` is the posterior mean.

    Parameters
    ----------
    n_components : int, default 2
    beta : float, default 1.0
        Weight of the KL divergence, not negative.
    architecture, channels, hidden, epochs, batch_size, learning_rate, reconstruction, memory_limit, random_state
        As for :class:`rom.Autoencoder`; the network has a second head, the log-variance.

    Attributes
    ----------
    network_, history_, n_parameters_, n_components_, architecture_, batch_size_, epochs_, sigmoid_
        As for :class:`rom.Autoencoder`.

    Raises
    ------
    InputError (a ValueError)
        From :meth:`fit`, if an argument is out of range.

    References
    ----------
    D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
    I. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational
    framework", ICLR 2017.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(0).normal(size=(64, 8))
    >>> vae = BetaVAE(2, beta=0.5, epochs=3, random_state=0).fit(X)
    >>> vae.transform(X).shape, vae.kl_per_component(X).shape
    ((64, 2), (2,))
    """

    registry_name = "beta-vae"
    title, short_title = "β-variational autoencoder", "β-VAE"

    def __init__(
        self,
        n_components: int = 2,
        *,
        beta: float = 1.0,
        architecture: str = "auto",
        channels: tuple[int, ...] = (32, 64),
        hidden: tuple[int, ...] = (16,),
        epochs: int | None = None,
        batch_size: int = 128,
        learning_rate: float = 1e-3,
        reconstruction: str = "squared",
        memory_limit: int | str | None = None,
        random_state: int | None = None,
    ) -> None:
        self.n_components = n_components
        self.beta = beta
        self.architecture = architecture
        self.channels = channels
        self.hidden = hidden
        self.epochs = epochs
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.reconstruction = reconstruction
        self.memory_limit = memory_limit
        self.random_state = random_state

    @property
    def _variational(self) -> bool:
        return True

    def _objective(self) -> Objective:
        if not self.beta >= 0:
            raise InputError(f"beta={self.beta!r} must not be negative")
        return Objective(beta=self.beta, sample=True, reconstruction=self.reconstruction)

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray]:
        """Mean and log-variance of q(z|x): two arrays (n, n_components)."""
        check_is_fitted(self)
        rows = self._as_rows(X, reset=False)
        parts = [self._posterior(block) for block in rows.blocks(pass_bytes(self.memory_limit))]
        means, log_variances = zip(*parts, strict=True)
        return np.concatenate(means), np.concatenate(log_variances)

    def kl_per_component(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """``1/2 mean_x (mu^2 + sigma^2 - 1 - ln sigma^2)`` per latent: (n_components,), nats."""
        return kl_per_component(*self.posterior(X))
