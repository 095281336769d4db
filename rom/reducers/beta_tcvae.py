"""Beta-TCVAE: a VAE that weighs the total correlation of its latents apart from the rest of the
divergence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from numbers import Real
from typing import ClassVar, final

import numpy as np
import torch

from rom.errors import InputError
from rom.reducers.beta_options import BetaOptions
from rom.reducers.neural import NeuralReducer
from rom.training.annealing import Annealing
from rom.training.objective import Code, Losses, Objective, divergence


@final
@dataclass(eq=False, repr=False, kw_only=True)
class BetaTCVAE(BetaOptions, NeuralReducer):
    """Beta-TCVAE: the beta-VAE's loss with `tc_weight` times as much weight on the total
    correlation.

    The divergence falls into three parts, all in nats: the information that the latents have on the
    snapshot, the total correlation ``TC = KL(q(z) | prod_i q(z_i))``, and what the single latents
    differ from the prior. The loss per sample, averaged over the batch, is ``error + beta (KL +
    (tc_weight - 1) TC)``: with tc_weight = 1 that of :class:`rom.BetaVAE`, so that the betas of the
    two can be compared. (In the paper's terms: alpha = gamma = 1, its beta is tc_weight, the
    decoder's variance is beta / 2.)

    TC is that of the mixture of the posteriors of a batch: never negative but for sampling, and too
    large where the posteriors are so narrow that they do not overlap within the batch. (The paper's
    estimate counts the snapshot that z was drawn for as one of all N rows. It then is negative, and
    maximising it drives the divergence up: 3.5 nats a latent where the closed form of the linear
    case has 0.4.)

    Parameters
    ----------
    n_components : int, default 2
    tc_weight : float, default 6.0
        Not negative.
    beta, energy_share, annealing, annealing_share, cycles
        As for :class:`rom.BetaVAE`.
    architecture, channels, hidden, depth, activation, batch_norm, epochs, max_steps, max_seconds,
    batch_size, learning_rate, patience, reconstruction, precision, device, memory_limit,
    random_state
        As for :class:`rom.Autoencoder`.

    Attributes
    ----------
    beta_ : float, the beta in force at the end
    network_, history_, converged_, stop_reason_, architecture_, n_parameters_, n_components_, ...
        As for :class:`rom.Autoencoder`; the history has the estimate of the total correlation.

    References
    ----------
    T. Q. Chen, X. Li, R. Grosse, D. Duvenaud, "Isolating sources of disentanglement in variational
    autoencoders", NeurIPS 2018.

    Examples
    --------
    >>> import numpy as np
    >>> rows = np.random.default_rng(0).normal(size=(100, 5))
    >>> fitted = BetaTCVAE(2, beta=0.1, epochs=2, random_state=0).fit(rows)
    >>> mean, log_variance = fitted.posterior(rows)
    >>> mean.shape == log_variance.shape
    True
    """

    registry_name = "beta-tcvae"
    title, short_title = "β-total-correlation variational autoencoder", "β-TCVAE"
    has_posterior: ClassVar[bool] = True
    has_beta = True
    learned = NeuralReducer.learned | {"beta_": float}
    _min_batch: ClassVar[int] = 64  # for a mixture of posteriors
    tc_weight: float = 6.0

    def _objective(self, total_variance: float) -> Objective:
        if not isinstance(self.tc_weight, Real) or not 0 <= self.tc_weight < np.inf:
            raise InputError(f"tc_weight={self.tc_weight!r} must be a number that is not negative")
        self.beta_ = self._weight(total_variance)
        return TotalCorrelationObjective(
            self.reconstruction, self.beta_, float(self.tc_weight), self._annealing()
        )


@dataclass(frozen=True)
class TotalCorrelationObjective(Objective):
    """``error + f beta (KL + (tc_weight - 1) TC)``, f the annealing."""

    sample: ClassVar[bool] = True

    beta: float = 1.0
    tc_weight: float = 1.0
    annealing: Annealing = field(default_factory=Annealing)

    def combine(self, error: torch.Tensor, code: Code, n_features: int, progress: float) -> Losses:
        assert code.log_variance is not None
        kl = divergence(code.mean, code.log_variance).sum()
        correlation = total_correlation(code)
        weight = self.annealing(progress) * self.beta
        total = error + weight * (kl + (self.tc_weight - 1) * correlation)
        return {"total": total, "reconstruction": error, "kl": kl, "total_correlation": correlation}

    def is_final(self, progress: float) -> bool:
        return self.annealing.is_over(progress)


def total_correlation(code: Code) -> torch.Tensor:
    """Mean of ``ln q(z) - sum_i ln q(z_i)``, with q the mixture of the batch's posteriors, which z
    is drawn from.
    """
    assert code.log_variance is not None
    # (sample, posterior, latent)
    distance = (code.latents[:, None, :] - code.mean[None, :, :]).square() * torch.exp(
        -code.log_variance
    )[None, :, :]
    log_density = -0.5 * (distance + code.log_variance[None, :, :] + math.log(2 * math.pi))
    log_n = math.log(len(code.mean))
    joint = torch.logsumexp(log_density.sum(dim=2), dim=1) - log_n
    marginals = torch.logsumexp(log_density, dim=1) - log_n
    return (joint - marginals.sum(dim=1)).mean()
