"""The network of a neural reducer: built of its options, and put where its training starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.nets.coefficients import CoefficientNetwork
from rom.nets.layers import Style
from rom.nets.network import LatentNetwork, Network, build_network, initialise
from rom.reducers.statistics import Statistics

if TYPE_CHECKING:
    from rom.reducers.neural import NeuralReducer


def build(
    reducer: NeuralReducer, layout: FieldLayout, architecture: str, hidden: Sequence[int],
    modes: int | None = None, *, sigmoid: bool = False,
) -> Network:  # fmt: skip
    """The network that the options describe, for rows of a layout or for the coefficients of POD
    modes.
    """
    style = Style(reducer.activation, bool(reducer.batch_norm))
    variational = reducer.has_posterior
    if modes is not None:
        return CoefficientNetwork(
            modes, reducer.n_components_, layout.n_features, hidden, style, variational=variational
        )
    return build_network(
        layout,
        reducer.n_components_,
        architecture=architecture,
        channels=reducer.channels,
        hidden=hidden,
        variational=variational,
        sigmoid=sigmoid,
        depth=reducer.depth,
        activation=style.activation,
        batch_norm=style.batch_norm,
    )


def begin(
    network: Network,
    known: Statistics,
    generator: torch.Generator,
    dtype: torch.dtype = torch.float32,
) -> None:
    """The network where its training starts."""
    network.left_out = known.left_out
    if isinstance(network, CoefficientNetwork):
        network.to(dtype).begin(torch.from_numpy(known.deviations), generator)
    elif isinstance(network, LatentNetwork):
        initialise(network, generator, torch.from_numpy(known.mean), known.spread)


def has_sigmoid(reducer: NeuralReducer, known: Statistics) -> bool:
    """Whether decoded values go through a sigmoid: where the loss asks for it, and of fields whose
    values lie in [0, 1].
    """
    bernoulli = reducer.reconstruction == "bernoulli"
    if bernoulli and not known.in_unit_interval:
        raise InputError(
            "reconstruction='bernoulli' needs values between 0 and 1, these are not; use 'squared'"
        )
    return bernoulli or (known.in_unit_interval and reducer.architecture_ in ("conv", "mlp"))


def check_weights(network: Callable[[], Network], weights: Mapping[str, np.ndarray]) -> None:
    """Compare what the options of a file claim, a function that makes it, with what the file holds.

    Raises
    ------
    InputError
        If names or shapes differ.
    """
    with torch.device("meta"):  # takes no memory, however large the claim
        wanted = {name: tuple(value.shape) for name, value in network().state_dict().items()}
    if wanted != {name: value.shape for name, value in weights.items()}:
        raise InputError("the weights do not fit the network that the options describe")
