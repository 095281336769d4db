"""NRMSE and VRMSE against The Well's formulas written out for one field, and their traps."""

import numpy as np
import pytest

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.spatial import (
    SpatialMoments,
    nrmse_per_variable,
    spatial_moments,
    vrmse_per_variable,
)
from rom.metrics.sums import squared_errors

RNG = np.random.default_rng(3)
FIELDS = RNG.normal(size=(9, 2, 5, 6)) * [[[2.0]], [[0.1]]] + [
    [[0.0]],
    [[1e4]],
]  # n, variable, y, x
DECODED = FIELDS + 0.05 * RNG.normal(size=FIELDS.shape)
OPTIONS = {"variable_index": np.repeat([0, 1], 30), "n_variables": 2}


def both(X, X_hat, **options):
    X, X_hat = X.reshape(len(X), -1), X_hat.reshape(len(X), -1)
    return squared_errors(X, X_hat, **options), spatial_moments(X, **options)


def test_the_formulas_of_the_well():
    found = both(FIELDS, DECODED, **OPTIONS)
    mse = np.square(FIELDS - DECODED).mean(axis=(2, 3))
    by_norm = np.sqrt(mse / (np.square(FIELDS).mean(axis=(2, 3)) + 1e-7)).mean(axis=0)
    by_variance = np.sqrt(mse / (FIELDS.std(axis=(2, 3), ddof=1) ** 2 + 1e-7)).mean(axis=0)
    np.testing.assert_allclose(list(nrmse_per_variable(*found).values()), by_norm, rtol=1e-9)
    np.testing.assert_allclose(list(vrmse_per_variable(*found).values()), by_variance, rtol=1e-9)
    assert m.nrmse(*found) == pytest.approx(by_norm.mean(), rel=1e-9)
    assert m.vrmse(*found) == pytest.approx(by_variance.mean(), rel=1e-9)


def test_blocks_are_as_good_as_the_whole():
    X = FIELDS.reshape(9, -1)
    parts = [spatial_moments(X[start : start + 2], **OPTIONS) for start in range(0, 9, 2)]
    joined, whole = SpatialMoments.concatenate(parts), spatial_moments(X, **OPTIONS)
    np.testing.assert_allclose(joined.variance, whole.variance, rtol=1e-12)
    np.testing.assert_allclose(joined.mean_square, whole.mean_square, rtol=1e-12)


def test_equal_weights_are_none_and_a_weight_of_two_is_a_cell_twice():
    X = RNG.normal(size=(4, 6))
    w = np.array([2.0, 1, 1, 1, 1, 1])
    twice = np.column_stack([X, X[:, 0]])
    weighted, plain = spatial_moments(X, weights=w), spatial_moments(twice)
    np.testing.assert_allclose(weighted.mean_square, plain.mean_square)
    np.testing.assert_allclose(weighted.variance * 5 / 6, plain.variance * 6 / 7)
    np.testing.assert_allclose(
        spatial_moments(X, weights=np.full(6, 3.0)).variance, X.var(axis=1, ddof=1)[:, None]
    )


def test_masked_cells_do_not_count():
    X = RNG.normal(size=(4, 6))
    holes = np.column_stack([X, np.full(4, np.nan)])
    moments = spatial_moments(holes, weights=[1, 1, 1, 1, 1, 1, 0])
    np.testing.assert_allclose(moments.variance[:, 0], X.var(axis=1, ddof=1))


def test_a_variable_of_one_cell_has_no_variance_in_space():
    X = RNG.normal(size=(4, 3))
    found = both(X, X + 0.1, variable_index=[0, 0, 1], n_variables=2)
    assert np.isnan(vrmse_per_variable(*found)["1"])
    assert np.isnan(m.vrmse(*found))
    assert np.isfinite(m.nrmse(*found))


def test_the_mean_in_time_is_a_good_prediction_where_it_carries_the_variance_in_space():
    """The trap: a value near 0 for a model that has learnt nothing; its relative error is 1."""
    steady = 10 * np.sin(np.linspace(0, 6, 50))
    X = steady + 0.1 * RNG.normal(size=(30, 50))
    mean = np.broadcast_to(X.mean(axis=0), X.shape)
    assert m.vrmse(*both(X, mean)) < 0.02
    assert m.relative_error(X, mean, reference=X.mean(axis=0)) == 1


def test_other_rows_are_refused():
    X = RNG.normal(size=(4, 3))
    with pytest.raises(InputError, match="do not fit"):
        m.nrmse(squared_errors(X, X), spatial_moments(X[:3]))
    with pytest.raises(InputError, match="shape"):
        spatial_moments(X[0])
