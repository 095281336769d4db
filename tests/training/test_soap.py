"""SOAP: Adam where nothing is rotated, ahead of it where coordinates are badly chosen."""

import numpy as np
import pytest
import torch

from rom.training.soap import DECAY, Soap


def descend(start, loss, steps, lr=0.01):
    weight = torch.nn.Parameter(start.clone())
    optimiser = Soap([weight], lr=lr)
    for _ in range(steps):
        optimiser.zero_grad()
        loss(weight).backward()
        optimiser.step()
    return weight.detach(), optimiser


def test_a_vector_is_moved_as_by_adam():
    start = torch.linspace(1, 2, 5, dtype=torch.float64)

    def loss(weight):
        return (weight**2 * torch.arange(1, 6)).sum()

    found, _ = descend(start, loss, 20)
    weight = torch.nn.Parameter(start.clone())
    adam = torch.optim.Adam([weight], lr=0.01, betas=(DECAY, DECAY), eps=1e-12)
    for _ in range(20):
        adam.zero_grad()
        loss(weight).backward()
        adam.step()
    torch.testing.assert_close(found, weight.detach())


def test_it_is_ahead_of_adam_on_a_badly_scaled_matrix():
    generator = torch.Generator().manual_seed(0)
    mix = torch.randn(6, 6, generator=generator, dtype=torch.float64)
    hidden = mix @ torch.diag(torch.logspace(0, -3, 6, dtype=torch.float64)) @ torch.linalg.inv(mix)
    target = torch.randn(6, 6, generator=generator, dtype=torch.float64)

    def loss(w):
        return ((hidden @ (w - target)) ** 2).sum()

    start = torch.zeros(6, 6, dtype=torch.float64)
    soap, _ = descend(start, loss, 500)
    weight = torch.nn.Parameter(start.clone())
    adam = torch.optim.Adam([weight], lr=0.01)
    for _ in range(500):
        adam.zero_grad()
        loss(weight).backward()
        adam.step()
    assert loss(soap) < 0.5 * loss(weight.detach())


def test_long_sides_stay_as_they_are_and_the_state_is_tensors():
    _, optimiser = descend(torch.ones(200, 3), lambda w: (w**2).sum(), 2)
    (state,) = optimiser.state.values()
    assert set(state) == {"step", "mean", "square", "right_products", "right_basis"}
    np.testing.assert_allclose(state["right_basis"] @ state["right_basis"].T, np.eye(3), atol=1e-6)


@pytest.mark.parametrize("scale", [1e-6, 1e6])
def test_the_size_of_the_loss_does_not_matter(scale):
    start = torch.ones(3, 3, dtype=torch.float64)
    weights = torch.arange(1.0, 10).reshape(3, 3).double()
    found, _ = descend(start, lambda w: scale * (weights * (w - 0.3) ** 2).sum(), 400)
    torch.testing.assert_close(found, torch.full_like(found, 0.3), atol=0.03, rtol=0)
