"""Reconstruction metrics against identities that hold for every data set, and against POD."""

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.reconstruction import (
    energy_captured_per_snapshot,
    energy_captured_per_variable,
    energy_captured_snapshot_mean,
    energy_captured_snapshot_quantiles,
    mean_squared_error,
    pooled_energy_captured,
    pooled_relative_error,
    relative_error_per_variable,
    rmse_per_variable,
)
from rom.metrics.sums import SquaredErrors, squared_errors

SHAPE = (7, 6)
FIELDS = hnp.arrays(np.float64, SHAPE, elements=st.floats(-100, 100).map(lambda x: round(x, 3)))
VARIABLES = {"variable_index": [0, 0, 1, 1, 1, 2], "n_variables": 3}


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def data(rng):
    """Snapshots with a mean, a reconstruction that is a little off, the mean and uneven weights."""
    X = rng.normal(size=(40, 12)) * np.linspace(3, 0.1, 12) + 5
    return X, X + 0.3 * rng.normal(size=X.shape), X.mean(axis=0), rng.uniform(0.5, 2, 12)


def all_numbers(errors):
    """Every number that follows from the sums, flat."""
    numbers = [
        pooled_energy_captured(errors),
        pooled_relative_error(errors),
        mean_squared_error(errors),
    ]
    numbers += [energy_captured_snapshot_mean(errors), *energy_captured_per_snapshot(errors)]
    for function in (
        energy_captured_per_variable,
        relative_error_per_variable,
        rmse_per_variable,
        energy_captured_snapshot_quantiles,
    ):
        numbers += function(errors).values()
    return np.array(numbers)


# What the numbers mean


def test_a_perfect_model_has_no_error_and_all_energy(data):
    X, _, mean, weights = data
    errors = squared_errors(X, X, reference=mean, weights=weights)
    assert m.relative_error(X, X, reference=mean, weights=weights) == 0
    assert m.energy_captured(X, X, reference=mean, weights=weights) == 1
    assert mean_squared_error(errors) == 0
    assert rmse_per_variable(errors) == relative_error_per_variable(errors) == {"0": 0}
    assert energy_captured_per_variable(errors) == {"0": 1}
    assert energy_captured_snapshot_mean(errors) == 1
    assert set(energy_captured_snapshot_quantiles(errors).values()) == {1}
    assert (energy_captured_per_snapshot(errors) == 1).all()


def test_predicting_the_training_mean_captures_nothing_on_any_split(data):
    X, _, _, weights = data
    train, test = X[:30], X[30:]
    for rows in (train, test):
        mean_model = np.broadcast_to(train.mean(axis=0), rows.shape)
        errors = squared_errors(rows, mean_model, reference=train.mean(axis=0), weights=weights)
        assert pooled_energy_captured(errors) == energy_captured_snapshot_mean(errors) == 0
        assert pooled_relative_error(errors) == 1


def test_worse_than_the_mean_is_negative_and_not_clipped(data):
    X, _, mean, _ = data
    assert m.energy_captured(X, 3 * mean - 2 * X, reference=mean) == pytest.approx(1 - 9)


@given(X=FIELDS, X_hat=FIELDS)
def test_energy_is_one_minus_the_squared_relative_error(X, X_hat):
    error = m.relative_error(X, X_hat)
    expected = pytest.approx(1 - error**2, rel=1e-12, abs=1e-12, nan_ok=True)
    assert m.energy_captured(X, X_hat) == expected
    if X.any():
        assert error == pytest.approx(np.linalg.norm(X - X_hat) / np.linalg.norm(X), rel=1e-12)


def test_a_large_mean_left_in_flatters(data):
    X, X_hat, mean, _ = data
    assert m.energy_captured(X, X_hat) > m.energy_captured(X, X_hat, reference=mean)


