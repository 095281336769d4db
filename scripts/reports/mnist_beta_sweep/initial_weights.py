"""The Keras example in plain PyTorch, with the initial weights of Keras: why its KL is larger.

    python scripts/reports/mnist_beta_sweep/initial_weights.py [epochs] [seed]

Prints total, binary cross-entropy and KL after each epoch, as the public run does: all 70,000
images, batches of 128, Adam at 1e-3. An epoch takes a minute or two on one core. Keras draws
weights by Glorot's rule and begins with zero biases; PyTorch draws both from a narrower range.
"""

import sys

import numpy as np
import torch
from torch import nn

import rom


class Pad(nn.Module):
    """What Keras pads for stride 2 and a kernel of 3 on grids of even sizes."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.pad(x, (0, 1, 0, 1))


class Crop(nn.Module):
    """What it cuts off after a transposed convolution."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, :, :-1, :-1]


def networks() -> tuple[nn.Sequential, nn.Sequential]:
    """Encoder and decoder of the example."""
    encoder = nn.Sequential(
        Pad(), nn.Conv2d(1, 32, 3, 2), nn.ReLU(), Pad(), nn.Conv2d(32, 64, 3, 2), nn.ReLU(),
        nn.Flatten(), nn.Linear(3136, 16), nn.ReLU(), nn.Linear(16, 4),
    )  # fmt: skip
    decoder = nn.Sequential(
        nn.Linear(2, 3136), nn.ReLU(), nn.Unflatten(1, (64, 7, 7)),
        nn.ConvTranspose2d(64, 64, 3, 2), Crop(), nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 3, 2), Crop(), nn.ReLU(), nn.ConvTranspose2d(32, 1, 3, 1, 1),
    )  # fmt: skip
    for module in (*encoder.modules(), *decoder.modules()):
        if isinstance(module, nn.Linear | nn.Conv2d | nn.ConvTranspose2d):
            assert module.bias is not None
            nn.init.xavier_uniform_(module.weight)
            nn.init.zeros_(module.bias)
    # mean and log-variance are layers of their own in Keras
    heads = encoder[-1]
    assert isinstance(heads, nn.Linear)
    for first in (0, 2):
        nn.init.xavier_uniform_(heads.weight.detach()[first : first + 2])
    return encoder, decoder


def main(epochs: int = 10, seed: int = 0) -> None:
    """Train, and print as the public run does."""
    torch.manual_seed(seed)
    images = torch.from_numpy(np.asarray(rom.open_snapshots("mnist")[:])).reshape(-1, 1, 28, 28)
    encoder, decoder = networks()
    optimiser = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3, eps=1e-7)
    for epoch in range(1, epochs + 1):
        sums, batches = np.zeros(2), torch.randperm(len(images)).split(128)
        for rows in batches:
            mean, log_variance = encoder(images[rows]).chunk(2, 1)
            latents = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
            error = nn.functional.binary_cross_entropy_with_logits(
                decoder(latents), images[rows], reduction="sum"
            ) / len(rows)
            kl = 0.5 * (mean**2 + log_variance.exp() - 1 - log_variance).sum(1).mean()
            optimiser.zero_grad()
            (error + kl).backward()
            optimiser.step()
            sums += error.item(), kl.item()
        error, kl = sums / len(batches)
        print(f"epoch {epoch}: {error + kl:.2f} = {error:.2f} + {kl:.3f}", flush=True)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
