"""Correlation metrics against closed forms, null distributions and invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.correlation import det_correlation_null
from rom.metrics.total_correlation import total_correlation_null

SEEDS = st.integers(0, 2**32 - 1)
SCALARS = [m.det_correlation, m.mean_abs_correlation, m.max_abs_correlation, m.total_correlation]


def latents_with(R, n=50):
    """Latents whose sample correlation is exactly R (symmetric positive semidefinite)."""
    R = np.asarray(R, float)
    white = np.random.default_rng(3).normal(size=(n, len(R)))
    white = np.linalg.qr(white - white.mean(axis=0))[0]
    values, vectors = np.linalg.eigh(R)
    return white @ (vectors * np.sqrt(values.clip(0))).T


def equicorrelation(d, r):
    return np.full((d, d), r) + (1 - r) * np.eye(d)


def correlated(seed, n=60, d=4):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)


# Closed forms


@pytest.mark.parametrize("r", [-0.9, -0.3, 0.0, 0.5, 0.99])
def test_two_components(r):
    Z = latents_with([[1, r], [r, 1]])
    np.testing.assert_allclose(m.correlation_matrix(Z), [[1, r], [r, 1]], atol=1e-14)
    assert m.det_correlation(Z) == pytest.approx(1 - r**2, rel=1e-12)
    assert m.total_correlation(Z) == pytest.approx(-0.5 * np.log(1 - r**2), abs=1e-12)
    assert m.mean_abs_correlation(Z) == pytest.approx(abs(r), abs=1e-14)


@pytest.mark.parametrize(("d", "r"), [(3, -0.4), (5, 0.1), (10, 0.1), (20, 0.1), (20, 0.9)])
def test_equicorrelation(d, r):
    Z = latents_with(equicorrelation(d, r))
    det = (1 - r) ** (d - 1) * (1 + (d - 1) * r)
    assert m.det_correlation(Z) == pytest.approx(det, rel=1e-9)
    assert m.total_correlation(Z) == pytest.approx(-0.5 * np.log(det), rel=1e-9)
    assert m.mean_abs_correlation(Z) == pytest.approx(abs(r))
    assert m.max_abs_correlation(Z) == pytest.approx(abs(r))


def test_the_determinant_of_many_components_does_not_underflow_the_total_correlation():
    Z = latents_with(equicorrelation(400, 0.99), n=500)
    log_det = 399 * np.log(0.01) + np.log(1 + 399 * 0.99)  # e^-1831: zero in double precision
    assert m.det_correlation(Z) == 0
    assert m.total_correlation(Z) == pytest.approx(-0.5 * log_det, rel=1e-9)


def test_signed_and_absolute_determinants_disagree():
    R = [[1, 0.5, 0.5], [0.5, 1, -0.5], [0.5, -0.5, 1]]  # valid and singular: exactly dependent
    Z = latents_with(R)
    np.testing.assert_allclose(m.correlation_matrix(Z), R, atol=1e-14)
    assert m.det_correlation(Z) == 0
    assert m.det_correlation(Z, absolute=True) == pytest.approx(0.5)
    assert m.total_correlation(Z) == np.inf


def test_the_absolute_determinant_can_be_negative():
    Z = latents_with([[1, 0.7, 0.7, 0], [0.7, 1, 0, -0.7], [0.7, 0, 1, 0.7], [0, -0.7, 0.7, 1]])
    assert m.det_correlation(Z) >= 0
    assert m.det_correlation(Z, absolute=True) == pytest.approx(1 - 4 * 0.7**2)


def test_a_circle_looks_independent_to_all_of_them():
    phase = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
    Z = np.column_stack([np.cos(phase), np.sin(phase)])
    assert m.det_correlation(Z) == pytest.approx(1)
    assert m.total_correlation(Z) == pytest.approx(0, abs=1e-12)


def test_dependent_components():
    z = np.random.default_rng(0).normal(size=30)
    Z = np.column_stack([z, -3 * z + 1])
    assert m.correlation_matrix(Z)[0, 1] == pytest.approx(-1)
    assert m.det_correlation(Z) == 0
    assert m.total_correlation(Z) == m.total_correlation(Z, bias_correct=True) == np.inf
    copies = np.random.default_rng(1).normal(size=(30, 20)) @ np.tile(np.eye(20), 3)
    assert np.abs(m.correlation_matrix(copies)).max() == 1  # not more, by rounding


# Nulls: what independent components score


@pytest.fixture(scope="module")
def independent_samples():
    rng = np.random.default_rng(11)
    return [rng.normal(size=(40, 6)) for _ in range(2000)]


def test_null_of_the_determinant_is_its_mean_over_independent_samples(independent_samples):
    values = np.array([m.det_correlation(Z) for Z in independent_samples])
    standard_error = values.std() / np.sqrt(len(values))
    assert abs(values.mean() - det_correlation_null(40, 6)) < 4 * standard_error


def test_null_of_the_total_correlation_is_its_mean_over_independent_samples(independent_samples):
    values = np.array([m.total_correlation(Z) for Z in independent_samples])
    standard_error = values.std() / np.sqrt(len(values))
    assert abs(values.mean() - total_correlation_null(40, 6)) < 4 * standard_error
    assert (
        values.mean() > 20 * standard_error
    )  # without the correction, independence does not score 0
    corrected = [m.total_correlation(Z, bias_correct=True) for Z in independent_samples]
    assert abs(np.mean(corrected)) < 4 * standard_error
    assert min(corrected) < 0


def test_null_of_the_mean_correlation(independent_samples):
    values = [m.mean_abs_correlation(Z) for Z in independent_samples]
    assert np.mean(values) == pytest.approx(np.sqrt(2 / (np.pi * 39)), rel=0.03)


@pytest.mark.parametrize(("n", "d", "det"), [(200, 10, 0.795), (1000, 64, 0.127), (50, 1, 1.0)])
def test_null_of_the_determinant_in_numbers(n, d, det):
    assert det_correlation_null(n, d) == pytest.approx(det, abs=5e-4)


def test_null_of_the_total_correlation_in_numbers():
    assert total_correlation_null(1000, 64) == pytest.approx(1.032, abs=5e-4)
    approximation = 10 * 9 / (4 * (9999 - 25 / 6))  # Bartlett, for large n
    assert total_correlation_null(10000, 10) == pytest.approx(approximation, rel=1e-3)
    assert total_correlation_null(50, 1) == 0


def test_nulls_are_nan_where_the_determinant_is():
    assert np.isnan(det_correlation_null(5, 5))
    assert np.isnan(total_correlation_null(5, 6))


# Invariances


@given(
    seed=SEEDS, order=st.permutations(range(4)), signs=st.tuples(*[st.sampled_from([-1, 1])] * 4)
)
def test_order_sign_scale_and_shift_do_not_matter(seed, order, signs):
    Z = correlated(seed)
    scale = 10.0 ** np.random.default_rng(seed).integers(-6, 7, size=4)
    changed = Z[:, order] * signs * scale + 3 * scale
    for function in SCALARS:
        assert function(changed) == pytest.approx(function(Z), rel=1e-6, abs=1e-9)


@given(seed=SEEDS)
def test_whitening_gives_determinant_one_for_free(seed):
    Z = correlated(seed)
    white = np.linalg.qr(Z - Z.mean(axis=0))[0]
    assert m.det_correlation(white) == pytest.approx(1)
    assert m.total_correlation(white) == pytest.approx(0, abs=1e-10)
    assert m.max_abs_correlation(white) < 1e-10


@given(seed=SEEDS)
def test_ranges(seed):
    Z = correlated(seed)
    R = m.correlation_matrix(Z)
    np.testing.assert_array_equal(R, R.T)
    np.testing.assert_array_equal(np.diag(R), 1)
    assert np.abs(R).max() <= 1
    np.testing.assert_allclose(R, np.corrcoef(Z, rowvar=False), atol=1e-12)
    assert 0 <= m.det_correlation(Z) <= 1
    assert m.total_correlation(Z) >= 0
    assert m.mean_abs_correlation(Z) <= m.max_abs_correlation(Z)


@pytest.mark.parametrize("size", [1e-300, 1e-30, 1e30, 1e300])
def test_size_neither_overflows_nor_vanishes(size):
    Z = correlated(1)
    np.testing.assert_allclose(m.correlation_matrix(Z * size), m.correlation_matrix(Z), atol=1e-12)


# Dead, few and single components


@pytest.mark.parametrize("value", [0.0, 0.1, 1e9 / 3, -1e-300])
def test_a_constant_component_has_no_correlation(value):
    Z = correlated(2, n=100_001, d=3)
    Z[:, 1] = value
    R = m.correlation_matrix(Z)
    assert np.isnan(R[1]).all()
    assert np.isnan(R[:, 1]).all()
    assert np.isfinite(R[np.ix_([0, 2], [0, 2])]).all()
    assert all(np.isnan(function(Z)) for function in SCALARS)
    assert np.isnan(m.det_correlation(Z, absolute=True))


def test_dead_components_mislead():
    rng = np.random.default_rng(5)
    active = latents_with([[1, 0.9], [0.9, 1]], n=2000)
    dead = 1e-4 * rng.normal(size=(2000, 8))
    diluted = np.column_stack([active, dead])
    leaking = np.column_stack([active, 1e-4 * dead + active @ rng.normal(size=(2, 8))])
    assert m.mean_abs_correlation(active) == pytest.approx(0.9)
    assert m.mean_abs_correlation(diluted) < 0.05  # looks better
    assert m.det_correlation(leaking) < 1e-10  # looks terrible
    assert m.det_correlation(active) == pytest.approx(0.19)


def test_one_component():
    Z = [[1.0], [2.0], [4.0]]
    np.testing.assert_array_equal(m.correlation_matrix(Z), [[1.0]])
    assert m.det_correlation(Z) == 1
    assert m.total_correlation(Z) == 0
    assert np.isnan(m.mean_abs_correlation(Z))
    assert np.isnan(m.max_abs_correlation(Z))
    assert np.isnan(m.correlation_matrix([[1.0], [1.0]])).all()


def test_too_few_snapshots_for_a_determinant():
    Z = correlated(3, n=4, d=4)
    assert np.isnan(m.det_correlation(Z))
    assert np.isnan(m.det_correlation(Z, absolute=True))
    assert np.isnan(m.total_correlation(Z))
    assert np.isfinite(m.mean_abs_correlation(Z))
    assert np.isfinite(m.det_correlation(correlated(3, n=6, d=4)))


def test_the_input_is_not_modified_and_may_be_of_any_real_type():
    Z = correlated(4)
    Z.flags.writeable = False
    m.total_correlation(Z, bias_correct=True)
    integers = np.array([[1, 1], [2, 3], [3, 2]], dtype=np.uint8)
    assert m.correlation_matrix(integers).dtype == np.float64
    assert m.det_correlation(integers) == pytest.approx(0.75)


# Mistakes


@pytest.mark.parametrize("function", [m.correlation_matrix, *SCALARS])
@pytest.mark.parametrize(
    ("Z", "message"),
    [
        ([1.0, 2.0], r"\(n_snapshots, n_components\), not \(2,\)"),
        (np.ones((3, 0)), "must have shape"),
        ([[1.0, 2.0]], "at least 2 snapshots, but Z has 1"),
        ([[1.0, np.nan], [2.0, 3.0]], r"NaN or infinite values, in component\(s\) \[1\]"),
        ([["a"], ["b"]], "real numbers"),
    ],
)
def test_mistakes_are_named(function, Z, message):
    with pytest.raises(InputError, match=message):
        function(Z)


def test_options_that_do_not_exist_are_named():
    with pytest.raises(InputError, match="no total correlation method 'median'"):
        m.total_correlation(correlated(0), method="median")
    for null in (det_correlation_null, total_correlation_null):
        with pytest.raises(InputError, match="at least 2 snapshots and 1 component, not 1 and 0"):
            null(1, 0)
