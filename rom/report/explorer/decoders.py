"""Decoders as plain layers, for a page to compute: what a script has to know of each reducer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from torch import nn

from rom.errors import InputError
from rom.nets.coefficients import CoefficientNetwork
from rom.nets.network import LatentNetwork
from rom.reducers.base import Reducer
from rom.reducers.kernel_decoder import KernelDecoder
from rom.reducers.neural import NeuralReducer
from rom.reducers.quadratic import QuadraticPOD
from rom.report.explorer.layers import Layer, dense, layers_of, weights

#: A decoder of more multiplications is too slow for a page.
MOST_PRODUCTS = 200_000_000


@dataclass(frozen=True)
class Decoder:
    """The shown features of preprocessed rows from latents: ``offset + linear z + matrix h(z)``.

    Attributes
    ----------
    layers : list of dict, h: each a kind with its numbers and arrays
    matrix : (n_shown, m) array; None where h(z) gives the features themselves
    linear : (n_shown, n_latents) array or None
    offset : (n_shown,) array
    gain : float, that multiplies features which h(z) gives itself
    output : "" or "sigmoid", what these are passed through before
    channels : variables that h(z) gives for every cell of the grid; 0: it gives features
    cancels : whether terms of matrix h(z) may be far larger than their sum
    """

    layers: list[Layer]
    offset: np.ndarray
    matrix: np.ndarray | None = None
    linear: np.ndarray | None = None
    gain: float = 1.0
    output: str = ""
    channels: int = 0
    cancels: bool = False


def decoder_of(reducer: Reducer, features: np.ndarray) -> Decoder:
    """The decoder of a reducer, for some features of its rows.

    Raises
    ------
    InputError
        If it is of a kind that a page cannot compute, or too slow; the message is the reason.
    """
    if reducer.has_linear_decoder:
        return _affine(reducer, features)
    if isinstance(reducer, QuadraticPOD):
        return _quadratic(reducer, features)
    if isinstance(reducer, KernelDecoder):
        return _kernel(reducer, features)
    if not isinstance(reducer, NeuralReducer):
        raise InputError("its decoder cannot be computed in a page")
    network = reducer.network_
    if isinstance(network, CoefficientNetwork):
        assert reducer.pod_ is not None
        return _coefficients(network, reducer.pod_.components_, reducer.pod_.mean_, features)
    if not isinstance(network, LatentNetwork):
        raise InputError("its network cannot be computed in a page")
    return _on_fields(network, features)


def _affine(reducer: Reducer, features: np.ndarray) -> Decoder:
    """Of any linear decoder: what it makes of zero and of each latent."""
    probes = np.vstack([np.zeros(reducer.n_components_), np.eye(reducer.n_components_)])
    # one at a time: a field may be large
    parts = [reducer.inverse_transform(probe[None])[0][features] for probe in probes]
    rows = np.asarray(parts, dtype=np.float64)
    return Decoder([], rows[0], linear=(rows[1:] - rows[0]).T)


def _quadratic(reducer: QuadraticPOD, features: np.ndarray) -> Decoder:
    matrix = reducer.quadratic_components_[:, features].T.astype(np.float64)
    by = (1 / reducer.latent_scale_).astype(np.float32)
    products: Layer = {"kind": "products", "by": by}
    return Decoder(
        [products],
        reducer.mean_[features] - matrix @ reducer.product_mean_,
        matrix,
        reducer.components_[:, features].T.astype(np.float64),
    )


def _kernel(reducer: KernelDecoder, features: np.ndarray) -> Decoder:
    known = vars(reducer)
    linear = known["components_"][:, features].T.astype(np.float64)
    offset = known["mean_"][features].astype(np.float64)
    if not known["corrects_"]:
        return Decoder([], offset, linear=linear)
    kernels: Layer = {
        "kind": "kernel",
        "name": known["kernel_"],
        "width": float(known["kernel_width_"]),
        "by": 1 / known["latent_scale_"].astype(np.float64),
        "centres": known["centres_"].astype(np.float64),
        "digits": "f8",
    }
    matrix = known["further_components_"][:, features].T @ known["coefficients_"].T
    return Decoder([kernels], offset, matrix.astype(np.float64), linear, cancels=True)


def _coefficients(
    network: CoefficientNetwork, modes: np.ndarray, mean: np.ndarray, features: np.ndarray
) -> Decoder:
    body, last = layers_of(list(network.decoder)[:-1]), network.decoder[-1]
    assert isinstance(last, nn.Linear)
    # (n_shown, n_modes): coefficients of the modes -> features
    spread = modes[:, features].T * weights(network.scale * network.spread)
    return Decoder(
        body,
        mean[features] + spread @ weights(last.bias),
        spread @ weights(last.weight),
        spread @ weights(network.linear_decoder.weight),
    )


def _on_fields(network: LatentNetwork, features: np.ndarray) -> Decoder:
    modules = list(network.decoder.children())
    shift, spread = weights(network.shift)[features], float(network.spread)
    output = "sigmoid" if network.sigmoid else ""
    offset, gain = (np.zeros(len(features)), 1.0) if output else (shift, spread)
    last = modules[-1]
    if not isinstance(last, nn.Linear):
        layers = layers_of(modules)
        products = sum(float(layer.get("products", 0)) for layer in layers)
        if products > MOST_PRODUCTS:
            raise InputError(f"its decoder needs {products:.1g} multiplications a field")
        channels = int(layers[-1]["channels"][1])
        return Decoder(layers, offset, gain=gain, output=output, channels=channels)
    body, matrix, bias = layers_of(modules[:-1]), weights(last.weight), weights(last.bias)
    if output:
        body.append(dense(matrix[features], bias[features]))
        return Decoder(body, offset, output=output)
    return Decoder(body, shift + spread * bias[features], spread * matrix[features])
