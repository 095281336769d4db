"""What stands around the weights: activations, batch norm, and the wrapping of periodic axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional

#: In place only where the gradient is the same to the bit: ELU's is recomputed from its rounded
#: output then, and the others need their input.
ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": lambda: nn.ReLU(inplace=True),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "silu": nn.SiLU,
}
#: Share of the last batch in the running mean and variance, which stand in for the batch's own
#: after training.
MOMENTUM = 0.1


class BatchNorm(nn.BatchNorm1d):
    """Batch norm per channel, for any number of axes; a single value per channel is normalised as
    in evaluation.

    The last batch of an epoch may be one row. One value has no variance:
    :class:`torch.nn.BatchNorm1d` raises an error there, and to leave the row out would let its loss
    depend on how the batches fall.
    """

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        learning = self.training and values.numel() > self.num_features
        return functional.batch_norm(
            values, self.running_mean, self.running_var, self.weight, self.bias, training=learning,
            momentum=MOMENTUM, eps=self.eps,
        )  # fmt: skip


class Wrap(nn.Module):
    """One more cell at either end of every periodic axis, copied from the other end."""

    def __init__(self, periodic: Sequence[bool]) -> None:
        super().__init__()
        self.dims = [2 + i for i, wrapped in enumerate(periodic) if wrapped]

    def forward(self, fields: torch.Tensor) -> torch.Tensor:
        # other than torch's circular padding this keeps channels last, and a step takes two thirds
        # of the time
        for dim in self.dims:
            fields = torch.cat([fields.narrow(dim, -1, 1), fields, fields.narrow(dim, 0, 1)], dim)
        return fields


@dataclass(frozen=True)
class Style:
    """What follows every convolution and every dense layer of a body, but the last of the decoder.

    activation: a name in ACTIVATIONS. batch_norm: whether there is one before it.
    S. Ioffe, C. Szegedy, "Batch normalization", ICML 2015.
    """

    activation: str = "relu"
    batch_norm: bool = False

    def after(self, channels: int) -> list[nn.Module]:
        """The layers that follow one with this number of channels."""
        norm: list[nn.Module] = [BatchNorm(channels)] if self.batch_norm else []
        return [*norm, ACTIVATIONS[self.activation]()]
