"""Intervals of the pooled error over time: coverage, effective snapshots, trajectories."""

import numpy as np
import pytest

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.block_bootstrap import block_draws
from rom.metrics.blocks import blocks_of
from rom.metrics.memory import cautious_sample_size, memory
from rom.metrics.reconstruction import pooled_relative_error
from rom.metrics.sums import SquaredErrors


def autoregressive(phi, n, seed):
    noise = np.random.default_rng(seed).normal(size=n) * np.sqrt(1 - phi**2)
    series = np.empty(n)
    series[0] = noise[0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        series[t] = phi * series[t - 1] + noise[t]
    return series


def errors_of(error, energy):
    return SquaredErrors(
        np.asarray(error)[:, None], np.asarray(energy)[:, None], np.ones(1), np.ones(1)
    )


@pytest.mark.parametrize(("phi", "n"), [(0.0, 40), (0.0, 200), (0.5, 40), (0.9, 300)])
def test_coverage_of_a_ratio_known_in_closed_form(phi, n):
    """Of e = 0.1 z^2 and r = 1 + z^2 / 2 with z of variance one, the ratio is 0.1 / 1.5."""
    bounds = []
    for seed in range(200):
        z = autoregressive(phi, n, seed)
        bounds.append(m.relative_error_interval(errors_of(0.1 * z**2, 1 + z**2 / 2))[:2])
    low, high = np.array(bounds).T
    given = np.isfinite(low)
    assert given.mean() > 0.85
    covered = ((low < np.sqrt(0.1 / 1.5)) & (np.sqrt(0.1 / 1.5) < high))[given].mean()
    assert covered > 0.88  # 0.95 less three and a half standard deviations, and what was measured


def test_there_is_no_interval_where_snapshots_are_worth_too_few():
    found = m.relative_error_interval(errors_of(np.linspace(1, 2, 60), np.ones(60)))
    assert np.isnan([found.low, found.high]).all()
    assert "(a cautious estimate), at least 2 is needed" in found.reason
    assert cautious_sample_size(200, 1, 200.0) == pytest.approx(200 / (1 + 2 * np.sqrt(6 / 200)))


def test_an_interval_that_ignored_time_would_be_too_narrow():
    z = autoregressive(0.9, 2000, 0)
    error, energy = 0.1 * z**2, 1 + z**2 / 2
    order = np.random.default_rng(0).permutation(2000)
    in_time = m.relative_error_interval(errors_of(error, energy))
    shuffled = m.relative_error_interval(errors_of(error[order], energy[order]))
    assert (in_time.high - in_time.low) > 1.8 * (shuffled.high - shuffled.low)
    assert in_time.n_eff < 0.3 * 2000 < shuffled.n_eff


def test_both_numbers_have_one_interval():
    z = autoregressive(0.5, 200, 1)
    errors = errors_of(0.1 * z**2, 1 + z**2 / 2)
    error, energy = m.relative_error_interval(errors), m.energy_captured_interval(errors)
    assert (energy.low, energy.high) == pytest.approx((1 - error.high**2, 1 - error.low**2))
    assert error.low < pooled_relative_error(errors) < error.high
    assert (error.n, error.n_eff) == (energy.n, energy.n_eff)


def test_effective_number_of_snapshots_of_an_autoregressive_series():
    """For a mean it is n (1 - phi) / (1 + phi)."""
    sizes = [memory(autoregressive(0.8, 4000, seed))[1] for seed in range(20)]
    assert np.mean(sizes) == pytest.approx(4000 / 9, rel=0.2)
    assert memory(np.ones(7)) == (1, 7.0)


def test_snapshots_of_two_trajectories_do_not_follow_each_other():
    """Each trajectory is an oscillation: interleaved rows give the same as rows one after the
    other.
    """
    t = np.arange(100)
    one, two = np.cos(t / 8), np.cos(t / 8 + 1)
    behind = np.concatenate([one, two])
    woven = np.column_stack([one, two]).ravel()
    first = memory(behind, np.repeat([0, 1], 100))
    second = memory(woven, np.tile([0, 1], 100))
    assert first == pytest.approx(second)
    assert first[0] == 13  # a quarter of the period 16 pi


def test_no_block_goes_on_into_the_next_trajectory():
    labels = np.array([0] * 7 + [1] * 3 + [2] * 10)
    order, first, lengths, _ = blocks_of(20, 5, labels)
    for start, length in zip(first, lengths, strict=True):
        rows = order[start : start + length]
        assert len(set(labels[rows])) == 1
        assert (np.diff(rows) == 1).all()

    # how often each snapshot is drawn
    counts = block_draws(np.eye(20), 5, labels, 400, 0)
    assert (counts.sum(axis=0) == 20).all()
    share = np.array([counts[labels == i].sum() for i in range(3)]) / counts.sum()
    np.testing.assert_allclose(share, [0.35, 0.15, 0.5], atol=0.02)


def test_snapshots_without_an_order_are_drawn_one_by_one():
    z = np.sort(autoregressive(0.0, 300, 0))
    errors = errors_of(0.1 * z**2, 1 + z**2 / 2)
    alone = m.relative_error_interval(errors, np.arange(300))
    order = np.random.default_rng(1).permutation(300)
    shuffled = m.relative_error_interval(
        errors_of(errors.error[order, 0], errors.reference[order, 0]), np.arange(300)
    )
    assert alone.n_eff == 300
    assert alone.high - alone.low == pytest.approx(shuffled.high - shuffled.low, rel=0.1)
    assert m.relative_error_interval(errors).n_eff < 30


def test_there_may_be_none_and_it_says_why():
    z = np.linspace(1, 2, 12)
    assert "too few" in m.relative_error_interval(errors_of(z[:3], np.ones(3))).reason
    assert "no energy" in m.relative_error_interval(errors_of(z, np.zeros(12))).reason
    null = m.energy_captured_interval(errors_of(z, z))
    assert null.reason == "the same for every snapshot"
    assert np.isnan([null.low, null.high]).all()
    with pytest.raises(InputError, match="trajectories"):
        blocks_of(10, 2, [1, 2])
