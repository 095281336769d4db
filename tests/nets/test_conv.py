"""Convolutional bodies: every grid restored, periodic axes wrapped, masked cells without effect."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

import rom
from rom.data.layout import FieldLayout
from rom.nets.conv import Flatten, FromGrid, ToGrid, Unflatten
from rom.nets.layers import Wrap
from rom.nets.network import build_network, initialise
from rom.training.objective import Objective

SIZES = {1: 70, 2: 24, 3: 11}


def layout_of(shape, periodic=(), **options):
    axes = ("z", "y", "x")[-len(shape) :]
    return FieldLayout(
        ("u", "v"), tuple(shape), axes, periodic=tuple(axes[i] for i in periodic), **options
    )


def network_for(layout, **options):
    options = {"channels": (3, 4), "hidden": (5,), "variational": True, "sigmoid": False} | options
    network = build_network(layout, 2, architecture="conv", **options)
    initialise(network, torch.Generator().manual_seed(0), torch.zeros(layout.n_features), 1.0)
    return network.eval()


@st.composite
def grids(draw):
    n_axes = draw(st.integers(1, 3))
    shape = draw(st.lists(st.integers(1, SIZES[n_axes]), min_size=n_axes, max_size=n_axes))
    return shape, draw(st.sets(st.integers(0, n_axes - 1)))


@given(grids(), st.none() | st.integers(1, 5), st.booleans())
@settings(max_examples=60, deadline=None)
def test_every_grid_is_restored(grid, depth, batch_norm):
    layout = layout_of(*grid)
    network = network_for(layout, depth=depth, batch_norm=batch_norm)
    rows = torch.randn(2, layout.n_features, generator=torch.Generator().manual_seed(0))
    mean, log_variance = network.encode(rows)
    assert mean.shape == log_variance.shape == (2, 2)
    assert network.decode(mean).shape == rows.shape


def convolutions(network):
    """The convolutional part alone: what stands before Flatten and after Unflatten."""
    encoder, decoder = list(network.encoder), list(network.decoder)
    down = encoder[: next(i for i, layer in enumerate(encoder) if isinstance(layer, Flatten))]
    up = decoder[1 + next(i for i, layer in enumerate(decoder) if isinstance(layer, Unflatten)) :]
    return nn.Sequential(*down, *up)


def shifted(layout, rows, cells, axis):
    fields = layout.to_fields(rows.numpy())
    return torch.from_numpy(np.roll(fields, cells, axis=2 + axis).reshape(len(rows), -1))


@pytest.mark.parametrize(
    ("shape", "periodic", "depth"),
    [
        ((32,), {0}, 2),
        ((48,), {0}, None),
        ((8, 12), {0, 1}, 2),
        ((16, 7), {0}, 2),
        ((7, 24), {1}, None),
        ((8, 5, 8), {0, 2}, 2),
        ((4, 4, 4), {0, 1, 2}, 1),
    ],
)
def test_shifting_along_a_periodic_axis_shifts_the_reconstruction(shape, periodic, depth):
    layout = layout_of(shape, periodic)
    network = network_for(layout, depth=depth)
    rows = torch.randn(2, layout.n_features, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        for axis in periodic:
            cells = 2**network.depth
            there = convolutions(network)(shifted(layout, rows, cells, axis))
            back = shifted(layout, convolutions(network)(rows), cells, axis)
            torch.testing.assert_close(there, back, rtol=1e-4, atol=1e-6)


def test_without_a_period_it_does_not():
    layout = layout_of((16,))
    network, rows = network_for(layout, depth=2), torch.ones(1, 32)
    with torch.no_grad():
        output = convolutions(network)(rows)
    assert not torch.allclose(shifted(layout, output, 4, 0), output, atol=1e-4)


def test_only_periodic_axes_are_wrapped_and_the_others_cost_nothing():
    fields = torch.arange(6.0).reshape(1, 1, 2, 3)
    assert Wrap((False, True))(fields).tolist() == [[[[2, 0, 1, 2, 0], [5, 3, 4, 5, 3]]]]
    plain = network_for(layout_of((16, 16)))
    assert not any(isinstance(module, Wrap) for module in plain.modules())
    sizes = [
        network_for(layout_of((16, 16), periodic)).part_sizes() for periodic in ((), {0}, {0, 1})
    ]
    assert sizes[0] == sizes[1] == sizes[2]


def test_masked_cells_are_zero_on_the_grid_and_left_out_of_rows():
    mask = np.zeros((3, 4), dtype=bool)
    mask[1, 2] = True
    layout = layout_of((3, 4), mask=mask).pack()
    rows = torch.arange(44.0).reshape(2, 22) + 1
    fields = ToGrid(layout)(rows)
    assert fields.shape == (2, 2, 3, 4)
    assert (fields[:, :, 1, 2] == 0).all()
    torch.testing.assert_close(FromGrid(layout)(fields), rows)


def test_what_is_under_the_mask_changes_nothing():
    fields = np.random.default_rng(0).normal(size=(16, 2, 6, 5))
    mask = np.zeros((6, 5), dtype=bool)
    mask[2:4, 1] = True
    latents = []
    for under in (np.nan, 0.0, 1e6):
        fields[:, :, mask] = under
        snapshots = rom.Snapshots.from_array(
            fields, axes="t c y x", layout=layout_of((6, 5), mask=mask)
        )
        latents.append(
            rom.BetaVAE(2, channels=(2, 3), epochs=2, random_state=0)
            .fit(snapshots)
            .transform(snapshots)
        )
    np.testing.assert_array_equal(latents[0], latents[1])
    np.testing.assert_array_equal(latents[0], latents[2])


def test_no_gradient_comes_from_masked_cells():
    mask = np.zeros((6, 5), dtype=bool)
    mask[2:4, 1] = True
    layout = layout_of((6, 5), mask=mask).pack()
    network, seen = network_for(layout), []

    def keep(module, inputs):
        inputs[0].register_hook(seen.append)

    network.decoder[-1].register_forward_pre_hook(keep)
    rows = torch.randn(4, layout.n_features, generator=torch.Generator().manual_seed(0))
    Objective()(network, rows, torch.Generator())["total"].backward()
    (gradient,) = seen
    assert (gradient[:, :, mask] == 0).all()
    assert (gradient[:, :, ~mask] != 0).all()
