"""Two methods on the same snapshots: size, power that pairing gives, trajectories, and where there
is no interval.
"""

import numpy as np
import pytest
from scipy.signal import lfilter

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.block_bootstrap import block_draws
from rom.metrics.sums import SquaredErrors

RNG = np.random.default_rng


def autoregressive(phi, shape, rng):
    noise = rng.normal(size=shape) * np.sqrt(1 - phi**2)
    noise[0] /= np.sqrt(1 - phi**2)
    return lfilter([1], [1, -phi], noise, axis=0)


def equal_methods(phi, n, seed):
    """Errors of one distribution, and the energy they are related to."""
    first, second, energy = autoregressive(phi, (n, 3), RNG(seed)).T ** 2
    return 0.1 * first, 0.1 * second, 1 + energy / 2


@pytest.mark.parametrize(("phi", "n"), [(0.0, 40), (0.5, 200), (0.9, 200)])
def test_equal_methods_are_seldom_called_different(phi, n):
    found = [
        m.paired_error_difference(*equal_methods(phi, n, seed), draws=99) for seed in range(300)
    ]
    p = np.array([one.p_value for one in found])
    assert np.isfinite(p).mean() > 0.8
    assert np.nanmean(p[np.isfinite(p)] < 0.05) < 0.08
    covered = [one.low <= 0 <= one.high for one in found if np.isfinite(one.low)]
    assert 0.9 <= np.mean(covered) <= 0.995


def test_the_value_is_that_of_the_pooled_errors_and_the_sign_turns():
    a, b, energy = equal_methods(0.5, 100, 3)
    one, other = m.paired_error_difference(a, b, energy), m.paired_error_difference(b, a, energy)
    assert one.value == pytest.approx(
        np.sqrt(a.sum() / energy.sum()) - np.sqrt(b.sum() / energy.sum())
    )
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low))
    assert one.p_value == pytest.approx(other.p_value)
    assert one == m.paired_error_difference(a, b, energy)
    assert one.n == 100


def test_hard_snapshots_are_hard_for_both():
    """A small difference beside a large common scatter: seen, as the intervals of either do not see
    it.
    """
    energy = np.ones(200)
    common = autoregressive(0.5, 200, RNG(0)) ** 2
    a, b = 0.1 * common, 0.11 * common
    assert m.paired_error_difference(a, b, energy).p_value < 0.01
    ends = [
        m.relative_error_interval(
            SquaredErrors(e[:, None], energy[:, None], np.ones(1), np.ones(1))
        )
        for e in (a, b)
    ]
    assert ends[0].high > ends[1].low


def test_snapshots_without_an_order_may_stand_in_any():
    a, b, energy = equal_methods(0.0, 200, 0)
    order = np.argsort(a)
    found = m.paired_error_difference(
        a[order], b[order], energy[order], trajectories=np.arange(200)
    )
    shuffled = m.paired_error_difference(a, b, energy, trajectories=np.arange(200))
    assert found.high - found.low == pytest.approx(shuffled.high - shuffled.low, rel=0.1)
    in_time = m.paired_error_difference(a[order], b[order], energy[order])
    assert np.isnan(in_time.low) or in_time.high - in_time.low > 1.3 * (found.high - found.low)


def test_draws_are_whole_blocks_of_one_trajectory_and_the_last_is_cut():
    labels = np.repeat([0, 1], [7, 13])
    rows = np.stack([np.ones(20), np.arange(20.0), np.arange(20.0) ** 2])
    drawn = block_draws(rows, 5, labels, 300, 0)
    np.testing.assert_allclose(drawn[0], 20)
    assert drawn[1].mean() == pytest.approx(190, rel=0.05)
    single = block_draws(np.eye(20), 20, None, 3, 0)
    np.testing.assert_allclose(single, 1)


def test_one_method_may_be_perfect():
    error, _, energy = equal_methods(0.0, 100, 0)
    found = m.paired_error_difference(error, np.zeros(100), energy)
    assert found.low > 0
    assert found.p_value < 1e-6


def test_where_nothing_can_be_said_there_is_a_reason():
    a, b, energy = equal_methods(0.0, 100, 0)
    for arguments, why in (
        ((a, a, energy), "same for every snapshot"),
        ((a, b, 0 * energy), "no energy"),
        ((a[:4], b[:4], energy[:4]), "4 snapshots are too few"),
        (
            (np.linspace(1, 2, 60), np.ones(60), np.ones(60)),
            "a cautious estimate",
        ),
    ):
        found = m.paired_error_difference(*arguments)
        assert why in found.reason
        assert np.isnan([found.low, found.high, found.p_value]).all()
    with pytest.raises(InputError, match="one number for each of 100"):
        m.paired_error_difference(a, b[:5], energy)
    with pytest.raises(InputError, match="negative"):
        m.paired_error_difference(a, -b, energy)
