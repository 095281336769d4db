"""Intrinsic dimension against the package scikit-dimension (extra ``oracle``)."""

import numpy as np
import pytest

from rom.metrics import intrinsic_dimension

estimators = pytest.importorskip("skdim").id


@pytest.mark.parametrize("d", [1, 3, 6])
def test_two_neighbours_equal_theirs(d):
    rng = np.random.default_rng(d)
    Z = rng.uniform(size=(600, d)) @ rng.normal(size=(d, 10))
    assert intrinsic_dimension(Z).two_neighbours == pytest.approx(
        estimators.TwoNN().fit(Z).dimension_, rel=1e-6
    )


def test_many_neighbours_equal_theirs():
    Z = np.random.default_rng(0).uniform(size=(600, 3))
    theirs = estimators.MLE(K=20, unbiased=False).fit(Z, n_neighbors=20)
    ours = 1 / np.mean(1 / np.asarray(theirs.dimension_pw_))
    assert intrinsic_dimension(Z).many_neighbours == pytest.approx(ours, rel=1e-6)
