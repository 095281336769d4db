"""How many modes to keep: the one place where count, energy and tolerance are turned into a
rank.
"""

from __future__ import annotations

from numbers import Integral, Real

import numpy as np

from rom.errors import InputError

#: A share of the energy that is not told from rounding.
ROUNDING = 1e-12


def choose_rank(
    singular_values: np.ndarray,
    total_energy: float,
    n_components: int | float | None,
    tolerance: float | None = None,
    *,
    resolution: float = 0.0,
) -> int:
    """The number of modes to keep.

    Parameters
    ----------
    singular_values : (r,) array, decreasing
    total_energy : float
        ``sum sigma^2`` over all modes, kept or not.
    n_components : int, float in (0, 1) or None
        int: that many. float: the smallest k with ``sum_(i<=k) sigma_i^2 / total >= n_components``.
        None: all with ``sigma_i > resolution sigma_1`` (at least one).
    tolerance : float in (0, 1), optional
        The smallest k with ``sqrt(1 - sum_(i<=k) sigma_i^2 / total) <= tolerance``: the relative
        error of the projection of the data of the fit. Only with ``n_components=None``.

    resolution : float, default 0
        What the solver and the type of the data cannot resolve, relative to ``sigma_1``.

    Raises
    ------
    InputError
        If the wish cannot be met or two are given.

    Examples
    --------
    >>> import numpy as np
    >>> sigma = np.array([3.0, 2.0, 1.0])
    >>> choose_rank(sigma, 14.0, 0.9), choose_rank(sigma, 14.0, None)
    (2, 3)
    >>> choose_rank(sigma, 14.0, None, 0.3)
    2
    """
    available = len(singular_values)
    if tolerance is not None:
        if n_components is not None:
            raise InputError("give n_components or tolerance, not both")
        if not 0 < tolerance < 1:
            raise InputError(f"tolerance={tolerance!r} must lie in (0, 1)")
        # what is left after k modes, summed from the small end: 1 - tolerance^2 would be rounded to
        # 1
        left = np.append(np.cumsum(singular_values[::-1] ** 2)[::-1][1:], 0.0)
        # of a spectrum that was not computed to its end, the rest counts too
        rest = total_energy - float(np.sum(singular_values**2))
        left += rest if rest > ROUNDING * total_energy else 0.0
        enough = left <= tolerance**2 * total_energy
        return int(np.argmax(enough)) + 1 if enough.any() else available
    if n_components is None:
        return max(1, int(np.sum(singular_values > resolution * singular_values[0])))
    if isinstance(n_components, Integral) and not isinstance(n_components, bool):
        if not 1 <= n_components <= available:
            raise InputError(
                f"n_components={n_components} must be between 1 and min(n_samples,"
                f" n_features)={available}"
            )
        return int(n_components)
    if isinstance(n_components, Real) and 0 < n_components < 1:
        return _smallest(singular_values, total_energy, float(n_components))
    raise InputError(
        f"n_components={n_components!r} must be an int, a float in (0, 1) (energy fraction) or None"
    )


def _smallest(singular_values: np.ndarray, total_energy: float, fraction: float) -> int:
    if not total_energy > 0:
        return 1
    cumulative = np.cumsum(singular_values**2) / total_energy
    return min(int(np.searchsorted(cumulative, fraction)) + 1, len(singular_values))
