"""LatentNetwork: encoder body, latent heads and decoder of an autoencoder or a VAE."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits

from rom.data.layout import FieldLayout
from rom.nets.conv import MEMORY_FORMAT, conv_decoder, conv_encoder
from rom.nets.layers import Style
from rom.nets.levels import Levels, grid_levels
from rom.nets.mlp import mlp_decoder, mlp_encoder

#: ln sigma^2 of q(z|x) at the start: with sigma = 1 the noise drowns the latents before the decoder
#: has learnt to use them, and the KL term then switches them off for good (docs/adr/0004).
START_LOG_VARIANCE = -4.0


class Network(nn.Module, ABC):
    """What training asks of a network.

    Attributes
    ----------
    n_features : int, of the fields
    n_values : int, that the encoder sees of each row
    spread : the size of the fluctuations, by which losses are divided
    left_out : float, the mean squared error of what the decoder cannot reach
    """

    n_features: int
    n_values: int
    spread: torch.Tensor
    left_out: float = 0.0

    @abstractmethod
    def encode(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        """Mean and, where there is one, log-variance of q(z|x): (n, n_latents) each."""

    @abstractmethod
    def decode(self, latents: torch.Tensor) -> torch.Tensor: ...

    @abstractmethod
    def squared_error(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """``sum |x - decode(z)|^2`` over rows and features."""

    @abstractmethod
    def cross_entropy(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        """The binary cross-entropy, summed over rows and features."""


class LatentNetwork(Network):
    """Rows -> latents -> rows: encoder body, heads and decoder.

    ``encode`` gives the mean and, where `variational`, the log-variance of q(z|x). The rows are
    shifted and divided by fixed numbers on the way in and back on the way out, so that the layers
    see values of order one whatever the units; a sigmoid output needs no such numbers.
    """

    shift: torch.Tensor

    def __init__(
        self,
        encoder: nn.Module,
        width: int,
        n_latents: int,
        decoder: nn.Module,
        *,
        variational: bool,
        sigmoid: bool,
        layout: FieldLayout,
        levels: Levels | None = None,
    ) -> None:
        super().__init__()
        self.encoder, self.decoder, self.sigmoid = encoder, decoder, sigmoid
        self.n_features = self.n_values = layout.n_features
        self.depth = None if levels is None else levels.depth
        self.mean = nn.Linear(width, n_latents)
        self.log_variance = nn.Linear(width, n_latents) if variational else None
        self.variable = torch.from_numpy(layout.variable_index)
        self.register_buffer("shift", torch.zeros(layout.n_features))
        self.register_buffer("spread", torch.ones(()))

    def encode(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        body = self.encoder((rows - self.shift) / self.spread)
        return self._whole(self.mean(body)), (
            None if self.log_variance is None else self._whole(self.log_variance(body))
        )

    def decode_logits(self, latents: torch.Tensor) -> torch.Tensor:
        """The decoder's output before its sigmoid, if it has one."""
        return self._whole(self.decoder(latents))

    def _whole(self, values: torch.Tensor) -> torch.Tensor:
        """Under autocast the layers give half the digits, which is too few for a divergence or a
        small error.
        """
        return values.to(self.shift.dtype)

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        output = self.decode_logits(latents)
        return torch.sigmoid(output) if self.sigmoid else output * self.spread + self.shift

    def squared_error(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        return (rows - self.decode(latents)).square().sum()

    def cross_entropy(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        return binary_cross_entropy_with_logits(self.decode_logits(latents), rows, reduction="sum")

    def variable_means(self, mean: torch.Tensor) -> torch.Tensor:
        """The mean of each variable (n_variables,) of a mean row (n_features,)."""
        sums = mean.new_zeros(int(self.variable.max()) + 1).index_add(0, self.variable, mean)
        return sums / torch.bincount(self.variable).clamp(min=1)

    def part_sizes(self) -> tuple[int, int]:
        """Number of parameters of the encoder (with its heads) and of the decoder."""
        total = sum(p.numel() for p in self.parameters())
        decoder = sum(p.numel() for p in self.decoder.parameters())
        return total - decoder, decoder


def build_network(
    layout: FieldLayout,
    n_latents: int,
    *,
    architecture: str,
    channels: Sequence[int],
    hidden: Sequence[int],
    variational: bool,
    sigmoid: bool,
    depth: int | None = None,
    activation: str = "relu",
    batch_norm: bool = False,
) -> LatentNetwork:
    """The network of an architecture, with uninitialised parameters (see :func:`initialise`)."""
    encoder: nn.Module
    style, levels = Style(activation, batch_norm), None
    if architecture == "conv":
        levels = grid_levels(layout.grid_shape, channels, depth)
        encoder, width = conv_encoder(layout, levels, hidden, style)
        decoder = conv_decoder(n_latents, layout, levels, style)
    else:
        widths = [] if architecture == "linear" else hidden
        encoder, width = mlp_encoder(layout.n_features, widths, style)
        decoder = mlp_decoder(n_latents, layout.n_features, widths, style)
    network = LatentNetwork(
        encoder,
        width,
        n_latents,
        decoder,
        variational=variational,
        sigmoid=sigmoid,
        layout=layout,
        levels=levels,
    )
    if architecture != "conv":
        return network
    return network.to(memory_format=MEMORY_FORMAT[len(layout.grid_shape)])  # type: ignore[call-overload]


def initialise(
    network: LatentNetwork, generator: torch.Generator, mean: torch.Tensor, spread: float
) -> None:
    """Start at the mean of the training rows: Glorot-uniform weights, zero biases, from this
    generator alone.

    The posterior starts narrow (START_LOG_VARIANCE). Without a sigmoid the fixed shift and spread
    are set. With one, the last bias becomes the logit of the mean: a start at 1/2 wastes the first
    epochs on mostly black images and often kills the ReLUs for good.

    X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward networks",
    2010.
    """
    for module in network.modules():
        weight = getattr(module, "weight", None)
        if isinstance(weight, nn.Parameter):
            # one weight per channel is the scale of a batch norm
            if weight.ndim > 1:
                nn.init.xavier_uniform_(weight, generator=generator)
            else:
                nn.init.ones_(weight)
            nn.init.zeros_(module.bias)  # type: ignore[arg-type]
    if network.log_variance is not None:
        nn.init.constant_(network.log_variance.bias, START_LOG_VARIANCE)
    with torch.no_grad():
        if network.sigmoid:
            last = [
                bias for name, bias in network.decoder.named_parameters() if name.endswith("bias")
            ][-1]
            # a dense layer has one bias per feature, a convolution one per variable
            start = mean if len(last) == len(mean) else network.variable_means(mean)
            last.copy_(torch.logit(start, eps=0.01))
        else:
            network.shift.copy_(mean)
            network.spread.fill_(spread)
