"""SSIM equals scikit-image's with the options of its authors."""

import numpy as np
import pytest

from rom.metrics import ssim

skimage = pytest.importorskip("skimage.metrics")


@pytest.mark.parametrize(("shape", "data_range"), [((28, 28), 1.0), ((11, 40), 255.0)])
def test_equal_to_scikit_image(shape, data_range):
    rng = np.random.default_rng(0)
    X = rng.random((5, *shape)) * data_range
    X_hat = X + rng.normal(size=X.shape) * data_range * np.linspace(0, 0.5, 5)[:, None, None]
    options = {
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
        "data_range": data_range,
    }
    expected = [
        skimage.structural_similarity(x, y, **options) for x, y in zip(X, X_hat, strict=True)
    ]
    np.testing.assert_allclose(ssim(X, X_hat, data_range=data_range), expected, rtol=1e-10)
