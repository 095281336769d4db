"""What training minimises: the reconstruction error of an autoencoder, to which subclasses add
what they want.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import torch

from rom.nets.network import Network

RECONSTRUCTIONS = ("squared", "bernoulli")
Losses = dict[str, torch.Tensor]
#: A doubling of the steps that lowers the error by less than this, relative to itself or to the
#: fluctuations of the data, has gained nothing that matters.
LEAST_GAIN, LEAST_SHARE = 0.1, 3e-4
LEAST_GAIN_IN_NATS = 0.01
#: Errors that differ by less are equal; this multiple of that of the training rows is out of reach.
SLACK, OUT_OF_REACH = 0.01, 3.0


class Code(NamedTuple):
    """What the encoder makes of a batch: (n, k) means, log-variances (None without) and the latents
    to decode.
    """

    mean: torch.Tensor
    log_variance: torch.Tensor | None
    latents: torch.Tensor


@dataclass(frozen=True)
class Objective:
    """Per sample, averaged over the batch: the reconstruction error, and what `combine` adds to it.

    reconstruction: ``sum_features (x - x_hat)^2``, or the summed binary cross-entropy
    ("bernoulli").
    """

    reconstruction: str = "squared"

    #: Whether ``mu + sigma * epsilon`` is decoded rather than mu.
    sample: ClassVar[bool] = False

    def __call__(
        self,
        network: Network,
        rows: torch.Tensor,
        generator: torch.Generator,
        progress: float = 1.0,
        noise: float = 0.0,
    ) -> Losses:
        """Mean losses of a batch (total, reconstruction, kl, ...), each a scalar, after a share of
        all steps.

        With `noise` the encoder sees the rows plus white noise of that standard deviation.
        """
        seen = rows
        if noise:
            seen = rows + noise * torch.randn(rows.shape, generator=generator).to(rows)
        mean, log_variance = network.encode(seen)
        latents = mean
        if self.sample and log_variance is not None:
            # drawn where the generator lives, so that every device sees the same numbers
            drawn = torch.randn(mean.shape, generator=generator, dtype=mean.dtype).to(mean.device)
            latents = mean + torch.exp(0.5 * log_variance) * drawn
        measure = (
            network.cross_entropy if self.reconstruction == "bernoulli" else network.squared_error
        )
        error = measure(rows, latents) / len(rows)
        return self.combine(error, Code(mean, log_variance, latents), network.n_features, progress)

    def combine(self, error: torch.Tensor, code: Code, n_features: int, progress: float) -> Losses:
        """All losses of a batch from its mean error and its code."""
        return {"total": error, "reconstruction": error, "kl": error.new_zeros(())}

    def is_final(self, progress: float) -> bool:
        """Whether the objective stays as it is from here on; only then its values can be
        compared.
        """
        return True

    def gained(self, before: float, after: float, variance: float) -> tuple[bool, str]:
        """Whether a stage of training gained too little for another, and its gain in words.

        Squared errors are compared as errors: a gain of less than a tenth, or of less than 3e-4 of
        the fluctuations. Nats are compared as they are: a gain of less than a hundredth.
        """
        if self.in_nats:
            gain = (before - after) / max(abs(after), 1.0)
            return gain < LEAST_GAIN_IN_NATS, f"{100 * gain:.2g} % of its nats"
        error, left = math.sqrt(max(before, 0.0)), math.sqrt(max(after, 0.0))
        least = max(LEAST_GAIN * error, LEAST_SHARE * math.sqrt(variance))
        percent = 100 * (error - left) / error if error else 0.0
        return error - left < least, f"{percent:.2g} %"

    def out_of_reach(self, train: float, loss: float, best: float) -> bool:
        """Whether rows that judge are held up by what no training row shows, and not harmed.

        Their error is three times that of the training rows, and within a hundredth of the best.
        """
        near = loss <= (1 + 2 * SLACK) * best
        return not self.in_nats and near and loss > OUT_OF_REACH**2 * train

    @property
    def in_nats(self) -> bool:
        """Whether the total has no unit; otherwise it is that of the data squared."""
        return self.reconstruction == "bernoulli"


def divergence(mean: torch.Tensor, log_variance: torch.Tensor) -> torch.Tensor:
    """KL of q(z_i|x) from the standard normal, ``1/2 (mu^2 + sigma^2 - 1 - ln sigma^2)``, batch
    mean: (k,), nats.
    """
    return 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).mean(dim=0)
