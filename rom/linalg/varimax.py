"""Varimax: the rotation of modes after which each has few large entries."""

from __future__ import annotations

import numpy as np

#: The rotation has converged when no plane of a sweep is turned by more than this angle.
ANGLE = 1e-7


def varimax(loadings: np.ndarray, max_sweeps: int) -> tuple[np.ndarray, bool]:
    """The rotation R that maximises ``sum_i var_p((R L)_ip^2)``, and whether it has converged.

    Planes are turned one after the other, each to its best angle, which has a closed form. Steps of
    all planes at once may stay where the criterion is stationary but least, as for two modes of
    equal magnitude everywhere.

    Parameters
    ----------
    loadings : (k, p) array, a mode in each row
    max_sweeps : sweeps over all planes

    References
    ----------
    H. Kaiser, "The varimax criterion for analytic rotation in factor analysis", Psychometrika 23,
    1958.

    Examples
    --------
    >>> two = np.array([[1.0, 1.0, 0.0, 0.0], [1.0, -1.0, 0.0, 0.0]]) / np.sqrt(2)
    >>> rotation, converged = varimax(two, 10)
    >>> np.abs(rotation @ two).round(6).tolist(), converged
    ([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0]], True)
    """
    rotated = loadings.astype(np.float64)
    k, p = rotated.shape
    rotation = np.eye(k)
    for _ in range(max_sweeps):
        largest = 0.0
        for i in range(k):
            for j in range(i + 1, k):
                angle = _angle(rotated[i], rotated[j], p)
                largest = max(largest, abs(angle))
                if abs(angle) > ANGLE:
                    c, s = np.cos(angle), np.sin(angle)
                    turn = np.array([[c, s], [-s, c]])
                    rotated[[i, j]] = turn @ rotated[[i, j]]
                    rotation[[i, j]] = turn @ rotation[[i, j]]
        if largest <= ANGLE:
            return rotation, True
    return rotation, False


def _angle(x: np.ndarray, y: np.ndarray, p: int) -> float:
    """By how much to turn a plane: Kaiser's closed form for the largest of the criterion."""
    u, v = x**2 - y**2, 2 * x * y
    a, b = u.sum(), v.sum()
    numerator = 2 * (u @ v) - 2 * a * b / p
    denominator = u @ u - v @ v - (a**2 - b**2) / p
    if np.hypot(numerator, denominator) <= 1e-14 * float(u @ u + v @ v):
        return 0.0  # every angle is as good
    return float(np.arctan2(numerator, denominator)) / 4