def test_pooled_and_snapshot_mean_differ_on_bursty_data(rng):
    amplitude = np.exp(2 * rng.normal(size=(200, 1)))  # few bursts carry nearly all the energy
    X = amplitude * rng.normal(size=(200, 30))
    errors = squared_errors(X, X + 0.5 * rng.normal(size=X.shape))
    assert pooled_energy_captured(errors) > 0.99
    assert energy_captured_snapshot_mean(errors) < 0


def test_quantiles_are_those_of_the_snapshots(data):
    X, X_hat, mean, _ = data
    errors = squared_errors(X, X_hat, reference=mean)
    each = 1 - ((X - X_hat) ** 2).sum(axis=1) / ((X - mean) ** 2).sum(axis=1)
    np.testing.assert_allclose(energy_captured_per_snapshot(errors), each)
    assert energy_captured_snapshot_mean(errors) == pytest.approx(each.mean())
    quantiles = energy_captured_snapshot_quantiles(errors)
    assert quantiles["median"] == pytest.approx(np.median(each))
    assert quantiles["p05"] == pytest.approx(np.percentile(each, 5))
    assert quantiles["worst"] == pytest.approx(each.min())


def test_snapshots_without_energy_are_left_out():
    X = np.array([[1.0], [0.0], [1e-9], [2.0]])
    errors = squared_errors(X, np.array([[1.0], [1.0], [1.0], [0.0]]))
    np.testing.assert_array_equal(energy_captured_per_snapshot(errors), [1, np.nan, np.nan, 0])
    assert energy_captured_snapshot_mean(errors) == 0.5
    assert energy_captured_snapshot_quantiles(errors)["worst"] == 0


# POD


@pytest.mark.parametrize("weighted", [False, True])
def test_pod_captures_the_cumulative_fraction_of_squared_singular_values(data, weighted):
    X, _, mean, weights = data
    root = np.sqrt(weights) if weighted else np.ones(12)
    U, s, Vt = np.linalg.svd((X - mean) * root, full_matrices=False)
    for k in range(13):
        X_hat = mean + (U[:, :k] * s[:k]) @ Vt[:k] / root
        energy = m.energy_captured(X, X_hat, reference=mean, weights=root**2)
        assert energy == pytest.approx((s[:k] ** 2).sum() / (s**2).sum(), abs=1e-12)


# Variables, scales, weights


def test_numbers_per_variable_in_their_own_units():
    X = np.array([[3.0, 1.0, 10.0, 10.0], [4.0, 1.0, 20.0, 10.0]])
    X_hat = np.array([[3.0, 0.0, 10.0, 10.0], [4.0, 0.0, 10.0, 10.0]])
    names = ["u", "p"]
    errors = squared_errors(X, X_hat, variable_index=[0, 0, 1, 1], n_variables=2, names=names)
    assert errors.cells.tolist() == [2, 2]
    assert rmse_per_variable(errors) == pytest.approx({"u": np.sqrt(2 / 4), "p": np.sqrt(100 / 4)})
    assert energy_captured_per_variable(errors) == pytest.approx(
        {"u": 1 - 2 / 27, "p": 1 - 100 / 700}
    )
    expected = {"u": np.sqrt(2 / 27), "p": np.sqrt(100 / 700)}
    assert relative_error_per_variable(errors) == pytest.approx(expected)
    assert mean_squared_error(errors) == pytest.approx(102 / 8)


def test_scales_make_variables_of_different_units_add_up(data):
    X, X_hat, mean, weights = data
    unit = np.repeat([1.0, 1e5, 1e-3], 4)  # the same fields in other units
    options = {"variable_index": np.repeat([0, 1, 2], 4), "n_variables": 3, "weights": weights}
    plain = squared_errors(X, X_hat, reference=mean, **options)
    other = squared_errors(
        X * unit, X_hat * unit, reference=mean * unit, scales=unit[::4], **options
    )
    assert pooled_energy_captured(other) == pytest.approx(pooled_energy_captured(plain))
    assert mean_squared_error(other) == pytest.approx(mean_squared_error(plain))
    assert energy_captured_snapshot_mean(other) == pytest.approx(
        energy_captured_snapshot_mean(plain)
    )
    assert energy_captured_per_variable(other) == pytest.approx(energy_captured_per_variable(plain))
    rmse, rmse_plain = rmse_per_variable(other), rmse_per_variable(plain)
    assert rmse["1"] == pytest.approx(1e5 * rmse_plain["1"])


