"""The loss of an autoencoder and of a beta-VAE: one function, two settings."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from rom.nets.network import LatentNetwork

RECONSTRUCTIONS = ("squared", "bernoulli")


@dataclass(frozen=True)
class Objective:
    """Per sample, averaged over the batch: ``reconstruction + beta * KL``.

    reconstruction: ``sum_features (x - x_hat)^2``, or the summed binary cross-entropy ("bernoulli").
    KL: ``sum_latents 1/2 (mu^2 + sigma^2 - 1 - ln sigma^2)``, of q(z|x) from the standard normal, in nats
    (Kingma and Welling 2014; the weight beta: Higgins et al. 2017).
    sample: decode ``mu + sigma * epsilon`` rather than mu.
    """

    beta: float = 0.0
    sample: bool = False
    reconstruction: str = "squared"

    def __call__(
        self, network: LatentNetwork, rows: torch.Tensor, generator: torch.Generator
    ) -> dict[str, torch.Tensor]:
        """Mean losses of a batch: total, reconstruction and kl, each a scalar."""
        mean, log_variance = network.encode(rows)
        latents, kl = mean, rows.new_zeros(())
        if log_variance is not None:
            kl = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1).mean()
            if self.sample:
                noise = torch.randn(mean.shape, generator=generator, device=mean.device, dtype=mean.dtype)
                latents = mean + torch.exp(0.5 * log_variance) * noise
        if self.reconstruction == "bernoulli":
            error = binary_cross_entropy_with_logits(network.decode_logits(latents), rows, reduction="sum")
        else:
            error = (rows - network.decode(latents)).square().sum()
        error = error / len(rows)
        return {"total": error + self.beta * kl, "reconstruction": error, "kl": kl}
