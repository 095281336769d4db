"""The linear beta-VAE: published numbers of the closed form, its limits, and that it is a minimum
indeed.
"""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rom.errors import InputError
from rom.metrics import linear_beta_vae

FIVE = [5.117, 3.741, 3.2, 2.0, 0.5]


@pytest.mark.parametrize(
    ("beta", "loss", "n_active"),
    [(0.5, 7.6311, 2), (1, 8.8691, 2), (4, 12.8313, 2), (8, 14.4261, 1), (12, 14.558, 0)],
)
def test_minimum_loss_and_active_latents_of_two(beta, loss, n_active):
    best = linear_beta_vae(FIVE, beta, 2)
    assert best.loss == pytest.approx(loss, abs=6e-5)
    assert best.n_active == n_active


def test_every_number_of_one_example():
    best = linear_beta_vae([0.1, 4, 2, 1, 0.5], 1.5, 4)
    np.testing.assert_allclose(best.kl, [0.8370, 0.4904, 0.1438, 0], atol=5e-5)
    np.testing.assert_allclose(best.posterior_variance, [0.75 / 4, 0.75 / 2, 0.75, 1])
    assert best.distortion_sampled == pytest.approx(2.85)
    assert best.distortion_mean == pytest.approx(1.5844, abs=5e-5)
    assert best.loss == pytest.approx(5.0568658, abs=5e-8)


def _loss(encoder, decoder, log_variance, eigenvalues, beta):
    """The expected loss of any linear beta-VAE on centred data with this diagonal covariance."""
    left_over = torch.eye(len(eigenvalues), dtype=torch.float64) - decoder @ encoder
    error = (left_over.square() * eigenvalues).sum() + (
        log_variance.exp() * decoder.square().sum(0)
    ).sum()
    second = (encoder.square() * eigenvalues).sum(1)
    return error + beta * 0.5 * (second + log_variance.exp() - 1 - log_variance).sum()


@pytest.mark.parametrize("beta", [0.5, 4.0, 8.0])
def test_the_gradient_is_zero_there_and_steps_away_cost(beta):
    eigenvalues, best = torch.tensor(FIVE, dtype=torch.float64), linear_beta_vae(FIVE, beta, 3)
    gain = torch.tensor(1 - best.posterior_variance)
    rows = torch.eye(3, 5, dtype=torch.float64)
    encoder = (rows * (gain / eigenvalues[:3]).sqrt()[:, None]).requires_grad_()
    decoder = (rows * (gain * eigenvalues[:3]).sqrt()[:, None]).T.clone().requires_grad_()
    log_variance = torch.tensor(best.posterior_variance).log().requires_grad_()
    weights = (encoder, decoder, log_variance)
    loss = _loss(*weights, eigenvalues, beta)
    assert loss.item() == pytest.approx(best.loss, abs=1e-12)
    assert max(g.abs().max().item() for g in torch.autograd.grad(loss, weights)) < 1e-12
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        moved = [
            w + 0.01 * torch.randn(w.shape, generator=generator, dtype=torch.float64)
            for w in weights
        ]
        assert _loss(*moved, eigenvalues, beta).item() > best.loss


@given(st.lists(st.floats(0, 1e3), min_size=1, max_size=8), st.floats(1e-3, 1e4), st.integers(1, 8))
def test_what_is_cut_off_is_left_in_the_error(eigenvalues, beta, d):
    best = linear_beta_vae(eigenvalues, beta, d)
    total = sum(eigenvalues)
    assert len(best.kl) == d
    assert 0 <= best.distortion_mean <= best.distortion_sampled <= total * (1 + 1e-12)
    # no latent at all is one of the choices
    assert best.loss <= total * (1 + 1e-12)


def test_limits():
    assert linear_beta_vae(FIVE, 0, 2).rate == np.inf
    assert linear_beta_vae(FIVE, 0, 2).loss == pytest.approx(5.7)
    assert linear_beta_vae(FIVE, 2 * 5.117).n_active == 0
    assert linear_beta_vae([1.0, 0.0], 0.5, 3).kl[1:].tolist() == [0, 0]


def test_leading_eigenvalues_and_the_total_are_enough():
    whole, leading = (
        linear_beta_vae(FIVE, 1.0, 2),
        linear_beta_vae(FIVE[:2], 1.0, 2, total_variance=sum(FIVE)),
    )
    assert leading.loss == pytest.approx(whole.loss)
    assert leading.distortion_mean == pytest.approx(whole.distortion_mean)
    with pytest.raises(InputError, match="too few for 3 latents"):
        linear_beta_vae(FIVE[:2], 1.0, 3, total_variance=sum(FIVE))


@pytest.mark.parametrize(
    ("eigenvalues", "beta", "words"),
    [
        ([1.0, -1.0], 1.0, "negative"),
        ([[1.0]], 1.0, "vector"),
        ([np.nan], 1.0, "numbers"),
        ([1.0], -1.0, "beta=-1"),
    ],
)
def test_what_is_wrong_is_named(eigenvalues, beta, words):
    with pytest.raises(InputError, match=words):
        linear_beta_vae(eigenvalues, beta)
