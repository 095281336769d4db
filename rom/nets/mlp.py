"""Dense bodies: a multilayer perceptron, and nothing at all for the linear control."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from torch import nn

from rom.nets.layers import Style


def dense(widths: Sequence[int], style: Style, *, last_activation: bool) -> nn.Sequential:
    """``Linear, activation, Linear, activation, ...`` through these widths; an empty body for a
    single width.
    """
    layers: list[nn.Module] = []
    for i, (before, after) in enumerate(itertools.pairwise(widths)):
        layers.append(nn.Linear(before, after))
        if last_activation or i < len(widths) - 2:
            layers += style.after(after)
    return nn.Sequential(*layers)


def mlp_encoder(n_features: int, hidden: Sequence[int], style: Style) -> tuple[nn.Module, int]:
    """Body (n, n_features) -> (n, width), and the width."""
    widths = [n_features, *hidden]
    return dense(widths, style, last_activation=True), widths[-1]


def mlp_decoder(n_latents: int, n_features: int, hidden: Sequence[int], style: Style) -> nn.Module:
    """(n, n_latents) -> (n, n_features), the hidden widths in reverse."""
    return dense([n_latents, *reversed(hidden), n_features], style, last_activation=False)
