"""Convolutional bodies on grids of one to three axes, any size, any number of variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from rom.data.layout import FieldLayout
from rom.nets.mlp import dense
from rom.nets.transposed import TransposedConv2d

CONV: dict[int, Any] = {1: nn.Conv1d, 2: nn.Conv2d, 3: nn.Conv3d}
TRANSPOSED: dict[int, Any] = {1: nn.ConvTranspose1d, 2: TransposedConv2d, 3: nn.ConvTranspose3d}


class ToGrid(nn.Module):
    """Packed rows (n, n_features) -> fields (n, n_variables, *grid), zero in the masked cells."""

    valid: torch.Tensor | None

    def __init__(self, layout: FieldLayout) -> None:
        super().__init__()
        self.shape = (layout.n_variables, *layout.grid_shape)
        valid = torch.from_numpy(np.flatnonzero(layout.valid)) if layout.packed else None
        self.register_buffer("valid", valid, persistent=False)

    def forward(self, rows: torch.Tensor) -> torch.Tensor:
        if self.valid is not None:
            full = rows.new_zeros(len(rows), int(np.prod(self.shape)))
            rows = full.index_copy(1, self.valid, rows)
        fields = rows.reshape(len(rows), *self.shape)
        # channels last is the layout in which CPU convolutions are fastest
        return fields.contiguous(memory_format=torch.channels_last) if fields.ndim == 4 else fields


class FromGrid(nn.Module):
    """Fields (n, n_variables, *grid) -> packed rows (n, n_features)."""

    valid: torch.Tensor | None

    def __init__(self, layout: FieldLayout) -> None:
        super().__init__()
        valid = torch.from_numpy(np.flatnonzero(layout.valid)) if layout.packed else None
        self.register_buffer("valid", valid, persistent=False)

    def forward(self, fields: torch.Tensor) -> torch.Tensor:
        rows = fields.reshape(len(fields), -1)
        return rows if self.valid is None else rows.index_select(1, self.valid)


def grid_sizes(grid_shape: Sequence[int], depth: int) -> list[tuple[int, ...]]:
    """Grid shapes from the input to the bottleneck: every stride-2 layer halves, rounding up."""
    sizes = [tuple(grid_shape)]
    for _ in range(depth):
        sizes.append(tuple(-(-n // 2) for n in sizes[-1]))
    return sizes


def conv_encoder(layout: FieldLayout, channels: Sequence[int], hidden: Sequence[int]) -> tuple[nn.Module, int]:
    """Stride-2 convolutions, then dense layers: rows -> (n, width), and the width."""
    conv = CONV[len(layout.grid_shape)]
    layers: list[nn.Module] = [ToGrid(layout)]
    for before, after in zip([layout.n_variables, *channels[:-1]], channels, strict=True):
        layers += [conv(before, after, kernel_size=3, stride=2, padding=1), nn.ReLU(inplace=True)]
    bottleneck = channels[-1] * int(np.prod(grid_sizes(layout.grid_shape, len(channels))[-1]))
    widths = [bottleneck, *hidden]
    return nn.Sequential(*layers, nn.Flatten(), dense(widths, last_activation=True)), widths[-1]


def conv_decoder(n_latents: int, layout: FieldLayout, channels: Sequence[int]) -> nn.Module:
    """Dense, stride-2 transposed convolutions back through the encoder's grid sizes, one of stride 1.

    ``output_padding`` is 1 along an axis where the encoder rounded up from an even size, so that every
    grid, odd or even, is restored exactly.
    """
    transposed = TRANSPOSED[len(layout.grid_shape)]
    sizes = grid_sizes(layout.grid_shape, len(channels))
    widths = [channels[-1], *reversed(channels)]
    layers: list[nn.Module] = [
        nn.Linear(n_latents, channels[-1] * int(np.prod(sizes[-1]))),
        nn.ReLU(),
        nn.Unflatten(1, (channels[-1], *sizes[-1])),
    ]
    for level in range(len(channels)):
        small, large = sizes[-1 - level], sizes[-2 - level]
        padding = tuple(to - (2 * now - 1) for now, to in zip(small, large, strict=True))
        layers += [
            transposed(widths[level], widths[level + 1], 3, stride=2, padding=1, output_padding=padding),
            nn.ReLU(inplace=True),
        ]
    layers += [transposed(channels[0], layout.n_variables, 3, stride=1, padding=1), FromGrid(layout)]
    return nn.Sequential(*layers)
