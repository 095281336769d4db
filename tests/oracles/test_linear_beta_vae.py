"""The linear beta-VAE against its closed form: loss, active latents, KL, capacity and learned
variance.
"""

import numpy as np
import pytest
import torch

import rom
from rom.metrics import active_components, linear_beta_vae

EIGENVALUES = np.array([5.117, 3.741, 3.2, 2.0, 0.5])


def gaussian(eigenvalues, n=16_000):
    """Rows whose covariance is exactly diagonal with these eigenvalues."""
    X = np.random.default_rng(0).normal(size=(n, len(eigenvalues)))
    X -= X.mean(axis=0)
    return X @ np.linalg.inv(np.linalg.cholesky(np.cov(X.T, ddof=0)).T) * np.sqrt(eigenvalues)


X = gaussian(EIGENVALUES)


def fit(rows=X, n_components=2, **options):
    options = {"epochs": 60, "batch_size": 500, "learning_rate": 1e-1, "random_state": 0} | options
    return rom.BetaVAE(n_components, architecture="linear", **options).fit(rows)


@torch.no_grad()
def expected_loss(vae, rows, beta):
    """The mean of the loss over the noise, exactly: for a linear decoder z = mu + sigma eps adds
    sigma^2 |w|^2.
    """
    mean, log_variance = vae.posterior(rows)
    weight = vae.network_.decoder[0].weight.numpy() * float(vae.network_.spread)
    error = ((rows - vae.inverse_transform(mean)) ** 2).sum(axis=1) + np.exp(log_variance) @ (
        weight**2
    ).sum(axis=0)
    return error.mean() + beta * vae.kl_per_component(rows).sum()


@pytest.mark.parametrize(("beta", "loss"), [(1, 8.8691), (4, 12.8313), (12, 14.5580)])
def test_loss_active_latents_and_kl_are_those_of_the_closed_form(beta, loss):
    closed = linear_beta_vae(EIGENVALUES, beta, 2)
    assert closed.loss == pytest.approx(loss, abs=1e-4)
    vae = fit(beta=beta, epochs=180)
    assert expected_loss(vae, X, beta) == pytest.approx(closed.loss, rel=1e-3)
    assert active_components(*vae.posterior(X)).sum() == closed.n_active
    kl = np.sort(vae.kl_per_component(X))[::-1]
    np.testing.assert_allclose(kl, closed.kl, rtol=0.01, atol=1e-3)


@pytest.mark.parametrize("share", [0.03, 0.2])
def test_energy_share_says_which_latents_survive(share):
    vae = fit(n_components=4, energy_share=share)
    assert vae.beta_ == pytest.approx(2 * share * EIGENVALUES.sum(), rel=1e-5)
    assert (
        active_components(*vae.posterior(X)).sum()
        == (EIGENVALUES[:4] / EIGENVALUES.sum() > share).sum()
    )


@pytest.mark.parametrize("capacity", [0.5, 2.0])
@pytest.mark.parametrize("unit", [1.0, 1e-3])
def test_capacity_is_kept_to_a_tenth_of_a_nat(capacity, unit):
    vae = fit(X * unit, capacity=capacity, annealing="linear")
    assert vae.kl_per_component(X * unit).sum() == pytest.approx(capacity, abs=0.1)
    assert np.isnan(vae.beta_)


@pytest.mark.parametrize("unit", [1.0, 1e-3, 1e3])
def test_the_learned_variance_is_the_mean_of_the_eigenvalues_left_out(unit):
    """Probabilistic PCA: Tipping and Bishop 1999; that a linear VAE finds it: Lucas et al. 2019."""
    vae = fit(X * unit, decoder_variance="learned")
    assert vae.decoder_variance_ / unit**2 == pytest.approx(EIGENVALUES[2:].mean(), rel=0.02)
    assert vae.beta_ == pytest.approx(2 * vae.decoder_variance_)
    kl = np.sort(vae.kl_per_component(X * unit))[::-1]
    np.testing.assert_allclose(
        kl, 0.5 * np.log(EIGENVALUES[:2] / EIGENVALUES[2:].mean()), atol=0.02
    )


@pytest.mark.parametrize("annealing", ["linear", "cyclical"])
def test_annealing_ends_where_no_annealing_does(annealing):
    closed = linear_beta_vae(EIGENVALUES, 4, 2)
    vae = fit(beta=4, annealing=annealing)
    np.testing.assert_allclose(
        np.sort(vae.kl_per_component(X))[::-1], closed.kl, rtol=0.02, atol=2e-3
    )
    assert vae.history_.train_kl.iloc[0] > 2 * closed.rate


def test_the_total_correlation_of_independent_axes_costs_nothing():
    """The optimum of the beta-VAE has independent latents, so more weight on TC leaves it where it
    is.
    """
    vae = rom.BetaTCVAE(
        2,
        beta=4,
        tc_weight=4,
        architecture="linear",
        epochs=10,
        batch_size=512,
        learning_rate=3e-2,
        random_state=0,
    ).fit(X[:20_000])
    closed = linear_beta_vae(EIGENVALUES, 4, 2)
    np.testing.assert_allclose(np.sort(vae.kl_per_component(X))[::-1], closed.kl, atol=0.05)
