import numpy as np
import pytest

from rom.errors import InputError
from rom.metrics import factor_scores
from rom.metrics.factors import factor_correlation, factor_information

RNG = np.random.default_rng(0)
FACTORS = RNG.uniform(size=(800, 2))
TURN = np.array([[1, 1], [-1, 1]]) / np.sqrt(2)
SCORES = ("mutual_information_gap", "separation", "disentanglement", "completeness", "modularity")


def scores(Z, factors=FACTORS):
    found = factor_scores(Z, factors)
    return np.array([getattr(found, name) for name in SCORES]), found


def test_one_latent_for_each_factor_scores_one():
    found, whole = scores(FACTORS[:, ::-1] * [3, -2])  # in any order, sign and scale
    assert (found > 0.9).all()
    assert (found <= 1).all()
    assert whole.informativeness > 0.97
    assert whole.reason == ""


def test_a_monotone_map_changes_little():
    straight, bent = scores(FACTORS)[0], scores(np.exp(3 * FACTORS))[0]
    # the linear score (SAP) sees it
    np.testing.assert_allclose(np.delete(bent, 1), np.delete(straight, 1), atol=0.05)


def test_a_rotation_of_the_factors_scores_low_and_still_informs():
    found, whole = scores((FACTORS - 0.5) @ TURN)
    assert (found < 0.45).all()
    assert whole.informativeness > 0.85


def test_latents_that_know_nothing():
    found, whole = scores(RNG.normal(size=(800, 2)))
    assert found[0] < 0.05
    assert whole.informativeness < 0.1


def test_two_latents_for_one_factor_are_not_complete():
    Z = np.column_stack([FACTORS[:, 0], FACTORS[:, 0] + 0.01 * RNG.normal(size=800), FACTORS[:, 1]])
    found = factor_scores(Z, FACTORS)
    assert found.modularity > 0.9
    assert found.separation < 0.6
    assert found.mutual_information_gap < 0.7


def test_factors_of_few_values():
    labels = RNG.integers(0, 3, size=(800, 2)).astype(float)
    found = factor_scores(labels + 0.01 * RNG.normal(size=(800, 2)), labels)
    assert found.mutual_information_gap > 0.9


def test_the_order_of_latents_changes_nothing():
    Z = (FACTORS - 0.5) @ TURN + 0.1 * RNG.normal(size=(800, 2))
    one, other = scores(Z)[0], scores(Z[:, ::-1])[0]
    np.testing.assert_allclose(one, other, atol=0.02)  # trees break ties by the order


def test_tables_of_latents_against_factors():
    Z = np.column_stack([np.exp(FACTORS[:, 1]), -FACTORS[:, 0], np.ones(800)])
    correlation = factor_correlation(Z, FACTORS)
    assert correlation[0, 1] == pytest.approx(1)
    assert correlation[1, 0] == pytest.approx(-1)
    assert np.isnan(correlation[2]).all()
    information = factor_information(Z, FACTORS)
    assert information[0, 1] > 3
    assert abs(information[0, 0]) < 0.1


def test_nan_with_a_reason():
    constant = factor_scores(FACTORS, np.column_stack([FACTORS[:, 0], np.ones(800)]))
    assert np.isnan(constant.modularity)
    assert "factor 1 holds one value" in constant.reason
    assert "latent 0" in factor_scores(np.ones((800, 2)), FACTORS).reason
    assert "10 snapshots are too few" in factor_scores(FACTORS[:10], FACTORS[:10]).reason
    alone = factor_scores(FACTORS[:, :1], FACTORS)
    assert np.isnan([alone.mutual_information_gap, alone.completeness]).all()
    assert alone.informativeness > 0
    assert "one latent" in alone.reason


def test_mistakes():
    with pytest.raises(InputError, match="800 rows and factors 10"):
        factor_scores(FACTORS, FACTORS[:10])
    with pytest.raises(InputError, match="NaN"):
        factor_scores(FACTORS, np.full((800, 1), np.nan))
