"""The scale in which the interval of each measure of dependence is made.

An interval ``value ± t se`` needs a scale in which the measure scatters evenly, wherever it lies:
for a correlation r that of Fisher, artanh r; for a determinant, which is 1 - r^2 of two latents,
the same; for an information the root. The ends of the interval are taken back to the scale of the
measure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
#: Correlations closer to one than this are one.
ONE = 1 - 1e-15


class Scale(NamedTuple):
    """`to` takes a measure to its scale; `back` takes ends of an interval, of any size, back."""

    to: Callable[[ArrayLike], Array]
    back: Callable[[ArrayLike], Array]


def _same(values: ArrayLike) -> Array:
    return np.asarray(values, dtype=np.float64)


def _fisher(r: ArrayLike) -> Array:
    return np.asarray(np.arctanh(np.clip(r, -ONE, ONE)))


def _from_fisher(values: ArrayLike) -> Array:
    return np.asarray(np.tanh(values))


def _from_fisher_above_zero(values: ArrayLike) -> Array:
    return _from_fisher(np.maximum(values, 0))


def _determinant(det: ArrayLike) -> Array:
    """Of two latents 1 - det R is r^2: the scale of Fisher."""
    return _fisher(np.sqrt(np.maximum(1 - np.asarray(det, dtype=np.float64), 0)))


def _from_determinant(values: ArrayLike) -> Array:
    return np.asarray(1 - np.square(_from_fisher_above_zero(values)))


def _root(values: ArrayLike) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    return np.asarray(np.sign(numbers) * np.sqrt(np.abs(numbers)))


def _square(values: ArrayLike) -> Array:
    numbers = np.asarray(values, dtype=np.float64)
    return np.asarray(numbers * np.abs(numbers))


def _square_above_zero(values: ArrayLike) -> Array:
    return _square(np.maximum(values, 0))


def _information(r: ArrayLike) -> Array:
    """Mutual information of Linfoot's correlation, with its sign."""
    square = np.minimum(np.square(np.asarray(r, dtype=np.float64)), ONE)
    return np.asarray(-0.5 * np.sign(r) * np.log1p(-square))


def _from_information(values: ArrayLike) -> Array:
    return np.asarray(np.sqrt(-np.expm1(-2 * np.maximum(values, 0))))


SAME = Scale(_same, _same)
#: By the name in the registry; others have the scale of the measure itself.
SCALES = {
    "det_correlation": Scale(_determinant, _from_determinant),
    "mean_abs_correlation": Scale(_fisher, _from_fisher_above_zero),
    "max_abs_correlation": Scale(_fisher, _from_fisher_above_zero),
    "total_correlation": Scale(_root, _square_above_zero),
    "copula_total_correlation": Scale(_root, _square),
    "distance_correlation": Scale(_fisher, _from_fisher),
    "informational_correlation": Scale(_information, _from_information),
}
