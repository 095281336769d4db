"""Networks: exact sizes, architectures, where they start."""

import numpy as np
import pytest
import torch

import rom
from rom.data.layout import FieldLayout
from rom.nets.network import build_network, initialise


def network_for(layout, architecture="conv", n_latents=2, **options):
    options = {
        "channels": (32, 64),
        "hidden": (16,),
        "variational": True,
        "sigmoid": False,
    } | options
    return build_network(layout, n_latents, architecture=architecture, **options)


def test_the_mnist_network_has_exactly_these_parameters():
    network = network_for(FieldLayout(("intensity",), (28, 28), ("y", "x")), sigmoid=True)
    assert network.part_sizes() == (69_076, 65_089)


def test_the_autoencoder_has_the_same_body_without_the_variance_head():
    layout = FieldLayout(("intensity",), (28, 28), ("y", "x"))
    assert network_for(layout, variational=False).part_sizes() == (69_076 - 34, 65_089)


@pytest.mark.parametrize("architecture", ["conv", "mlp", "linear"])
def test_a_sigmoid_network_starts_near_the_mean(architecture):
    layout = FieldLayout(("u",), (8, 8), ("y", "x"))
    network = network_for(layout, architecture, sigmoid=True)
    initialise(network, torch.Generator().manual_seed(0), torch.full((64,), 0.1), 1.0)
    start = network.decode(torch.zeros(1, 2))
    assert 0.05 < float(start.detach().mean()) < 0.2


def test_output_is_a_sigmoid_only_for_values_in_the_unit_interval():
    X = np.random.default_rng(0).random((32, 6))
    assert rom.Autoencoder(1, architecture="mlp", epochs=1, random_state=0).fit(X).sigmoid_
    assert not rom.Autoencoder(1, architecture="mlp", epochs=1, random_state=0).fit(X + 1).sigmoid_
