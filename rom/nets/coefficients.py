"""CoefficientNetwork: encoder and decoder between POD coefficients and latents, which start at
POD.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import nn

from rom.errors import InputError
from rom.nets.layers import Style
from rom.nets.mlp import dense
from rom.nets.network import START_LOG_VARIANCE, Network

#: Modes weaker than this share of the first are scaled as if they had it.
WEAKEST = 1e-3


class CoefficientNetwork(Network):
    """Rows of POD coefficients -> latents -> coefficients.

    ``z = W_e c + mlp(c)``, ``c_hat = s (W_d z + mlp(z))``, with the coefficients c divided by the
    standard deviation of the first. The linear paths start at POD with latents of unit variance,
    and the last layers of the dense ones at zero: training starts at POD and can only gain. s is
    the root of each mode's standard deviation relative to the first: strong modes are learned
    first, weak ones are not drowned.

    A row may have one number more than there are modes: the energy that the row has outside their
    span, which no latent can change. It is part of every squared error, so that the error is that
    of the field.

    Parameters
    ----------
    n_modes, n_latents, n_features : int
    hidden : widths of the dense layers, the same both ways
    style : what follows each of them
    variational : whether there is a log-variance next to the mean
    """

    scale: torch.Tensor

    def __init__(
        self,
        n_modes: int,
        n_latents: int,
        n_features: int,
        hidden: Sequence[int],
        style: Style,
        *,
        variational: bool,
    ) -> None:
        super().__init__()
        self.n_modes, self.n_latents, self.n_features = n_modes, n_latents, n_features
        self.n_values = n_modes
        heads = 2 * n_latents if variational else n_latents
        self.linear_encoder = nn.Linear(n_modes, n_latents, bias=False)
        self.linear_decoder = nn.Linear(n_latents, n_modes, bias=False)
        self.encoder = dense([n_modes, *hidden, heads], style, last_activation=False)
        self.decoder = dense([n_latents, *reversed(hidden), n_modes], style, last_activation=False)
        self.register_buffer("scale", torch.ones(n_modes))
        self.register_buffer("spread", torch.ones(()))

    def encode(self, rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor | None]:
        scaled = rows[:, : self.n_modes] / self.spread
        mean = self.linear_encoder(scaled)
        heads = self.encoder(scaled).to(mean.dtype)
        mean = mean + heads[:, : self.n_latents]
        if heads.shape[1] == self.n_latents:
            return mean, None
        return mean, heads[:, self.n_latents :].clamp(-20, 10)

    def decode(self, latents: torch.Tensor) -> torch.Tensor:
        """Coefficients (n, n_modes)."""
        output = self.linear_decoder(latents) + self.decoder(latents)
        return output.to(self.spread.dtype) * (self.scale * self.spread)

    def squared_error(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        inside = (rows[:, : self.n_modes] - self.decode(latents)).square().sum()
        return inside + rows[:, self.n_modes :].sum()

    def cross_entropy(self, rows: torch.Tensor, latents: torch.Tensor) -> torch.Tensor:
        raise InputError("POD coordinates have a squared error; use architecture='conv' or 'mlp'")

    @torch.no_grad()
    def begin(self, deviations: torch.Tensor, generator: torch.Generator) -> None:
        """Start at POD, given the standard deviation of each coefficient; weights from this
        generator.
        """
        largest = deviations[0] if deviations[0] > 0 else torch.ones(())
        relative = (deviations / largest).to(self.scale.dtype)
        self.spread.copy_(largest)
        self.scale.copy_(relative.clamp(min=WEAKEST).sqrt())
        n = min(self.n_latents, self.n_modes)
        size = relative[:n].clamp(min=WEAKEST**2)
        nn.init.zeros_(self.linear_encoder.weight)
        nn.init.zeros_(self.linear_decoder.weight)
        self.linear_encoder.weight[range(n), range(n)] = 1 / size
        self.linear_decoder.weight[range(n), range(n)] = size / self.scale[:n]
        for body in (self.encoder, self.decoder):
            layers = [layer for layer in body if isinstance(layer, nn.Linear)]
            for layer in layers:
                # uniform within 1 / sqrt(inputs), as PyTorch's own start
                limit = 1 / math.sqrt(layer.in_features)
                nn.init.uniform_(layer.weight, -limit, limit, generator=generator)
                nn.init.uniform_(layer.bias, -limit, limit, generator=generator)
            nn.init.zeros_(layers[-1].weight)
            nn.init.zeros_(layers[-1].bias)
        last = [layer for layer in self.encoder if isinstance(layer, nn.Linear)][-1]
        last.bias[self.n_latents :] = START_LOG_VARIANCE
