"""Beta-VAE: nonlinear reduction whose KL term pushes the latents towards independence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

import numpy as np

from rom.errors import InputError, nearest
from rom.reducers.beta_options import BetaOptions
from rom.reducers.neural import NeuralReducer
from rom.training.variational import VariationalObjective

VARIANCES = ("fixed", "learned")


@final
@dataclass(eq=False, repr=False, kw_only=True)
class BetaVAE(BetaOptions, NeuralReducer):
    """Beta-VAE: ``q(z|x) = N(mu(x), sigma(x)^2)``, ``x_hat = decoder(z)``, z sampled in training.

    Loss per sample, averaged over the batch:
    ``sum_features (x - x_hat)^2 + beta * sum_latents 1/2 (mu^2 + sigma^2 - 1 - ln sigma^2)``.
    Only ``tau = beta / 2``, a variance in the units of the data squared, matters: in the linear
    case a latent survives if the variance along it exceeds tau. See docs/conventions.md for other
    papers' beta. :meth:`transform` is the posterior mean.

    Parameters
    ----------
    n_components : int, default 2
    beta : float, default 1.0
        Weight of the KL divergence, not negative.
    energy_share : float, optional
        Sets beta whatever the data's unit and size: ``beta = 2 energy_share V``, V the sum of the
        features' variances. In the linear case a latent survives if its share of V exceeds it.
    annealing : {"none", "linear", "cyclical"}, default "linear"
        How beta (or the capacity) comes into force: at once, rising from 0 during the first
        `annealing_share` of the training, or so in each of `cycles` equal parts of it. At once, a
        large beta can switch off latents before the decoder has learnt to use them.
    annealing_share : float, default 0.25
    cycles : int, default 4
    capacity : float, optional
        Nats. Loss ``error + capacity_weight |KL - capacity|`` instead: the latents carry so much,
        whatever it costs; beta is not used.
    capacity_weight : float, optional
        Default: 2 V, above any gain in squared error that a nat can bring in the linear case; 100
        for "bernoulli".
    decoder_variance : {"fixed", "learned"}, default "fixed"
        "learned": the loss is the negative log-likelihood with the decoder's best variance ``s^2``
        plus beta times the divergence (sigma-VAE), as if beta were ``2 s^2 beta``: it follows the
        error, and 1 is the VAE.
    architecture, channels, hidden, depth, activation, batch_norm, epochs, max_steps, max_seconds,
    batch_size, learning_rate, patience, reconstruction, precision, device, memory_limit,
    random_state
        As for :class:`rom.Autoencoder`; the network has a second head, the log-variance.

    Attributes
    ----------
    beta_ : float. The beta of the canonical loss in force at the end; NaN with a capacity.
    decoder_variance_ : float. ``s^2`` per value, from the training error with sampled latents;
        ``beta_ / 2`` if fixed.
    network_, history_, converged_, stop_reason_, architecture_, n_parameters_, n_components_, ...
        As for :class:`rom.Autoencoder`, as are the errors.

    References
    ----------
    D. Kingma, M. Welling, "Auto-encoding variational Bayes", ICLR 2014.
    I. Higgins et al., "beta-VAE: learning basic visual concepts with a constrained variational
    framework", ICLR 2017.
    C. Burgess et al., "Understanding disentangling in beta-VAE", arXiv:1804.03599, 2018 (capacity).
    O. Rybkin, K. Daniilidis, S. Levine, "Simple and effective VAE training with calibrated
    decoders", ICML 2021.

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
    has_posterior: ClassVar[bool] = True
    has_beta = True
    learned = NeuralReducer.learned | {"beta_": float, "decoder_variance_": float}

    capacity: float | None = None
    capacity_weight: float | None = None
    decoder_variance: str = "fixed"

    def _objective(self, total_variance: float) -> VariationalObjective:
        self._check_combinations()
        learned = self.decoder_variance == "learned"
        self.beta_ = self._weight(total_variance)
        weight = self.beta_ if self.capacity is None else self._capacity_weight(total_variance)
        return VariationalObjective(
            self.reconstruction, weight, self._annealing(), self.capacity, learned
        )

    def _capacity_weight(self, total_variance: float) -> float:
        if self.capacity_weight is None:
            return 100.0 if self.reconstruction == "bernoulli" else 2 * total_variance
        if not 0 < self.capacity_weight < np.inf:
            raise InputError(f"capacity_weight={self.capacity_weight!r} must be a positive number")
        return float(self.capacity_weight)

    def _check_combinations(self) -> None:
        if self.decoder_variance not in VARIANCES:
            name = str(self.decoder_variance)
            raise InputError(f"no decoder_variance {name!r}; {nearest(name, VARIANCES)}")
        if self.capacity is not None and not 0 <= self.capacity < np.inf:
            raise InputError(
                f"capacity={self.capacity!r} must be a number of nats that is not negative"
            )
        special = {
            "capacity": self.capacity is not None,
            "decoder_variance='learned'": self.decoder_variance == "learned",
            "energy_share": self.energy_share is not None,
            "reconstruction='bernoulli'": self.reconstruction == "bernoulli",
        }
        given = [name for name, is_given in special.items() if is_given]
        if len(given) > 1 and given != ["capacity", "reconstruction='bernoulli'"]:
            raise InputError(f"{given[0]} and {given[1]} exclude each other")

    def _conclude(self) -> None:
        error = self._records[-1, self._columns.index("train_reconstruction")]
        if self.decoder_variance == "learned":
            self.decoder_variance_ = float(error / self.n_features_in_)
            self.beta_ *= 2 * self.decoder_variance_
        else:
            self.decoder_variance_ = self.beta_ / 2
        if self.capacity is not None:
            self.beta_ = self.decoder_variance_ = float("nan")
