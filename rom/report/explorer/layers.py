"""The layers of a decoder's network, as plain dicts of numbers and arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from rom.errors import InputError
from rom.nets.conv import FromGrid, Unflatten
from rom.nets.layers import BatchNorm, Wrap

Layer = dict[str, Any]

#: Activations, by the name that a page knows them by.
NAMES: dict[type[nn.Module], str] = {
    nn.ReLU: "relu",
    nn.ELU: "elu",
    nn.GELU: "gelu",
    nn.Tanh: "tanh",
    nn.SiLU: "silu",
}
TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def layers_of(modules: Sequence[nn.Module]) -> list[Layer]:
    """The layers of a network's modules; a batch norm is part of the layer before it.

    Values of a grid have their channels last, and every grid three axes: the first ones have
    length one where it has fewer.

    Examples
    --------
    >>> [layer["kind"] for layer in layers_of([nn.Linear(2, 3), BatchNorm(3), nn.SiLU()])]
    ['dense', 'silu']
    """
    layers: list[Layer] = []
    size: tuple[int, ...] = ()
    for module in modules:
        if isinstance(module, nn.Linear):
            layers.append(dense(weights(module.weight), weights(module.bias)))
        elif isinstance(module, Unflatten):
            size = _three(module.shape[:-1], 1)
        elif isinstance(module, TRANSPOSED):
            layers.append(_up(module, size))
            size = tuple(layers[-1]["out"])
        elif isinstance(module, Wrap):
            axes = [dim - 2 + 3 - _n_axes(modules) for dim in module.dims]
            layers.append({"kind": "wrap", "size": list(size), "axes": axes})
            size = tuple(n + 2 * (i in axes) for i, n in enumerate(size))
        elif isinstance(module, BatchNorm):
            _fold(module, layers[-1])
        elif type(module) in NAMES:
            layers.append({"kind": NAMES[type(module)]})
        elif not isinstance(module, FromGrid):
            raise InputError(f"it has a layer {type(module).__name__}, which a page cannot compute")
    return layers


def dense(matrix: np.ndarray, bias: np.ndarray) -> Layer:
    """``matrix x + bias``."""
    return {"kind": "dense", "weights": matrix, "bias": bias}


def weights(values: torch.Tensor) -> np.ndarray:
    """A parameter as a float64 array."""
    return np.asarray(values.detach().cpu().double().numpy())


def _n_axes(modules: Sequence[nn.Module]) -> int:
    return next(len(module.kernel_size) for module in modules if isinstance(module, TRANSPOSED))


def _three(values: Sequence[int], fill: int) -> tuple[int, ...]:
    return (*(fill,) * (3 - len(values)), *(int(value) for value in values))


def _up(module: Any, size: tuple[int, ...]) -> Layer:
    """A transposed convolution; its weights as (tap, channel in, channel out)."""
    kernel, stride, padding, more = (
        _three(values, fill)
        for values, fill in (
            (module.kernel_size, 1),
            (module.stride, 1),
            (module.padding, 0),
            (module.output_padding, 0),
        )
    )
    out = [
        (n - 1) * s + k - 2 * p + m
        for n, s, k, p, m in zip(size, stride, kernel, padding, more, strict=True)
    ]
    channels = [module.in_channels, module.out_channels]
    taps = np.moveaxis(weights(module.weight).reshape(*channels, -1), 2, 0)
    return {
        "kind": "up", "size": list(size), "out": out, "channels": channels,
        "kernel": list(kernel), "stride": list(stride), "padding": list(padding),
        "products": math.prod(size) * taps.size,
        "weights": np.ascontiguousarray(taps), "bias": weights(module.bias),
    }  # fmt: skip


def _fold(module: BatchNorm, layer: Layer) -> None:
    """A batch norm after training is a factor and a shift of each channel."""
    assert module.running_mean is not None
    assert module.running_var is not None
    factor = weights(module.weight) / np.sqrt(weights(module.running_var) + module.eps)
    shift = weights(module.bias) - factor * weights(module.running_mean)
    if layer["kind"] == "up":
        layer["weights"] = layer["weights"] * factor
    else:
        # a dense layer before a grid has one row for each cell and channel, the channels last
        repeats = len(layer["bias"]) // len(factor)
        factor, shift = np.tile(factor, repeats), np.tile(shift, repeats)
        layer["weights"] = layer["weights"] * factor[:, None]
    layer["bias"] = layer["bias"] * factor + shift