def test_one_cell_counted_twice_with_half_its_weight_changes_nothing(data):
    X, X_hat, mean, weights = data
    twice = [0, 0, *range(1, 12)]
    halved = weights[twice]
    halved[:2] /= 2
    index = np.repeat([0, 1], 6)
    plain = squared_errors(
        X, X_hat, reference=mean, weights=weights, variable_index=index, n_variables=2
    )
    doubled = squared_errors(
        X[:, twice],
        X_hat[:, twice],
        reference=mean[twice],
        weights=halved,
        variable_index=index[twice],
        n_variables=2,
    )
    np.testing.assert_allclose(all_numbers(doubled), all_numbers(plain), rtol=1e-12)


def test_features_of_weight_zero_are_excluded_even_if_not_a_number(data):
    X, X_hat, mean, weights = data
    keep = np.arange(12) != 4
    masked, weights = X.copy(), np.where(keep, weights, 0)
    masked[:, 4] = np.nan
    whole = squared_errors(masked, X_hat, reference=mean, weights=weights)
    without = squared_errors(
        X[:, keep], X_hat[:, keep], reference=mean[keep], weights=weights[keep]
    )
    np.testing.assert_allclose(all_numbers(whole), all_numbers(without), rtol=1e-12)


@given(X=FIELDS, X_hat=FIELDS, sizes=st.lists(st.integers(1, 3), min_size=7, max_size=7))
def test_blocks_of_any_size_concatenated_are_all_at_once(X, X_hat, sizes):
    edges = np.minimum(np.cumsum([0, *sizes]), len(X))
    blocks = [
        squared_errors(X[a:b], X_hat[a:b], reference=1.5, scales=[1, 2, 3], **VARIABLES)
        for a, b in pairwise(edges)
        if b > a
    ]
    joined = SquaredErrors.concatenate(blocks)
    whole = squared_errors(X, X_hat, reference=1.5, scales=[1, 2, 3], **VARIABLES)
    assert joined.n_snapshots == len(X)
    np.testing.assert_allclose(all_numbers(joined), all_numbers(whole), rtol=1e-9, atol=1e-12)


# Forms of input


def test_grids_are_flattened(data):
    X, X_hat, mean, weights = data
    grid = (3, 4)
    energy = m.energy_captured(
        X.reshape(-1, *grid),
        X_hat.reshape(-1, *grid),
        reference=mean.reshape(grid),
        weights=weights.reshape(grid),
    )
    assert energy == m.energy_captured(X, X_hat, reference=mean, weights=weights)
    kept_axis = m.energy_captured(X, X_hat, reference=mean[None], weights=weights)
    assert kept_axis == energy
    assert m.relative_error([3, 4], [3, 1]) == 0.6  # one value per snapshot


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.int64, np.bool_])
def test_arithmetic_is_in_float64_whatever_comes_in(dtype):
    X, X_hat = np.array([[0, 1, 250]]).astype(dtype), np.array([[1, 0, 255]]).astype(dtype)
    errors = squared_errors(X, X_hat)
    assert errors.error.dtype == np.float64
    assert errors.error[0, 0] == ((X.astype(float) - X_hat.astype(float)) ** 2).sum()


def test_inputs_are_not_modified(data):
    copies = [array.copy() for array in data]
    X, X_hat, mean, weights = data
    for array in data:
        array.flags.writeable = False
    m.energy_captured(X, X_hat, reference=mean, weights=weights)
    for array, copy in zip(data, copies, strict=True):
        np.testing.assert_array_equal(array, copy)


