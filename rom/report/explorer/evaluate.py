"""What a decoder makes of latents at the shown features alone: fields may be of any size."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import expit, ndtr

from rom.linalg.kernel_ridge import values
from rom.report.explorer.decoders import Decoder
from rom.report.explorer.layers import Layer

ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "relu": lambda x: np.maximum(x, 0),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "gelu": lambda x: x * ndtr(x),
    "tanh": np.tanh,
    "silu": lambda x: x * expit(x),
}


def features(decoder: Decoder, latents: np.ndarray) -> np.ndarray:
    """Preprocessed features (n, n_shown) of latents, for decoders that end in a linear map.

    >>> decoder = Decoder([], np.zeros(2), linear=np.ones((2, 1)))
    >>> features(decoder, np.array([[3.0]]))
    array([[3., 3.]])
    """
    latents = latents.astype(np.float64)
    found = np.tile(decoder.offset.astype(np.float64), (len(latents), 1))
    if decoder.linear is not None:
        found += latents @ decoder.linear.T
    if decoder.matrix is not None:
        hidden = latents
        for layer in decoder.layers:
            hidden = _applied(layer, hidden)
        found += hidden @ decoder.matrix.T
    return found


def _applied(layer: Layer, x: np.ndarray) -> np.ndarray:
    kind = layer["kind"]
    if kind == "dense":
        return np.asarray(x @ layer["weights"].T + layer["bias"])
    if kind == "products":
        scaled = x * layer["by"]
        i, j = np.triu_indices(scaled.shape[1])
        return np.asarray(scaled[:, i] * scaled[:, j])
    if kind == "kernel":
        return values(layer["name"], layer["width"], x * layer["by"], layer["centres"])
    return ACTIVATIONS[kind](x)
