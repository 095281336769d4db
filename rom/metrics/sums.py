"""Sums of squared errors per snapshot and variable: all that the reconstruction metrics need to
know.

They are small (two numbers per snapshot and variable) and add up over blocks of rows, so that a
field larger than memory is read once, block by block, and every reconstruction metric follows from
the sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array


@dataclass(frozen=True, eq=False)
class SquaredErrors:
    """Weighted sums over the cells of each variable, snapshot by snapshot.

    Attributes
    ----------
    error : array (n_snapshots, n_variables)
        e_tv = sum_i w_i (x_ti - xhat_ti)^2 over the features i of variable v, in the square of its
        unit.
    reference : array (n_snapshots, n_variables)
        r_tv = sum_i w_i (x_ti - ref_i)^2, the same for the reference (zero, or the training mean).
    cells : array (n_variables,)
        Total weight sum_i w_i of each variable; without weights, its number of features.
    scales : array (n_variables,)
        One positive scale s_v per variable, e.g. its training standard deviation. Pooled numbers
        add e_tv / s_v^2, so that variables of different units can be added; numbers per variable do
        not depend on the scales.
    names : tuple of str
        Names of the variables. Default: their numbers "0", "1", ...

    Raises
    ------
    InputError
        If the shapes do not fit together, or a scale is not a positive number.
    """

    error: NDArray[np.float64]
    reference: NDArray[np.float64]
    cells: NDArray[np.float64]
    scales: NDArray[np.float64]
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shape = self.error.shape
        if len(shape) != 2 or 0 in shape or self.reference.shape != shape:
            raise InputError(
                f"error and reference must both have shape (n_snapshots, n_variables), not {shape}"
                f" and {self.reference.shape}"
            )
        if not self.names:
            object.__setattr__(self, "names", tuple(str(v) for v in range(shape[1])))
        for name, values in (("cells", self.cells), ("scales", self.scales), ("names", self.names)):
            if np.shape(values) != shape[1:]:
                raise InputError(
                    f"{name} must hold one entry for each of {shape[1]} variable(s), not {values}"
                )
        if not (np.isfinite(self.scales) & (self.scales > 0)).all():
            raise InputError(f"scales must be positive and finite, not {self.scales.tolist()}")

    @property
    def n_snapshots(self) -> int:
        """Number of snapshots summed up."""
        return int(self.error.shape[0])

    @classmethod
    def concatenate(cls, blocks: Sequence[Self]) -> Self:
        """Join the sums of consecutive blocks of rows, in the given order.

        Raises InputError if there is no block, or if the blocks differ in `cells`, `scales` or
        `names`.
        """
        if not blocks:
            raise InputError("there are no blocks of squared errors to concatenate")
        first = blocks[0]
        for block in blocks[1:]:
            same = np.array_equal(block.cells, first.cells) and np.array_equal(
                block.scales, first.scales
            )
            if not same or block.names != first.names:
                raise InputError(
                    "the blocks were summed with different weights, variables or scales"
                )
        error = np.concatenate([block.error for block in blocks])
        reference = np.concatenate([block.reference for block in blocks])
        return cls(error, reference, first.cells, first.scales, first.names)


def squared_errors(
    X: ArrayLike,  # (n_snapshots, *features)
    X_hat: ArrayLike,  # (n_snapshots, *features)
    *,
    reference: ArrayLike | None = None,  # scalar or (*features)
    weights: ArrayLike | None = None,  # (*features)
    variable_index: ArrayLike | None = None,  # (*features)
    n_variables: int = 1,
    scales: ArrayLike | None = None,  # (n_variables,)
    names: Sequence[str] | None = None,  # (n_variables,)
) -> SquaredErrors:
    """Sum the squared errors of one block of snapshots, in float64.

    Parameters
    ----------
    X, X_hat : array (n_snapshots, n_features)
        Snapshots and their reconstruction. More axes are flattened behind the first.
    reference : scalar or array (n_features,), optional
        What the energy is measured from, e.g. the training mean. Default: zero.
    weights : array (n_features,), optional
        Weight w_i >= 0 of each feature, e.g. its cell volume. Default: ones. Features of weight 0
        are excluded: they may hold NaN.
    variable_index : array of int (n_features,), optional
        Variable 0 ... n_variables - 1 to which each feature belongs. Default: all to variable 0.
    n_variables : int
        Number of variables.
    scales : array (n_variables,), optional
        See `SquaredErrors`. Default: ones.
    names : sequence of str (n_variables,), optional
        Names of the variables. Default: their numbers.

    Raises
    ------
    InputError
        If shapes differ, a feature that counts is NaN or infinite, squares overflow, or an option
        is out of range.

    Examples
    --------
    Two snapshots of two cells, each with the velocities u and v:

    >>> from rom.metrics.sums import SquaredErrors, squared_errors
    >>> X, X_hat = [[3, 0, 1, 1], [1, 2, 0, 1]], [[1, 0, 1, 1], [1, 2, 0, 0]]
    >>> options = dict(variable_index=[0, 0, 1, 1], n_variables=2)
    >>> whole = squared_errors(X, X_hat, **options)
    >>> whole.error.tolist(), whole.reference.tolist()
    ([[4.0, 0.0], [0.0, 1.0]], [[9.0, 2.0], [5.0, 1.0]])
    >>> blocks = [squared_errors(X[t:t + 1], X_hat[t:t + 1], **options) for t in range(2)]
    >>> SquaredErrors.concatenate(blocks).error.tolist() == whole.error.tolist()
    True
    """
    rows, rows_hat = real_array("X", X), real_array("X_hat", X_hat)
    if rows.shape != rows_hat.shape:
        raise InputError(f"X and X_hat must have one shape, not {rows.shape} and {rows_hat.shape}")
    if rows.size == 0 or rows.ndim == 0:
        raise InputError(
            f"X must have shape (n_snapshots, n_features) and hold values, not {rows.shape}"
        )
    shape = rows.shape[1:]
    rows, rows_hat = rows.reshape(len(rows), -1), rows_hat.reshape(len(rows), -1)
    origin = _per_feature("reference", 0.0 if reference is None else reference, shape, scalar=True)
    W = weight_matrix(shape, weights, variable_index, n_variables)
    excluded = W.sum(axis=1) == 0

    error = _weighted_sums(rows, rows_hat, W, excluded)
    energy = _weighted_sums(rows, origin, W, excluded)
    if not (np.isfinite(error).all() and np.isfinite(energy).all()):
        for name, values in (("X", rows), ("X_hat", rows_hat), ("reference", origin)):
            if not (np.isfinite(values) | excluded).all():
                raise InputError(
                    f"{name} contains NaN or infinite values (only features of weight 0 may)"
                )
        raise InputError("the squared errors overflow double precision: rescale the data")
    scale = (
        np.ones(n_variables) if scales is None else real_array("scales", scales).astype(np.float64)
    )
    return SquaredErrors(error, energy, W.sum(axis=0), scale, tuple(names or ()))


def _weighted_sums(
    rows: NDArray[np.generic],  # (n_snapshots, n_features)
    origin: NDArray[np.generic],  # the same, or one row, or one value
    W: NDArray[np.float64],  # (n_features, n_variables)
    excluded: NDArray[np.bool_],  # (n_features,)
) -> NDArray[np.float64]:
    """sum_i W_iv (rows_ti - origin_ti)^2, shape (n_snapshots, n_variables). NaN and overflow pass
    through.
    """
    with np.errstate(invalid="ignore", over="ignore", under="ignore"):
        squares = np.subtract(rows, origin, dtype=np.float64)
        squares *= squares
        if excluded.any():
            squares[:, excluded] = 0.0
        sums: NDArray[np.float64] = squares @ W
    return sums


def weight_matrix(
    shape: tuple[int, ...],
    weights: ArrayLike | None,
    variable_index: ArrayLike | None,
    n_variables: int,
) -> NDArray[np.float64]:
    """Matrix (n_features, n_variables): w_i in the column of the variable of feature i, else
    zero.
    """
    if n_variables < 1:
        raise InputError(f"n_variables must be at least 1, not {n_variables}")
    belongs = np.zeros(shape, dtype=int) if variable_index is None else variable_index
    index = _per_feature("variable_index", belongs, shape)
    if index.dtype.kind not in "iu" or index.min() < 0 or index.max() >= n_variables:
        raise InputError(
            f"variable_index must hold integers from 0 to n_variables - 1 = {n_variables - 1}"
        )
    w = _per_feature("weights", np.ones(shape) if weights is None else weights, shape)
    if not np.isfinite(w).all() or w.min() < 0 or not w.any():
        raise InputError(
            "weights must be finite and not negative, and at least one must be positive"
        )
    W = np.zeros((len(w), n_variables))
    W[np.arange(len(w)), index] = w
    return W


def _per_feature(
    name: str, values: ArrayLike, shape: tuple[int, ...], *, scalar: bool = False
) -> NDArray[np.generic]:
    """Flatten an array of one value per feature; with `scalar`, one value for all will do."""
    array = real_array(name, values)
    n_features = int(np.prod(shape, dtype=int))
    if (scalar and array.ndim == 0) or array.shape in {(n_features,), shape, (1, *shape)}:
        return array.reshape(-1)
    raise InputError(
        f"{name} must hold one value for each of {n_features} feature(s), not {array.shape}"
    )
