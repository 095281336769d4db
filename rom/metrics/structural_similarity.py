"""Structural similarity of images (SSIM), with the options of its authors and no others.

Options change the number, and papers seldom state them. Here: a Gaussian window of sigma 1.5 on 11
x 11 pixels, K1 = 0.01, K2 = 0.03, variances of the window without Bessel's correction, the mean
over all pixels that are 5 or more from the edge, and the range of the data as it is given.

References
----------
Wang, Bovik, Sheikh, Simoncelli 2004, Image quality assessment: from error visibility to structural
similarity, IEEE Trans. Image Process. 13, 600.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array

WINDOW, SIGMA, K1, K2 = 11, 1.5, 0.01, 0.03


def ssim(X: ArrayLike, X_hat: ArrayLike, *, data_range: float) -> NDArray[np.float64]:
    """SSIM of images and their reconstructions, image by image.

    Parameters
    ----------
    X, X_hat : array (n_images, height, width), at least 11 x 11 pixels
    data_range : float
        Largest minus smallest value that pixels can have, e.g. 1 or 255.

    Returns
    -------
    array (n_images,)
        1 for equal images, below 1 otherwise; it may be negative.

    Raises
    ------
    InputError
        If the images are too small, or the range is not a positive number.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import ssim
    >>> images = np.random.default_rng(0).random((2, 16, 16))
    >>> ssim(images, images, data_range=1.0).round(12).tolist()
    [1.0, 1.0]
    """
    from scipy.ndimage import correlate1d  # here: importing the package must not load scipy

    x, y = (
        real_array(name, values).astype(np.float64) for name, values in (("X", X), ("X_hat", X_hat))
    )
    if x.shape != y.shape or x.ndim != 3 or min(x.shape[1:]) < WINDOW:
        raise InputError(
            f"X and X_hat must both be images (n_images, height, width) of at least {WINDOW} x"
            f" {WINDOW} pixels, not {x.shape} and {y.shape}"
        )
    if not 0 < data_range < np.inf:
        raise InputError(f"data_range={data_range!r} must be a positive number")
    places = np.arange(WINDOW) - WINDOW // 2
    window = np.exp(-0.5 * np.square(places / SIGMA))
    window /= window.sum()
    inner = slice(WINDOW // 2, -(WINDOW // 2))

    def smooth(images: NDArray[np.float64]) -> NDArray[np.float64]:
        along = correlate1d(images, window, axis=1)[:, inner]
        return np.asarray(correlate1d(along, window, axis=2)[:, :, inner])

    mean_x, mean_y = smooth(x), smooth(y)
    var_x, var_y = smooth(x * x) - mean_x**2, smooth(y * y) - mean_y**2
    covariance = smooth(x * y) - mean_x * mean_y
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    likeness /= (mean_x**2 + mean_y**2 + c1) * (var_x + var_y + c2)
    return np.asarray(likeness.mean(axis=(1, 2)))


def mean_ssim(values: ArrayLike) -> float:
    """The mean of :func:`ssim` over the images."""
    return float(np.asarray(values, dtype=np.float64).mean())
