"""SSIM against a slower form, window by window."""

import numpy as np
import pytest

from rom.errors import InputError
from rom.metrics import ssim
from rom.metrics.structural_similarity import mean_ssim

RNG = np.random.default_rng(1)
X = RNG.random((3, 13, 14))
X_HAT = np.clip(X + 0.2 * RNG.normal(size=X.shape), 0, 1)


def window_by_window(x, y, data_range):
    weights = np.exp(-np.add.outer(np.arange(-5, 6) ** 2, np.arange(-5, 6) ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    found = []
    for i in range(x.shape[0] - 10):
        for j in range(x.shape[1] - 10):
            a, b = x[i : i + 11, j : j + 11], y[i : i + 11, j : j + 11]
            ma, mb = (weights * a).sum(), (weights * b).sum()
            va, vb = (weights * (a - ma) ** 2).sum(), (weights * (b - mb) ** 2).sum()
            cov = (weights * (a - ma) * (b - mb)).sum()
            found.append(
                (2 * ma * mb + c1) * (2 * cov + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2))
            )
    return np.mean(found)


@pytest.mark.parametrize("data_range", [1.0, 2.0])
def test_window_by_window(data_range):
    expected = [window_by_window(x, y, data_range) for x, y in zip(X, X_HAT, strict=True)]
    found = ssim(X, X_HAT, data_range=data_range)
    np.testing.assert_allclose(found, expected, rtol=1e-10)
    assert mean_ssim(found) == pytest.approx(np.mean(expected))


def test_the_range_changes_the_number_and_units_do_not():
    assert (ssim(X, X_HAT, data_range=2.0) > ssim(X, X_HAT, data_range=1.0)).all()
    np.testing.assert_allclose(
        ssim(255 * X, 255 * X_HAT, data_range=255.0), ssim(X, X_HAT, data_range=1.0)
    )
    assert (ssim(X, 1 - X, data_range=1.0) < 0).all()


@pytest.mark.parametrize(
    ("shape", "data_range"), [((3, 10, 14), 1.0), ((3, 200), 1.0), ((3, 12, 12), 0.0)]
)
def test_what_is_no_image_is_refused(shape, data_range):
    with pytest.raises(InputError):
        ssim(np.zeros(shape), np.zeros(shape), data_range=data_range)
