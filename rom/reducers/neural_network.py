"""The network of a neural reducer: built of its options, and put where its training starts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from rom.nets.coefficients import CoefficientNetwork
from rom.nets.layers import Style
from rom.nets.network import LatentNetwork, Network, build_network, initialise
from rom.reducers.statistics import Statistics

if TYPE_CHECKING:
    from rom.reducers.neural import NeuralReducer


def build(reducer: NeuralReducer) -> Network:
    """The network that the options describe, in the architecture that was chosen."""
    if reducer.pod_ is not None:
        return CoefficientNetwork(
            reducer.pod_.n_components_, reducer.n_components_, reducer.n_features_in_, reducer.hidden_,
            Style(reducer.activation, bool(reducer.batch_norm)), variational=reducer._variational,
        )  # fmt: skip
    return build_network(
        reducer.layout_, reducer.n_components_, architecture=reducer.architecture_, channels=reducer.channels,
        hidden=reducer.hidden_, variational=reducer._variational, sigmoid=reducer.sigmoid_, depth=reducer.depth,
        activation=reducer.activation, batch_norm=bool(reducer.batch_norm),
    )  # fmt: skip


def begin(network: Network, known: Statistics, generator: torch.Generator, dtype: torch.dtype = torch.float32) -> None:
    """The network where its training starts."""
    network.left_out = known.left_out
    if isinstance(network, CoefficientNetwork):
        network.to(dtype).begin(torch.from_numpy(known.deviations), generator)
    elif isinstance(network, LatentNetwork):
        initialise(network, generator, torch.from_numpy(known.mean), known.spread)
