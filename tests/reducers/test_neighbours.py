"""What distinguishes the neighbours of autoencoder and beta-VAE."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import MultivariateNormal, kl_divergence

import rom
from rom.errors import InputError
from rom.reducers.beta_tcvae import total_correlation
from rom.reducers.uncorrelated_autoencoder import mean_squared_correlation
from rom.training.objective import Code

RNG = np.random.default_rng(0)
# two angles on a torus in twelve dimensions: an autoencoder has no reason to keep them apart
ANGLES = RNG.uniform(0, 2 * np.pi, size=(400, 2))
ROWS = np.concatenate([np.cos(ANGLES), np.sin(ANGLES)], axis=1) @ RNG.normal(size=(4, 12))


def test_the_penalty_makes_latents_uncorrelated():
    options = {"n_components": 3, "epochs": 150, "batch_size": 64, "random_state": 0}
    plain = rom.Autoencoder(**options).fit(ROWS)
    penalised = rom.UncorrelatedAutoencoder(**options).fit(ROWS)
    assert rom.metrics.mean_abs_correlation(penalised.transform(ROWS)) < 0.05
    assert rom.metrics.mean_abs_correlation(plain.transform(ROWS)) > 0.1
    assert penalised.history_.train_correlation.iloc[-1] < 0.04


def test_without_weight_it_is_the_autoencoder():
    one = rom.UncorrelatedAutoencoder(
        2, correlation_weight=0, epochs=2, batch_size=8, random_state=0
    ).fit(ROWS)
    other = rom.Autoencoder(2, epochs=2, batch_size=8, random_state=0).fit(ROWS)
    np.testing.assert_array_equal(one.transform(ROWS), other.transform(ROWS))


def test_mean_squared_correlation_is_numpys():
    Z = RNG.normal(size=(50, 4)) @ RNG.normal(size=(4, 4))
    r = np.corrcoef(Z.T)[np.triu_indices(4, 1)]
    assert mean_squared_correlation(torch.from_numpy(Z)).item() == pytest.approx((r**2).mean())
    assert mean_squared_correlation(torch.ones(5, 3)) == 0
    assert mean_squared_correlation(torch.ones(1, 3)) == 0


def test_a_linear_autoencoder_is_linear():
    reducer = rom.LinearAutoencoder(2, epochs=2, random_state=0).fit(ROWS)
    zero, first, second = reducer.inverse_transform(np.array([[0.0, 0], [1, 0], [2, 0]]))
    np.testing.assert_allclose(second - first, first - zero, atol=1e-4)
    with pytest.raises(InputError, match="linear"):
        rom.LinearAutoencoder(2, architecture="mlp").fit(ROWS)


def test_total_correlation_of_a_gaussian_mixture():
    """Narrow posteriors around draws of a correlated Gaussian: its TC is -1/2 ln(1 - r^2)."""
    r = 0.8
    generator = torch.Generator().manual_seed(0)
    draws = (
        torch.randn(3000, 2, generator=generator)
        @ torch.linalg.cholesky(torch.tensor([[1, r], [r, 1]])).T
    )
    width = 0.3
    code = Code(
        draws,
        torch.full_like(draws, 2 * math.log(width)),
        draws + width * torch.randn(3000, 2, generator=generator),
    )
    blurred = torch.tensor([[1 + width**2, r], [r, 1 + width**2]])
    exact = kl_divergence(
        MultivariateNormal(torch.zeros(2), blurred),
        MultivariateNormal(torch.zeros(2), (1 + width**2) * torch.eye(2)),
    )
    assert total_correlation(code).item() == pytest.approx(exact.item(), abs=0.05)
    independent = Code(draws[:, :1], torch.zeros(3000, 1), draws[:, :1])
    assert total_correlation(independent).item() == pytest.approx(0, abs=1e-5)


def test_one_tc_weight_is_the_beta_vae():
    options = {"n_components": 2, "beta": 0.5, "epochs": 2, "batch_size": 8, "random_state": 0}
    one = rom.BetaTCVAE(tc_weight=1, **options).fit(ROWS)
    np.testing.assert_array_equal(
        one.transform(ROWS), rom.BetaVAE(**options).fit(ROWS).transform(ROWS)
    )
    with pytest.raises(InputError, match="tc_weight"):
        rom.BetaTCVAE(tc_weight=-1).fit(ROWS)
