"""Nulls, effective sample sizes and intervals, against simulation and closed forms."""

import numpy as np
import pytest

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.distance import distance_correlations
from rom.metrics.jackknife import BLOCKS, jackknife_interval, without_blocks
from rom.metrics.significance import (
    correlation_shifts,
    p_value,
    permutation_null,
    random_shifts,
    shifted,
)
from tests.metrics.surrogates import shift_null

FAST = 4  # standard deviations of a simulated share that are allowed


def autoregressive(phi, n, d, seed):
    """d independent AR(1) series in their stationary state."""
    noise = np.random.default_rng(seed).normal(size=(n, d)) * np.sqrt(1 - phi**2)
    series = np.empty((n, d))
    series[0] = noise[0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        series[t] = phi * series[t - 1] + noise[t]
    return series


def test_all_shifts_of_a_correlation():
    Z = np.random.default_rng(0).normal(size=(31, 3))
    found = correlation_shifts(Z)
    for s in (0, 1, 17):
        assert found[1, s] == pytest.approx(
            np.corrcoef(Z[:, 0], np.roll(Z[:, 2], -s))[0, 1], abs=1e-12
        )
    assert np.isnan(correlation_shifts(np.column_stack([Z[:, 0], np.full(31, 0.1)]))).all()


def test_a_shift_moves_every_latent_on_its_own():
    Z = np.arange(10.0).reshape(5, 2)
    assert shifted(Z, np.array([1, 0])).tolist() == [[2, 1], [4, 3], [6, 5], [8, 7], [0, 9]]
    assert set(random_shifts(5, 2, 500, 0).ravel()) == set(range(5))


@pytest.mark.parametrize(("phi", "n"), [(0.0, 500), (0.9, 500), (0.9, 5000), (-0.5, 500)])
def test_effective_sample_size_of_autoregressive_series(phi, n):
    sizes = [m.effective_sample_size(autoregressive(phi, n, 2, seed))[0, 1] for seed in range(60)]
    expected = n * (1 - phi**2) / (1 + phi**2)
    assert n / np.mean(n / np.array(sizes)) == pytest.approx(expected, rel=0.1)
    assert max(sizes) <= n


def test_a_wave_and_its_harmonic_are_worth_what_a_wave_is_worth():
    phase = 2 * np.pi * 6 * np.arange(600) / 600
    assert m.effective_sample_size(np.column_stack([np.cos(phase), np.cos(2 * phase)]))[
        0, 1
    ] == pytest.approx(4)
    noise = np.random.default_rng(0).normal(size=600)
    assert m.effective_sample_size(np.column_stack([np.cos(phase), noise]))[0, 1] > 200


def test_the_shift_test_keeps_its_size_and_the_naive_test_does_not():
    n, tests = 500, 400
    shift = naive = 0
    for seed in range(tests):
        Z = autoregressive(0.9, n, 2, seed)
        r = correlation_shifts(Z)[0]
        shift += p_value(abs(r[0]), np.abs(r[1:])) <= 0.05
        naive += abs(r[0]) > 1.96 / np.sqrt(n)
    allowed = FAST * np.sqrt(0.05 * 0.95 * tests)
    assert abs(shift - 0.05 * tests) < allowed
    assert naive > 0.4 * tests


@pytest.mark.parametrize(
    "statistic", [m.mean_abs_correlation, lambda Z: distance_correlations(Z)["mean"]]
)
def test_nulls_of_white_noise_agree(statistic):
    Z = np.random.default_rng(0).normal(size=(60, 3))
    nulls = [
        shift_null(statistic, Z),
        permutation_null(statistic, Z),
        permutation_null(statistic, Z, block=3),
    ]
    means = [null.mean() for null in nulls]
    errors = [null.std() / np.sqrt(len(null)) for null in nulls]
    assert abs(means[0] - means[1]) < FAST * np.hypot(errors[0], errors[1])
    assert abs(means[0] - means[2]) < FAST * np.hypot(errors[0], errors[2])


def test_a_block_permutation_keeps_the_rows_of_each_latent():
    Z = np.arange(22.0).reshape(11, 2)
    seen = []
    permutation_null(lambda moved: seen.append(moved.copy()) or 0.0, Z, block=3, draws=5)
    for moved in seen:
        np.testing.assert_array_equal(np.sort(moved, axis=0), Z)
        assert moved[-2:].tolist() == Z[-2:].tolist()
        assert (np.diff(moved[:3, 0]) == 2).all()
    with pytest.raises(InputError, match="half of the 11 snapshots"):
        permutation_null(np.sum, Z, block=6)


def test_p_values_count_the_value_itself():
    assert p_value(1.0, np.zeros(99)) == pytest.approx(0.01)
    assert p_value(0.0, np.zeros(99)) == 1
    assert p_value(0.1, [0.0, 0.2], smaller=True) == pytest.approx(2 / 3)
    assert np.isnan(p_value(np.nan, [1.0]))
    assert np.isnan(p_value(1.0, [np.nan]))


def test_coverage_of_the_jackknife_of_a_correlation():
    hits = 0
    for seed in range(200):
        Z = autoregressive(0.5, 400, 2, seed) @ [[1, 0.5], [0, np.sqrt(0.75)]]
        found, *without = (
            m.correlation_matrix(rows)[0, 1] for rows in (Z, *without_blocks(Z, BLOCKS))
        )
        low, high, _ = jackknife_interval(found, without)
        hits += low < 0.5 < high
    assert hits / 200 > 0.9


def test_where_there_is_no_interval_the_reason_says_why():
    low, high, reason = jackknife_interval(1.0, [1.0, np.nan])
    assert np.isnan([low, high]).all()
    assert "not defined without some of the blocks" in reason