def test_no_energy_gives_nan_without_a_warning():
    X = np.ones((3, 2))
    for X_hat in (X, X + 1):
        assert np.isnan(m.relative_error(X, X_hat, reference=1.0))
        assert np.isnan(m.energy_captured(X, X_hat, reference=1.0))
        errors = squared_errors(X, X_hat, reference=1.0, variable_index=[0, 0], n_variables=2)
        assert np.isnan([*energy_captured_per_variable(errors).values()]).all()
        assert np.isnan(energy_captured_snapshot_mean(errors))
        assert np.isnan([*energy_captured_snapshot_quantiles(errors).values()]).all()
        assert np.isnan(rmse_per_variable(errors)["1"])  # a variable without cells


# Mistakes

ONES = np.ones((2, 3))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((ONES, ONES[:, :2]), {}, r"one shape, not \(2, 3\) and \(2, 2\)"),
        ((ONES, ONES[0]), {}, "one shape"),
        ((ONES[:0], ONES[:0]), {}, "must have shape"),
        ((1.0, 1.0), {}, "must have shape"),
        ((ONES * np.nan, ONES), {}, "^X contains NaN"),
        ((ONES, ONES * np.inf), {}, "^X_hat contains NaN"),
        ((ONES, ONES), {"reference": [0, np.nan, 0]}, "^reference contains NaN"),
        ((ONES * 1e200, ONES), {}, "overflow"),
        ((ONES * 1j, ONES), {}, "complex128"),
        (([["a"]], [["b"]]), {}, "real numbers"),
        (([[1.0], [1.0, 2.0]], ONES), {}, "rectangular"),
        ((np.ma.masked_less(ONES, 0), ONES), {}, "masked array"),
        ((ONES, ONES), {"reference": [1.0, 2.0]}, "reference must hold one value for each of 3"),
        ((ONES, ONES), {"reference": ONES}, "reference must hold one value"),
        ((ONES, ONES), {"weights": 2.0}, "weights must hold one value"),
        ((ONES, ONES), {"weights": [1, -1, 1]}, "not negative"),
        ((ONES, ONES), {"weights": [0, 0, 0]}, "at least one must be positive"),
        ((ONES, ONES), {"weights": [1, 1, np.nan]}, "finite"),
        (
            (ONES, ONES),
            {"variable_index": [0, 1, 2], "n_variables": 2},
            "from 0 to n_variables - 1 = 1",
        ),
        ((ONES, ONES), {"variable_index": [0, 0, -1]}, "from 0 to"),
        ((ONES, ONES), {"variable_index": [0.0, 0.0, 0.0]}, "integers"),
        ((ONES, ONES), {"n_variables": 0}, "at least 1"),
        ((ONES, ONES), {"scales": [0.0]}, "positive and finite"),
        ((ONES, ONES), {"scales": [1.0, 2.0]}, "scales must hold one entry for each of 1"),
        ((ONES, ONES), {"names": ["u", "v"]}, "names must hold one entry"),
    ],
)
def test_mistakes_are_named(arguments, options, message):
    with pytest.raises(InputError, match=message):
        squared_errors(*arguments, **options)


def test_blocks_that_do_not_belong_together_are_refused():
    block = squared_errors(ONES, ONES)
    with pytest.raises(InputError, match="no blocks"):
        SquaredErrors.concatenate([])
    for options in ({"scales": [2.0]}, {"weights": [1, 1, 2]}, {"names": ["u"]}):
        with pytest.raises(InputError, match="different weights, variables or scales"):
            SquaredErrors.concatenate([block, squared_errors(ONES, ONES, **options)])
    with pytest.raises(InputError, match="must both have shape"):
        SquaredErrors(np.ones((2, 1)), np.ones((3, 1)), np.ones(1), np.ones(1))


# The package


def test_every_public_name_exists_and_is_documented():
    assert len(set(m.__all__)) == len(m.__all__)
    assert all(getattr(m, name).__doc__ for name in m.__all__)


def test_importing_the_metrics_loads_no_heavy_library():
    heavy = "{'scipy', 'sklearn', 'torch', 'matplotlib', 'pandas'}"
    code = f"import sys, rom.metrics; sys.exit(', '.join({heavy} & set(sys.modules)) or None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
