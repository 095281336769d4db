"""The objective of the beta-VAE: reconstruction and weighted divergence, with a capacity or a
learned variance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import ClassVar

import torch

from rom.training.annealing import Annealing
from rom.training.objective import Code, Losses, Objective, divergence


@dataclass(frozen=True)
class VariationalObjective(Objective):
    """Per sample, averaged over the batch, with KL the divergence summed over the latents and f the
    annealing:

    ``error + f beta KL`` (Kingma and Welling 2014; the weight beta: Higgins et al. 2017);
    with a `capacity` C in nats ``error + beta |KL - f C|`` (Burgess et al. 2018);
    with a learned variance of the decoder ``D/2 (1 + ln(2 pi s^2)) + f beta KL``, where ``s^2 =
    error / D`` is the best variance for the batch (Rybkin, Daniilidis and Levine 2021): the
    negative log-likelihood plus the divergence, in nats. Its gradient is that of ``error + 2 s^2 f
    beta KL``: a beta that follows the error.
    """

    sample: ClassVar[bool] = True

    beta: float = 1.0
    annealing: Annealing = field(default_factory=Annealing)
    capacity: float | None = None
    learned_variance: bool = False

    def combine(self, error: torch.Tensor, code: Code, n_features: int, progress: float) -> Losses:
        assert code.log_variance is not None
        kl = divergence(code.mean, code.log_variance).sum()
        factor = self.annealing(progress)
        losses = {"reconstruction": error, "kl": kl}
        if self.capacity is not None:
            return {"total": error + self.beta * (kl - factor * self.capacity).abs(), **losses}
        if self.learned_variance:
            likelihood = 0.5 * n_features * (1 + torch.log(2 * math.pi * error / n_features))
            return {"total": likelihood + factor * self.beta * kl, **losses}
        return {"total": error + factor * self.beta * kl, **losses}

    def is_final(self, progress: float) -> bool:
        return self.annealing.is_over(progress)

    @property
    def in_nats(self) -> bool:
        return self.learned_variance or self.reconstruction == "bernoulli"
