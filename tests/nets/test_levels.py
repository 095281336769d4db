"""Levels: how deep a convolutional network is on which grid."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rom
from rom.nets.levels import BOTTLENECK, grid_levels

SHAPES = st.lists(st.integers(1, 5000), min_size=1, max_size=3)


def test_the_reference_network_has_two_levels():
    levels = grid_levels((28, 28), (32, 64))
    assert levels.sizes == ((28, 28), (14, 14), (7, 7))
    assert levels.channels == (32, 64)
    assert [levels.stride(level) for level in (0, 1)] == [(2, 2), (2, 2)]


def test_a_large_grid_gets_more_levels_and_a_short_axis_is_left_alone():
    levels = grid_levels((300, 20), (16, 32))
    assert levels.sizes == ((300, 20), (150, 10), (75, 5), (38, 5), (19, 5), (10, 5), (5, 5))
    assert levels.channels == (16, 32, 32, 32, 32, 32)
    assert levels.stride(1) == (2, 2)
    assert levels.stride(2) == (2, 1)


def test_levels_that_a_small_grid_does_not_need_have_stride_one():
    levels = grid_levels((12,), (4, 8, 16))
    assert levels.sizes == ((12,), (6,), (6,), (6,))
    assert levels.channels == (4, 8, 16)
    assert levels.stride(2) == (1,)


def test_an_explicit_depth_halves_every_axis_down_to_one_cell():
    levels = grid_levels((28, 3), (32, 64), depth=3)
    assert levels.sizes == ((28, 3), (14, 2), (7, 1), (4, 1))
    assert levels.channels == (32, 64, 64)
    assert grid_levels((28, 28), (32, 64), depth=1).channels == (32,)


@given(SHAPES, st.integers(1, 4))
def test_the_bottleneck_is_as_wide_as_promised(shape, n_channels):
    levels = grid_levels(shape, tuple(range(1, n_channels + 1)))
    for first, last in zip(shape, levels.sizes[-1], strict=True):
        assert last == first if first <= BOTTLENECK else BOTTLENECK / 2 < last <= BOTTLENECK
    assert levels.depth >= n_channels
    # no more levels than channels or the grid ask for
    assert levels.depth == n_channels or max(levels.sizes[-2]) > BOTTLENECK


@pytest.mark.parametrize(("depth", "found"), [(None, 3), (1, 1), (4, 4)])
def test_the_reducer_says_how_deep_it_is_and_loads_as_deep(tmp_path, depth, found):
    fields = rom.Snapshots.from_array(
        np.random.default_rng(0).normal(size=(16, 40, 6)), axes="t y x"
    )
    options = {"architecture": "conv", "channels": (2, 3), "depth": depth, "epochs": 1}
    reducer = rom.Autoencoder(2, **options, random_state=0).fit(fields)
    assert reducer.depth_ == found
    reducer.save(tmp_path / "model")
    loaded = rom.load(tmp_path / "model")
    assert loaded.depth_ == found
    np.testing.assert_array_equal(loaded.transform(fields), reducer.transform(fields))


def test_dense_networks_have_no_levels():
    assert (
        rom.Autoencoder(1, epochs=1, depth=3)
        .fit(np.random.default_rng(0).normal(size=(16, 5)))
        .depth_
        is None
    )
