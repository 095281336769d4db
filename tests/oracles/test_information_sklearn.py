"""Mutual information against scikit-learn's estimator, on columns that are Gaussian by their ranks
as ours are.
"""

import numpy as np
import pytest
from sklearn.feature_selection import mutual_info_regression

from rom.metrics import mutual_information
from rom.metrics.ranks import rank_gaussianise


@pytest.mark.parametrize("neighbours", [3, 5, 10])
def test_every_pair_equals_scikit_learn(neighbours):
    rng = np.random.default_rng(0)
    Z = rng.normal(size=(800, 4)) @ rng.normal(size=(4, 4))
    Z[:, 3] = np.exp(Z[:, 3]) + Z[:, 0] ** 2
    ours, scores = mutual_information(Z, neighbours=neighbours), rank_gaussianise(Z)
    for j in range(4):
        others = [i for i in range(4) if i != j]
        theirs = mutual_info_regression(
            scores[:, others], scores[:, j], n_neighbors=neighbours, random_state=0
        )
        # it adds noise of 1e-10 and does not go below zero
        np.testing.assert_allclose(np.maximum(ours[others, j], 0), theirs, atol=2e-4)
