"""Cell weights of polar, cylindrical and spherical grids, from the names of their axes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from rom.data.weights import coordinate_weights


def curvilinear_weights(
    axes: Sequence[str], coordinates: Mapping[str, np.ndarray]
) -> tuple[np.ndarray | None, list[str]]:
    """Weights on a grid of r (radius), theta (colatitude) and phi (azimuth), and in words what they
    are.

    The volume element, ``r dr dphi``, ``sin(theta) dtheta dphi`` or ``r^2 sin(theta) dr dtheta
    dphi``, times that of any further axis, with the widths of the trapezoidal rule. None where the
    names or values of the coordinates do not tell.

    >>> centres = {"phi": np.arange(2.0), "r": np.array([0.5, 1.0, 1.5])}
    >>> weights, words = curvilinear_weights(("phi", "r"), centres)
    >>> weights[0], words
    (array([0.5, 1. , 1.5]), ['cell weights: with the volume element r'])
    """
    elements: list[tuple[str, Callable[[np.ndarray], np.ndarray], str]] = []
    if {"theta", "phi"} <= set(axes):
        elements = [("theta", np.sin, "sin(theta)")] + (
            [("r", np.square, "r^2")] if "r" in axes else []
        )
    elif {"r", "phi"} <= set(axes):
        elements = [("r", np.abs, "r")]
    limits = {"theta": np.pi + 1e-3, "r": np.inf}
    usable = all(
        axis in coordinates
        and np.min(coordinates[axis]) >= 0
        and np.max(coordinates[axis]) <= limits[axis]
        for axis, _, _ in elements
    )
    if not elements or not usable:
        return None, [
            f"cell weights: without the volume element of {', '.join(axes)}, which the file does"
            " not tell"
        ]
    shape = tuple(len(coordinates[axis]) for axis in axes)
    widths, words = coordinate_weights(shape, tuple(axes), coordinates, {})
    weights = np.ones(shape) if widths is None else widths
    for axis, function, _ in elements:
        factor = np.maximum(function(np.asarray(coordinates[axis], np.float64)), 0)
        weights = weights * np.expand_dims(
            factor, [i for i, other in enumerate(axes) if other != axis]
        )
    return weights, [
        *words,
        f"cell weights: with the volume element {' '.join(word for _, _, word in elements)}",
    ]
