"""Statistics over seeds, against scipy, simulation and closed forms."""

import numpy as np
import pytest
from scipy import stats

import rom.metrics.seeds as m
from rom.errors import InputError

RNG = np.random.default_rng


def test_a_paired_difference_is_that_of_the_paired_t_test():
    a, b = RNG(0).normal(1, 1, 6), RNG(1).normal(0, 1, 6)
    found, expected = m.paired_difference(a, b), stats.ttest_rel(a, b)
    assert found.value == pytest.approx((a - b).mean())
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()))
    assert found.n == 6


def test_a_method_without_seeds_is_paired_with_every_seed():
    a = RNG(0).normal(1, 1, 5)
    found, expected = m.paired_difference(a, [0.3]), stats.ttest_1samp(a, 0.3)
    assert found.p_value == pytest.approx(expected.pvalue)
    assert m.paired_difference([0.3], a).value == pytest.approx(-found.value)


@pytest.mark.parametrize("n", [3, 5])
def test_the_interval_covers_what_it_says(n):
    samples = RNG(4).normal(2, 3, (4000, n))
    bounds = np.array([m.mean_interval(sample) for sample in samples])
    coverage = ((bounds[:, 0] < 2) & (bounds[:, 1] > 2)).mean()
    assert abs(coverage - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 4000)


@pytest.mark.parametrize(("a", "b", "why"), [
    ([1.0], [2.0], "one seed"),
    ([1.0, 1.0, 1.0], [2.0], "same for every seed"),
    ([1.1, 2.1, 3.1], [1.0, 2.0, 3.0], "same for every seed"),
])  # fmt: skip
def test_without_spread_there_is_no_interval_and_a_reason(a, b, why):
    found = m.paired_difference(a, b)
    assert np.isnan([found.low, found.high, found.p_value]).all()
    assert why in found.reason
    assert found.value == pytest.approx(a[0] - b[0])


def test_wrong_pairs_are_refused():
    with pytest.raises(InputError, match="same seeds of both, not 2 and 3"):
        m.paired_difference([1, 2], [1, 2, 3])
    with pytest.raises(InputError, match="finite"):
        m.paired_difference([1, np.nan], [1, 2])


def test_holm_keeps_the_rate_of_false_claims():
    p = RNG(5).uniform(size=(4000, 8))
    false_claims = np.mean([(m.holm(row) < 0.05).any() for row in p])
    assert abs(false_claims - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 4000)
    assert np.mean((p < 0.05).any(axis=1)) > 0.3  # without the correction


def test_holm_by_hand():
    np.testing.assert_allclose(m.holm([0.01, np.nan, 0.02, 0.5]), [0.03, np.nan, 0.04, 0.5])
    assert m.holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    assert m.holm([]).size == 0


def test_matched_correlation_sees_through_order_sign_and_scale_and_not_through_rotation():
    Z = RNG(0).normal(size=(500, 3))
    same = -Z[:, [2, 0, 1]] * [1, 5, 0.1] + 4
    assert m.matched_correlation(Z, same) == pytest.approx(1)
    half = np.pi / 4
    turned = Z.copy()
    turned[:, :2] = Z[:, :2] @ [[np.cos(half), -np.sin(half)], [np.sin(half), np.cos(half)]]
    assert m.matched_correlation(Z, turned) == pytest.approx((2 * np.sqrt(0.5) + 1) / 3, abs=0.03)
    assert m.subspace_angles(Z, turned) == pytest.approx(0, abs=1e-7)


def test_a_matching_is_one_to_one():
    """Each of the other's latents resembles z_0 most; only one may have it."""
    Z = RNG(0).normal(size=(2000, 2))
    other = np.column_stack([Z[:, 0], Z[:, 0] + 0.5 * Z[:, 1]])
    assert m.matched_correlation(Z, other) == pytest.approx((1 + 0.5 / np.sqrt(1.25)) / 2, abs=0.03)


def test_angles_of_other_latents():
    Z = np.linalg.qr(RNG(0).normal(size=(100, 4)) - RNG(0).normal(size=(100, 4)).mean(axis=0))[0]
    Z = np.linalg.qr(Z - Z.mean(axis=0))[0]
    angles = m.subspace_angles(Z[:, :2], np.column_stack([Z[:, 0], Z[:, 1] + Z[:, 2]]))
    np.testing.assert_allclose(np.degrees(angles), [45, 0], atol=1e-6)
    assert np.isnan(m.subspace_angles(Z, np.ones((100, 2)))).all()


def test_consistency_is_the_mean_over_pairs_of_trainings():
    Z = RNG(0).normal(size=(100, 2))
    other = RNG(1).normal(size=(100, 2))
    expected = (1 + 2 * m.matched_correlation(Z, other)) / 3
    assert m.consistency([Z, 2 * Z, other]) == pytest.approx(expected)
    assert np.isnan(m.consistency([Z]))


def test_a_constant_latent_has_no_match():
    Z = RNG(0).normal(size=(20, 2))
    assert np.isnan(m.matched_correlation(Z, np.column_stack([Z[:, 0], np.full(20, 0.1)])))
    with pytest.raises(InputError, match="same snapshots"):
        m.matched_correlation(Z, Z[:5])
