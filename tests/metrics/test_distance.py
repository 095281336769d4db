"""Distance correlation, against its definition, the Gaussian closed form and known curves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rom.metrics as m
from rom.metrics.distance import distance_correlation_shifts, distance_correlations
from rom.metrics.ranks import rank_correlation_matrix


def plain(x, y):
    """Signed root of the bias-corrected squared distance correlation, as it is defined."""

    def centred(z):
        n, D = len(z), np.abs(z[:, None] - z)
        A = D - D.sum(0) / (n - 2) - D.sum(1)[:, None] / (n - 2) + D.sum() / ((n - 1) * (n - 2))
        np.fill_diagonal(A, 0)
        return A

    A, B = centred(x), centred(y)
    v = (A * B).sum() / np.sqrt((A * A).sum() * (B * B).sum())
    return np.sign(v) * np.sqrt(abs(v))


@given(n=st.integers(4, 41), seed=st.integers(0, 2**32 - 1))
def test_all_pairs_are_what_each_pair_is(n, seed):
    Z = np.random.default_rng(seed).normal(size=(n, 3))
    Z[:, 2] = Z[:, 0] ** 2
    found = m.distance_correlation(Z)
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert found[i, j] == pytest.approx(plain(Z[:, i], Z[:, j]), abs=1e-10)
    np.testing.assert_array_equal(np.diag(found), 1)
    np.testing.assert_allclose(found, found.T)


@pytest.mark.parametrize("n", [4, 30, 31])
def test_all_shifts_are_what_each_shift_is(n):
    Z = np.random.default_rng(n).normal(size=(n, 3))
    found = distance_correlation_shifts(Z)
    for s in range(n):
        expected = plain(Z[:, 0], np.roll(Z[:, 2], -s))
        assert found[s, 0, 2] ** 2 == pytest.approx(expected**2, abs=1e-12)
        assert found[s, 2, 0] == pytest.approx(found[-s, 0, 2], abs=1e-6)


def test_panels_make_no_difference(monkeypatch):
    Z = np.random.default_rng(0).normal(size=(60, 4))
    whole, shifts = m.distance_correlation(Z), distance_correlation_shifts(Z)
    monkeypatch.setattr("rom.metrics.distance.PANEL_BYTES", 1)
    np.testing.assert_allclose(m.distance_correlation(Z), whole, atol=1e-12)
    np.testing.assert_allclose(distance_correlation_shifts(Z), shifts, atol=1e-7)


@pytest.mark.parametrize("r", [0.5, 0.9])
def test_gaussian_pairs(r):
    f = r * np.arcsin(r) + np.sqrt(1 - r**2) - r * np.arcsin(r / 2) - np.sqrt(4 - r**2) + 1
    exact = f / (1 + np.pi / 3 - np.sqrt(3))
    pairs = [
        np.random.default_rng(s).multivariate_normal([0, 0], [[1, r], [r, 1]], 1000)
        for s in range(6)
    ]
    assert np.mean([m.distance_correlation(Z)[0, 1] ** 2 for Z in pairs]) == pytest.approx(
        exact, abs=0.02
    )


def test_independent_latents_score_zero_on_average():
    squares = []
    for seed in range(200):
        v = m.distance_correlation(np.random.default_rng(seed).normal(size=(40, 2)))[0, 1]
        squares.append(np.sign(v) * v**2)
    assert abs(np.mean(squares)) < 4 * np.std(squares) / np.sqrt(200)
    assert min(squares) < 0


def test_the_circle():
    phase = np.linspace(0, 2 * np.pi, 1500, endpoint=False)
    found = m.distance_correlation(np.column_stack([np.cos(phase), np.sin(phase)]))[0, 1]
    assert found == pytest.approx(0.1934, abs=1e-4)
    # without the correction, from the same distances: the V-statistic
    D = np.abs(np.cos(phase)[:, None] - np.cos(phase))
    E = np.abs(np.sin(phase)[:, None] - np.sin(phase))
    A, B = (M - M.mean(0) - M.mean(1)[:, None] + M.mean() for M in (D, E))
    assert np.sqrt((A * B).mean() / np.sqrt((A * A).mean() * (B * B).mean())) == pytest.approx(
        0.1965, abs=1e-4
    )


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_units_do_not_matter(scale):
    Z = np.random.default_rng(0).normal(size=(50, 2)) @ [[1, 0.7], [0, 0.7]]
    np.testing.assert_allclose(
        m.distance_correlation(Z * [scale, 1] + [0, 5]), m.distance_correlation(Z), rtol=1e-9
    )


def test_a_constant_latent_and_too_few_snapshots_are_nan():
    Z = np.random.default_rng(0).normal(size=(50, 3))
    Z[:, 1] = 0.1
    found = m.distance_correlation(Z)
    assert np.isnan(found[1]).all()
    assert np.isnan(found[:, 1]).all()
    assert found[0, 0] == 1
    assert np.isfinite(found[0, 2])
    assert np.isnan(distance_correlations(Z)["mean"])
    assert np.isnan(m.distance_correlation(Z[:3])).all()
    assert np.isnan(m.distance_correlation(np.ones((9, 2)))).all()


def test_hsic_is_what_it_is_defined_to_be():
    Z = np.random.default_rng(3).normal(size=(31, 2)) @ [[1, 0.8], [0, 0.6]]

    def centred(z):
        n, D = len(z), np.abs(z[:, None] - z)
        K = np.exp(-0.5 * (D / np.median(D[np.triu_indices(n, 1)])) ** 2)
        np.fill_diagonal(K, 0)
        return K

    def unbiased(K, L):  # Song et al. 2012, eq. 5
        n, one = len(K), np.ones(len(K))
        return (
            np.trace(K @ L)
            + one @ K @ one * (one @ L @ one) / ((n - 1) * (n - 2))
            - 2 / (n - 2) * one @ K @ L @ one
        ) / (n * (n - 3))

    K, L = centred(Z[:, 0]), centred(Z[:, 1])
    expected = unbiased(K, L) / np.sqrt(unbiased(K, K) * unbiased(L, L))
    for rows in (Z, Z * [1e9, 1] + [3, 0]):
        assert m.hsic(rows)[0, 1] == pytest.approx(expected, rel=1e-6)
    np.testing.assert_allclose(np.diag(m.hsic(Z)), 1)
    even = np.vstack([Z, [[0.3, 0.1]]])
    K, L = centred(even[:, 0]), centred(even[:, 1])
    assert m.hsic(even)[0, 1] == pytest.approx(
        unbiased(K, L) / np.sqrt(unbiased(K, K) * unbiased(L, L))
    )
    assert np.isnan(m.hsic(np.column_stack([Z[:, 0], np.zeros(31)]))).sum() == 3


@pytest.mark.parametrize("r", [0.3, -0.8])
def test_rank_correlation_of_a_gaussian_pair(r):
    Z = np.random.default_rng(0).multivariate_normal([0, 0], [[1, r], [r, 1]], 20000)
    found = rank_correlation_matrix(np.exp(Z))[0, 1]
    assert found == pytest.approx(6 / np.pi * np.arcsin(r / 2), abs=0.015)


@pytest.mark.parametrize("measure", [m.distance_correlation, m.hsic])
def test_one_odd_snapshot_is_no_dependence_but_undefined(measure):
    Z = np.random.default_rng(0).normal(size=(200, 3))
    Z[:, 1] = 0.1
    Z[70, 1] = 3.0
    found = measure(Z)
    assert np.isnan(found[1]).all()
    assert np.isfinite(found[0, 2])
    assert np.isnan(m.distance_correlation([[0.0, 1.0], [-1.0, 2.5], [0.0, 2.6], [3.0, 0.1]])).any()
