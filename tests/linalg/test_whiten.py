"""Whitening, against its definition."""

import numpy as np
import pytest

from rom.errors import InputError
from rom.linalg.whiten import whitening
from rom.metrics import det_correlation
from rom.metrics.seeds import matched_correlation


@pytest.fixture
def Z():
    rng = np.random.default_rng(1)
    return rng.normal(size=(80, 3)) @ rng.normal(size=(3, 3)) * [1e-6, 1, 1e6] + 5


@pytest.mark.parametrize("seed", [None, 0, 7])
def test_white_whatever_the_rotation(Z, seed):
    white = whitening(Z, rotation_seed=seed)(Z)
    np.testing.assert_allclose(white.T @ white / len(Z), np.eye(3), atol=1e-8)
    assert det_correlation(white) == pytest.approx(1)


def test_it_is_a_linear_map_that_can_be_undone(Z):
    found = whitening(Z, rotation_seed=3)
    np.testing.assert_allclose(
        found(Z) @ np.linalg.inv(found.matrix) + found.mean, Z, rtol=1e-6, atol=1e-6
    )


def test_a_rotation_gives_other_latents(Z):
    one, other = whitening(Z, rotation_seed=0)(Z), whitening(Z, rotation_seed=1)(Z)
    assert matched_correlation(one, other) < 0.95
    np.testing.assert_array_equal(whitening(Z, rotation_seed=0)(Z), one)


def test_what_does_not_vary_is_left_out():
    z = np.random.default_rng(0).normal(size=(30, 1))
    assert whitening(np.hstack([z, 2 * z, np.ones((30, 1))]))(
        np.hstack([z, 2 * z, np.ones((30, 1))])
    ).shape == (30, 1)
    for flat in (np.full((5, 2), 0.1), np.ones((1, 2))):
        with pytest.raises(InputError, match=r"vary|2 snapshots"):
            whitening(flat)
