"""Cell weights from the coordinates of a rectilinear grid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

UNIFORM = 1e-3  # relative differences of spacings that are still called uniform
ROUNDING = 4 * float(
    np.finfo(np.float32).eps
)  # and differences that coordinates in single precision have
LATITUDE_NAMES = ("lat", "latitude")
#: Units of latitude, CF conventions, section 4.1.
LATITUDE_UNITS = ("degrees_north", "degree_north", "degree_n", "degrees_n", "degreen", "degreesn")


def is_uniform(x: np.ndarray) -> bool:
    """Whether coordinates are equidistant, up to the rounding that single precision leaves.

    >>> is_uniform(np.arange(5) / 10), is_uniform(np.array([0.0, 1.0, 3.0]))
    (True, False)
    """
    steps = np.diff(x)
    if len(steps) < 2:
        return True
    return bool(np.ptp(steps) <= UNIFORM * np.abs(steps).mean() + ROUNDING * np.abs(x).max())


def coordinate_weights(
    grid_shape: tuple[int, ...],
    axes: tuple[str, ...],
    coordinates: Mapping[str, np.ndarray],
    units: Mapping[str, str],
) -> tuple[np.ndarray | None, list[str]]:
    """Weights on the grid, the product of weights along its axes, and in words what they are.

    Along an axis with non-uniform coordinates x the weights are those of the trapezoidal rule, half
    of ``x_(i+1) - x_(i-1)`` and at the ends half of the only interval; along latitude they are
    multiplied by its cosine; along every other axis they are equal. None where all are equal.

    >>> weights, words = coordinate_weights((3,), ("y",), {"y": np.array([0.0, 1.0, 3.0])}, {})
    >>> weights, words
    (array([0.5, 1.5, 1. ]), ['cell weights: trapezoidal rule along y'])
    """
    factors, words = [], []
    for axis, n in zip(axes, grid_shape, strict=True):
        factor = np.ones(n)
        x = np.asarray(coordinates.get(axis, np.arange(n)), dtype=np.float64)
        steps = np.diff(x)
        if not np.isfinite(x).all() or not (np.all(steps > 0) or np.all(steps < 0)):
            words.append(
                f"coordinates along {axis} neither rise nor fall steadily: no cell weights from"
                " them"
            )
        else:
            if not is_uniform(x):
                factor = np.abs(np.concatenate([steps[:1], x[2:] - x[:-2], steps[-1:]])) / 2
                words.append(f"cell weights: trapezoidal rule along {axis}")
            if axis in coordinates and _is_latitude(axis, units.get(axis, "")):
                factor = factor * np.maximum(
                    np.cos(x if "rad" in units.get(axis, "") else np.deg2rad(x)), 0
                )
                words.append(f"cell weights: cosine of {axis}")
        factors.append(factor)
    if all(np.ptp(factor) == 0 for factor in factors):
        return None, words
    weights = np.ones(())
    for factor in factors:
        weights = weights[..., None] * factor
    return weights, words


def _is_latitude(axis: str, unit: str) -> bool:
    return axis.lower() in LATITUDE_NAMES or unit.lower() in LATITUDE_UNITS
