"""Which of two methods is better on data of this kind, and not only on this split of it?

Seeds of one split say how much the training scatters. They say nothing of other training and test
rows: two methods that are equally good on average differ on every split, and enough seeds call
that difference significant. The unit here is the split.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array
from rom.metrics.seeds import Difference

#: Fewer splits say too little of their own scatter: with two, t of one degree of freedom is 12.7.
FEWEST_SPLITS = 3


def resampled_difference(
    a: Sequence[ArrayLike],
    b: Sequence[ArrayLike],
    *,
    n_train: ArrayLike,
    n_test: ArrayLike,
    level: float = 0.95,
) -> Difference:
    """Mean difference a - b over repeated splits, with the corrected variance of Nadeau and Bengio.

    With d_j the difference of the means over the seeds of split j = 1 ... J, and s^2 the variance
    of the d_j (J - 1 in the denominator)::

        variance of the mean = (1/J + n_test/n_train) s^2,    t with J - 1 degrees of freedom

    Splits of one data set share training rows, so that the d_j are correlated, by about
    rho = n_test / (n_test + n_train). Then E s^2 = (1 - rho) v of the variance v of one d_j, and
    the mean has the variance v (1/J + rho (J - 1)/J) = E s^2 (1/J + rho / (1 - rho)), where
    rho / (1 - rho) = n_test / n_train.

    *Several seeds* are averaged within each split first, for each method on its own; they need not
    be as many for both. Of d_j = split_j + seeds_j only the first part is shared by splits; the
    second, of variance u, has fallen by averaging and enters s^2 in full. The truth would be the
    formula less u n_test / n_train: the interval is too wide by that, never too narrow. More
    seeds make it narrower only until the splits are what scatters. Seeds should be others
    in every split: what all splits share does not show in s^2.

    Parameters
    ----------
    a, b : one array (n_seeds,) for each of the J splits, in the same order
        A number of the test set (an error, a correlation). A method without seeds has one number
        in each split.
    n_train, n_test : numbers of rows, or arrays (J,) of them
        Of unequal splits the mean of n_test / n_train counts. Of data sets that share nothing,
        n_test = 0 gives the plain paired t test. Rows that follow each other in time count as
        they are: it is their ratio that matters.
    level : of the interval

    Returns
    -------
    Difference
        `n` is the number of splits. NaN with a reason for fewer than three, or where all
        differences are equal.

    Raises
    ------
    InputError
        If the numbers of splits differ, a split has no seed or one that is not finite, or the
        numbers of rows are not positive.

    References
    ----------
    Nadeau, Bengio 2003, Inference for the generalization error, Mach. Learn. 52, 239.

    Examples
    --------
    Five splits, two seeds of the first method, none of the second:

    >>> from rom.metrics import resampled_difference
    >>> a = [[0.11, 0.13], [0.12, 0.14], [0.10, 0.10], [0.15, 0.13], [0.12, 0.12]]
    >>> found = resampled_difference(a, [[0.2], [0.22], [0.17], [0.2], [0.21]],
    ...                              n_train=160, n_test=40)
    >>> round(found.value, 3), round(found.low, 3), round(found.high, 3), found.n
    (-0.078, -0.102, -0.054, 5)
    """
    from scipy.stats import t  # here: importing the package must not load scipy

    first, second = _means("a", a), _means("b", b)
    if len(first) != len(second):
        raise InputError(
            f"differences need the same splits of both methods, not {len(first)} and {len(second)}"
        )
    ratio = _ratio(n_test, n_train, len(first))
    differences = first - second
    n, mean, nan = len(differences), float(differences.mean()), float("nan")
    if n < FEWEST_SPLITS:
        many = f"{n} split{'s' * (n > 1)}: at least {FEWEST_SPLITS} are needed"
        return Difference(mean, nan, nan, nan, n, many)
    spread = float(differences.std(ddof=1))
    if spread <= 4 * np.finfo(float).eps * max(np.abs(first).max(), np.abs(second).max()):
        return Difference(mean, nan, nan, nan, n, "the difference is the same for every split")
    error = spread * np.sqrt(1 / n + ratio)
    half = float(t.ppf((1 + level) / 2, n - 1) * error)
    return Difference(mean, mean - half, mean + half, float(2 * t.sf(abs(mean) / error, n - 1)), n)


def _means(name: str, splits: Sequence[ArrayLike]) -> NDArray[np.float64]:
    """Of each split the mean over its seeds."""
    found = [np.atleast_1d(real_array(name, seeds).astype(np.float64)) for seeds in splits]
    for j, seeds in enumerate(found):
        if seeds.ndim != 1 or not len(seeds) or not np.isfinite(seeds).all():
            raise InputError(f"{name} must hold finite numbers for split {j}, one for each seed")
    if not found:
        raise InputError(f"{name} has no split")
    return np.array([seeds.mean() for seeds in found])


def _ratio(n_test: ArrayLike, n_train: ArrayLike, splits: int) -> float:
    test, train = np.asarray(n_test, dtype=np.float64), np.asarray(n_train, dtype=np.float64)
    for name, rows, least in (("n_test", test, 0), ("n_train", train, 1)):
        if rows.shape not in ((), (splits,)) or not np.isfinite(rows).all() or (rows < least).any():
            raise InputError(f"{name} must be a number of rows, or one for each of {splits} splits")
    return float((test / train).mean())
