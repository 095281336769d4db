"""POD against scikit-learn's PCA, closed forms and published numbers."""

import os

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

import rom
from rom.data.catalog import find_card, locate
from rom.metrics import energy_captured

MNIST_RATIOS = [
    0.09704664,
    0.07095924,
    0.06169089,
    0.05389419,
    0.04868797,
    0.04312231,
    0.0327193,
    0.02883895,
]
MNIST_ERRORS = {2: 0.055669, 4: 0.047903, 8: 0.037441, 16: 0.026860, 32: 0.016828, 64: 0.009049}


@pytest.mark.parametrize("solver", ["svd", "gram"])
@pytest.mark.parametrize("rows", [1797, 40], ids=["covariance side", "snapshot side"])
def test_equals_pca_up_to_sign(solver, rows):
    X = load_digits().data[:rows]
    k = 20
    pod, pca = rom.POD(k, solver=solver).fit(X), PCA(k, svd_solver="full").fit(X)
    signs = np.sign(np.sum(pod.components_ * pca.components_, axis=1))[:, None]
    np.testing.assert_allclose(pod.components_, signs * pca.components_, atol=1e-10)
    np.testing.assert_allclose(
        pod.explained_variance_ratio_, pca.explained_variance_ratio_, atol=1e-12
    )
    np.testing.assert_allclose(pod.singular_values_, pca.singular_values_, rtol=1e-10)
    np.testing.assert_allclose(pod.transform(X), pca.transform(X) * signs.T, atol=1e-10)


@pytest.mark.parametrize("solver", ["svd", "gram"])
def test_float32_rows_lose_only_float32_rounding(solver):
    X = load_digits().data.astype(np.float32)
    pod, pca = rom.POD(10, solver=solver).fit(X), PCA(10, svd_solver="full").fit(X.astype(float))
    assert pod.components_.dtype == np.float32
    np.testing.assert_allclose(pod.singular_values_, pca.singular_values_, rtol=1e-9)


def test_energy_on_the_data_of_the_fit_is_the_sum_of_the_ratios():
    X = load_digits().data
    pod = rom.POD(7).fit(X)
    captured = energy_captured(X, pod.inverse_transform(pod.transform(X)), reference=X.mean(axis=0))
    assert captured == pytest.approx(pod.explained_variance_ratio_.sum(), abs=1e-12)


needs_mnist = pytest.mark.skipif(
    "ROM_DATA" not in os.environ or None in locate(find_card("mnist")),
    reason="set ROM_DATA to a folder with mnist/",
)


@needs_mnist
def test_published_mnist_numbers():
    """Explained variance of the 60,000 training images and the errors on the 10,000 test images."""
    mnist = rom.open_snapshots("mnist")
    train, test = (mnist.select(mnist.own_split[part]) for part in ("train", "test"))
    pod = rom.POD(64).fit(train)
    np.testing.assert_allclose(pod.explained_variance_ratio_[:8], MNIST_RATIOS, atol=1e-6)
    images = test[:].astype(float)
    Z = pod.transform(images)
    for k, published in MNIST_ERRORS.items():
        Z_k = np.where(np.arange(64) < k, Z, 0)
        error = np.mean((images - pod.inverse_transform(Z_k)) ** 2)
        assert error == pytest.approx(published, abs=5e-5), k
