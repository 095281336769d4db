"""What a training minimises: the reconstruction error of an autoencoder, to which subclasses add what they want."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from rom.nets.network import LatentNetwork

RECONSTRUCTIONS = ("squared", "bernoulli")
Losses = dict[str, torch.Tensor]


class Code(NamedTuple):
    """What the encoder makes of a batch: (n, k) means, log-variances (None without) and the latents to decode."""

    mean: torch.Tensor
    log_variance: torch.Tensor | None
    latents: torch.Tensor


@dataclass(frozen=True)
class Objective:
    """Per sample, averaged over the batch: the reconstruction error, and what `combine` adds to it.

    reconstruction: ``sum_features (x - x_hat)^2``, or the summed binary cross-entropy ("bernoulli").
    """

    reconstruction: str = "squared"

    #: Whether ``mu + sigma * epsilon`` is decoded rather than mu.
    sample: ClassVar[bool] = False

    def __call__(
        self, network: LatentNetwork, rows: torch.Tensor, generator: torch.Generator, progress: float = 1.0
    ) -> Losses:
        """Mean losses of a batch (total, reconstruction, kl, ...), each a scalar, after a share of all steps."""
        mean, log_variance = network.encode(rows)
        latents = mean
        if self.sample and log_variance is not None:
            # drawn where the generator lives, so that every device sees the same numbers
            noise = torch.randn(mean.shape, generator=generator, dtype=mean.dtype).to(mean.device)
            latents = mean + torch.exp(0.5 * log_variance) * noise
        if self.reconstruction == "bernoulli":
            error = binary_cross_entropy_with_logits(network.decode_logits(latents), rows, reduction="sum")
        else:
            error = (rows - network.decode(latents)).square().sum()
        return self.combine(error / len(rows), Code(mean, log_variance, latents), rows.shape[1], progress)

    def combine(self, error: torch.Tensor, code: Code, n_features: int, progress: float) -> Losses:
        """All losses of a batch from its mean error and its code."""
        return {"total": error, "reconstruction": error, "kl": error.new_zeros(())}

    def is_final(self, progress: float) -> bool:
        """Whether the objective stays as it is from here on; only then its values can be compared."""
        return True

    @property
    def in_nats(self) -> bool:
        """Whether the total has no unit; otherwise it is that of the data squared."""
        return self.reconstruction == "bernoulli"


def divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL of q(z_i|x) from the standard normal, ``1/2 (mu^2 + sigma^2 - 1 - ln sigma^2)``, batch mean: (k,), nats."""
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean(dim=0)
