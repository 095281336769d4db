"""The least memory limit that a fit can keep, for each kind of reducer: what it holds however
little it is given.

Each function becomes the method `least_bytes` of the reducers that name it. `shape` is that of the
training rows, (n, n_features), of `itemsize` bytes a value.
"""

from __future__ import annotations

from numbers import Integral
from typing import Any

from rom.data.memory import PASS_COPIES
from rom.linalg.kernel_choice import FIRST_CENTRES
from rom.linalg.kernel_ridge import BLOCK_BYTES

Shape = tuple[int, int]
#: Arrays that a randomised solver holds, of the longer side times the vectors it iterates, and how
#: many vectors these are beyond the modes (:func:`rom.linalg.randomized.randomized`).
ITERATED, OVERSAMPLING = 4, 10
#: Matrices of all pairs of the shorter side in a decomposition of the Gram matrix, and copies of
#: the modes that it gives.
SQUARES, MODES = 3, 2
#: Rows in single precision that a training on fields holds at least: six pools of one, in the
#: quarter of the limit that validation rows have (:mod:`rom.training.batches`).
POOLED = 24
DOUBLE = 8


def of_passes(reducer: Any, shape: Shape, itemsize: int) -> int:
    """A pass over the rows, one at a time."""
    return PASS_COPIES * shape[1] * itemsize


def of_modes(reducer: Any, shape: Shape, itemsize: int) -> int:
    """And POD with as many modes as there are latents, by the solver that takes less."""
    return of_passes(reducer, shape, itemsize) + _pod(_count(reducer, shape), shape, itemsize)


def of_rotations(reducer: Any, shape: Shape, itemsize: int) -> int:
    """And the latents of all rows, with those that FastICA works on."""
    k = _count(reducer, shape)
    return of_modes(reducer, shape, itemsize) + 4 * DOUBLE * shape[0] * k


def of_products(reducer: Any, shape: Shape, itemsize: int) -> int:
    """And the products of two latents: their sums with the features, and with each other."""
    k = _count(reducer, shape)
    products = k * (k + 1) // 2
    return of_modes(reducer, shape, itemsize) + DOUBLE * products * (shape[1] + 3 * products)


def of_kernels(reducer: Any, shape: Shape, itemsize: int) -> int:
    """And coordinates and targets of all rows, as wide as the modes are many, and a block of the
    kernel's values.
    """
    k, n = _count(reducer, shape), shape[0]
    values = min(BLOCK_BYTES, DOUBLE * n * min(n, FIRST_CENTRES))
    return of_modes(reducer, shape, itemsize) + 4 * DOUBLE * k * max(shape) + values


def of_networks(reducer: Any, shape: Shape, itemsize: int) -> int:
    """The rows of a few batches or, in POD coordinates, modes: one more than latents, and the
    coefficients of all rows.
    """
    k = _count(reducer, shape) + 1
    fields = 4 * POOLED * shape[1]
    passes = max(of_passes(reducer, shape, itemsize), fields)
    if reducer.architecture not in ("auto", "pod"):
        return passes
    return passes + _pod(k, shape, itemsize) + DOUBLE * shape[0] * (k + 1)


def _pod(k: int, shape: Shape, itemsize: int) -> int:
    """Bytes of a POD with k modes in addition to its blocks of rows."""
    shorter, longer = sorted(shape)
    by_gram = DOUBLE * SQUARES * shorter**2 + itemsize * MODES * k * shape[1]
    by_random = DOUBLE * ITERATED * min(k + OVERSAMPLING, shorter) * longer
    return min(by_gram, by_random)


def _count(reducer: Any, shape: Shape) -> int:
    """The number of latents; as many as there can be where it is not known beforehand."""
    k = reducer.n_components
    is_count = isinstance(k, Integral) and not isinstance(k, bool)
    return min(max(int(k), 1), *shape) if is_count else min(shape)
