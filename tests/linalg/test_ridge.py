"""Ridge regression from products: closed forms, generalised cross-validation, errors on other
rows.
"""

import numpy as np
import pytest

from rom.linalg.ridge import STRENGTHS, HeldOut, Ridge


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.normal(size=(30, 6)), rng.normal(size=(30, 4))


def ridge(Q, E):
    return Ridge(Q.T @ Q, Q.T @ E, float(np.sum(E**2)))


@pytest.mark.parametrize("strength", [0.0, 1e-12, 1e-2, 10.0])
def test_coefficients_and_what_is_left(data, strength):
    Q, E = data
    gamma = strength * np.linalg.norm(Q, 2) ** 2
    W = np.linalg.solve(Q.T @ Q + gamma * np.eye(6), Q.T @ E)
    assert ridge(Q, E).left(strength) == pytest.approx(np.sum((E - Q @ W) ** 2), rel=1e-12)
    np.testing.assert_allclose(ridge(Q, E).coefficients(strength), W, atol=1e-13)


def test_generalised_cross_validation_is_that_of_the_smoother(data):
    Q, E = data
    gamma = 0.1 * np.linalg.norm(Q, 2) ** 2
    S = Q @ np.linalg.solve(Q.T @ Q + gamma * np.eye(6), Q.T)
    expected = np.sum((E - S @ E) ** 2) / np.trace(np.eye(30) - S) ** 2
    assert ridge(Q, E).cross_validated(0.1, 30) == pytest.approx(expected, rel=1e-12)
    assert ridge(Q, E).cross_validated(0.0, 6) == np.inf


def test_dependent_regressors_share_the_coefficient_of_least_norm(data):
    Q, E = data
    twice = np.concatenate([Q, Q], axis=1)
    np.testing.assert_allclose(
        ridge(twice, E).coefficients(0.0), np.linalg.pinv(twice) @ E, atol=1e-12
    )


def test_more_regressors_than_rows(data):
    Q, E = data[0][:4], data[1][:4]
    fit = ridge(Q, E)
    assert fit.left(0.0) == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(fit.coefficients(0.0), np.linalg.pinv(Q) @ E, atol=1e-12)


def test_no_regressors_to_speak_of():
    fit = Ridge(np.zeros((2, 2)), np.zeros((2, 3)), 5.0)
    assert fit.left(0.0) == 5.0
    assert not fit.coefficients(0.0).any()


def test_errors_on_other_rows(data):
    Q, E = data
    rng = np.random.default_rng(1)
    others, targets = rng.normal(size=(20, 6)), rng.normal(size=(20, 4))
    held_out = HeldOut(ridge(Q, E)).add(others[:7], targets[:7]).add(others[7:], targets[7:])
    expected = [np.sum((targets - others @ ridge(Q, E).coefficients(s)) ** 2) for s in STRENGTHS]
    np.testing.assert_allclose(held_out.errors(), expected, rtol=1e-12)
