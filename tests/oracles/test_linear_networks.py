"""Linear networks have closed forms: an autoencoder is POD, a beta-VAE is reverse water-filling."""

import numpy as np
import pytest
import torch
from scipy.linalg import subspace_angles
from torch.distributions import Normal, kl_divergence

import rom
from rom.data.layout import FieldLayout
from rom.metrics import relative_error
from rom.nets.network import build_network, initialise
from rom.training.objective import Objective
from rom.training.variational import VariationalObjective

RNG = np.random.default_rng(0)


def error(reducer, X):
    return relative_error(
        X, reducer.inverse_transform(reducer.transform(X)), reference=X.mean(axis=0)
    )


@pytest.mark.parametrize("k", [2, 5])
def test_linear_autoencoder_reaches_pod(k):
    scales = np.linspace(2, 0.5, 20) * np.where(
        np.arange(20) < k, 2, 1
    )  # a gap, so that there is one best plane
    X = (
        RNG.normal(size=(500, 20)) @ np.diag(scales) @ np.linalg.qr(RNG.normal(size=(20, 20)))[0]
        + 5
    )
    pod = rom.POD(k).fit(X)
    autoencoder = rom.Autoencoder(k, architecture="linear", random_state=0).fit(X)
    assert error(pod, X) <= error(autoencoder, X) <= 1.01 * error(pod, X)
    decoder = autoencoder.network_.decoder[0].weight.detach().numpy()
    assert np.degrees(subspace_angles(decoder, pod.components_.T).max()) < 10


def test_the_linear_control_cannot_beat_pod_on_the_unit_interval():
    X = 1 / (1 + np.exp(-3 * RNG.normal(size=(200, 1)) * RNG.normal(size=10)))
    linear = rom.Autoencoder(1, architecture="linear", random_state=0).fit(X)
    assert not linear.sigmoid_
    assert error(linear, X) >= error(rom.POD(1).fit(X), X)


def _network(variational, sigmoid=False):
    layout = FieldLayout(("x",), (8, 8), ("y", "x"))
    network = build_network(
        layout,
        3,
        architecture="conv",
        channels=(4, 6),
        hidden=(5,),
        variational=variational,
        sigmoid=sigmoid,
    )
    initialise(network, torch.Generator().manual_seed(1), torch.full((64,), 0.3), 1.0)
    return network


def test_kl_equals_torch_distributions():
    network = _network(variational=True)
    rows = torch.rand(32, 64, generator=torch.Generator().manual_seed(2))
    losses = VariationalObjective(beta=1.0)(network, rows, torch.Generator().manual_seed(3))
    mean, log_variance = network.encode(rows)
    expected = (
        kl_divergence(Normal(mean, torch.exp(0.5 * log_variance)), Normal(0.0, 1.0))
        .sum(dim=1)
        .mean()
    )
    torch.testing.assert_close(losses["kl"], expected)


@pytest.mark.parametrize("reconstruction", ["squared", "bernoulli"])
def test_beta_zero_without_sampling_is_the_autoencoders_loss(reconstruction):
    variational = _network(variational=True, sigmoid=True)
    plain = _network(variational=False, sigmoid=True)
    plain.load_state_dict(
        {k: v for k, v in variational.state_dict().items() if not k.startswith("log_variance")}
    )
    rows = torch.rand(16, 64, generator=torch.Generator().manual_seed(2))
    generator = torch.Generator().manual_seed(3)
    vae_loss = Objective(reconstruction)(variational, rows, generator)
    ae_loss = Objective(reconstruction=reconstruction)(plain, rows, generator)
    torch.testing.assert_close(vae_loss["total"], ae_loss["total"], rtol=0, atol=0)


def test_squared_error_is_summed_over_features_and_averaged_over_the_batch():
    network = _network(variational=False)
    rows = torch.rand(16, 64, generator=torch.Generator().manual_seed(2))
    loss = Objective()(network, rows, torch.Generator())["total"]
    expected = ((rows - network.decode(network.encode(rows)[0])) ** 2).sum(dim=1).mean()
    torch.testing.assert_close(loss, expected)
