"""Mutual information and total correlation, against closed forms of Gaussian latents and their
functions.
"""

import numpy as np
import pytest

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.ranks import rank_gaussianise


def gaussian(R, n, seed=0):
    return np.random.default_rng(seed).multivariate_normal(np.zeros(len(R)), R, n)


def equicorrelation(d, r):
    return np.full((d, d), r) + (1 - r) * np.eye(d)


def circle(n=1500):
    phase = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.column_stack([np.cos(phase), np.sin(phase)])


@pytest.mark.parametrize("r", [0.0, 0.6, -0.9])
def test_mutual_information_of_gaussian_pairs(r):
    found = [
        m.mutual_information(gaussian(equicorrelation(2, r), 1000, seed))[0, 1] for seed in range(8)
    ]
    assert np.mean(found) == pytest.approx(-0.5 * np.log(1 - r**2), abs=0.04)


def test_informational_correlation_is_the_correlation_of_a_gaussian_pair():
    found = m.informational_correlation(gaussian(equicorrelation(2, -0.8), 4000))
    assert found[0, 1] == pytest.approx(0.8, abs=0.02)
    assert np.diag(found).tolist() == [1, 1]


def test_no_increasing_or_decreasing_function_of_a_latent_matters():
    Z = gaussian(equicorrelation(3, 0.5), 500)
    other = np.column_stack([np.exp(2 * Z[:, 0]), -Z[:, 1], Z[:, 2] ** 3])
    np.testing.assert_allclose(m.mutual_information(other), m.mutual_information(Z), atol=1e-3)
    for method in ("copula", "ksg"):
        assert m.total_correlation(other, method=method) == pytest.approx(
            m.total_correlation(Z, method=method), abs=1e-3
        )


def test_the_copula_finds_what_the_plug_in_loses():
    Z = gaussian(equicorrelation(5, 0.3), 4000)
    exact = -0.5 * np.linalg.slogdet(equicorrelation(5, 0.3))[1]
    assert m.total_correlation(np.exp(2 * Z), method="copula") == pytest.approx(exact, rel=0.1)
    assert m.total_correlation(np.exp(2 * Z)) < 0.6 * exact
    assert m.total_correlation(Z, method="ksg") == pytest.approx(exact, rel=0.1)


def test_a_circle_is_uncorrelated_and_as_dependent_as_can_be():
    Z = circle()
    assert m.det_correlation(Z) == pytest.approx(1)
    assert m.mean_abs_correlation(Z) == pytest.approx(0, abs=1e-12)
    assert m.informational_correlation(Z)[0, 1] > 0.99
    assert m.total_correlation(Z, method="copula") == pytest.approx(0, abs=0.01)
    assert m.total_correlation(Z, method="ksg") > 2


def test_two_latents_have_one_mutual_information():
    Z = gaussian(equicorrelation(2, 0.5), 300)
    assert m.total_correlation(Z, method="ksg") == pytest.approx(m.mutual_information(Z)[0, 1])


def test_the_ranks_score_a_normal_distribution():
    scores = rank_gaussianise(np.random.default_rng(0).exponential(size=(999, 2)))
    assert scores[:, 0].std() == pytest.approx(1, abs=0.01)
    assert sorted(scores[:, 0]) == pytest.approx(sorted(scores[:, 1]))
    assert rank_gaussianise([[1.0], [1.0], [2.0]])[0] == rank_gaussianise([[1.0], [1.0], [2.0]])[1]


def test_what_is_tied_constant_or_too_short_is_nan():
    Z = gaussian(equicorrelation(3, 0.5), 200)
    Z[:, 1] = np.round(Z[:, 1])
    found = m.mutual_information(Z)
    assert np.isfinite(found[0, 2])
    assert np.isnan(found[1]).all()
    assert np.isnan(m.total_correlation(Z, method="ksg"))
    assert np.isnan(m.mutual_information(Z[:5])).all()
    assert np.isnan(m.informational_correlation(Z)[1]).all()
    assert m.total_correlation(Z[:, :1], method="ksg") == 0
    assert np.isnan(m.total_correlation(Z * [1, 0, 1], method="copula"))


@pytest.mark.parametrize("d", [2, 20])
def test_the_copula_is_corrected_for_its_bias(d):
    exact = -0.5 * np.linalg.slogdet(equicorrelation(d, 0.1))[1]
    found = m.total_correlation(
        gaussian(equicorrelation(d, 0.1), 3000, seed=1), method="copula", bias_correct=True
    )
    assert found == pytest.approx(exact, abs=0.006 * (d - 1))


def test_options_that_cannot_be_meant():
    with pytest.raises(InputError, match="neighbours=0"):
        m.mutual_information(circle(), neighbours=0)
    with pytest.raises(InputError, match="bias_correct"):
        m.total_correlation(circle(), method="ksg", bias_correct=True)
