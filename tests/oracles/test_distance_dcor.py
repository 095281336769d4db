"""Distance correlation against the package dcor (extra ``oracle``)."""

import numpy as np
import pytest

from rom.metrics import distance_correlation

dcor = pytest.importorskip("dcor")


@pytest.mark.parametrize("n", [5, 60, 501])
def test_every_pair_equals_dcor(n):
    rng = np.random.default_rng(n)
    Z = rng.normal(size=(n, 4))
    Z[:, 1] = Z[:, 0] ** 2 + 0.1 * Z[:, 1]
    Z[:, 2] = np.exp(3 * Z[:, 2])
    Z[:, 3] = np.round(Z[:, 3] + Z[:, 0])  # ties
    ours = distance_correlation(Z)
    squares = np.sign(ours) * ours**2
    for i in range(4):
        for j in range(i):
            assert squares[i, j] == pytest.approx(
                dcor.u_distance_correlation_sqr(Z[:, i], Z[:, j]), abs=1e-12
            )


def test_the_circle_of_1500_points():
    angle = 2 * np.pi * np.arange(1500) / 1500
    Z = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    assert distance_correlation(Z)[0, 1] == pytest.approx(
        np.sqrt(dcor.u_distance_correlation_sqr(*Z.T)), abs=1e-12
    )
    assert dcor.distance_correlation(*Z.T) == pytest.approx(0.1965, abs=5e-5)
