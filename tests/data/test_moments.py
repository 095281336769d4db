"""Mean and variance in one pass: exact for every partition into blocks, stable for large values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rom.data.moments import Moments


@given(
    cuts=st.sets(st.integers(1, 59)), dtype=st.sampled_from(["f4", "f8"]), seed=st.integers(0, 99)
)
@settings(deadline=None, max_examples=40)
def test_any_partition_gives_the_mean_and_variance(cuts, dtype, seed):
    X = (np.random.default_rng(seed).normal(3, 2, size=(60, 5)) * [1, 10, 1e-3, 1e5, 1]).astype(
        dtype
    )
    moments = Moments.of(np.split(X, sorted(cuts)))
    assert moments.n == 60
    np.testing.assert_allclose(moments.mean, X.mean(axis=0, dtype=float), rtol=1e-13)
    np.testing.assert_allclose(moments.variance, X.var(axis=0, dtype=float), rtol=1e-12)


def test_a_mean_that_is_large_beside_the_fluctuations_does_not_cancel():
    X = np.random.default_rng(0).normal(size=(10_000, 3))
    moments = Moments.of(np.array_split(X + 1e8, 7))
    np.testing.assert_allclose(moments.variance, (X + 1e8).var(axis=0), rtol=1e-9)


def test_an_outlier_as_the_first_row_costs_few_digits():
    X = np.random.default_rng(0).normal(size=(10_000, 3))
    X[0] = 1e6
    np.testing.assert_allclose(Moments.of([X]).variance, X.var(axis=0), rtol=1e-8)


@pytest.mark.parametrize("value", [0.1, 1e300, -3e-200])
def test_what_never_changes_has_variance_zero_exactly(value):
    assert Moments.of([np.full((7, 2), value), np.full((3, 2), value)]).variance.tolist() == [0, 0]
