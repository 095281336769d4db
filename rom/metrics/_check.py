"""Turn what callers pass into real arrays, or say what is wrong with it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError


def real_array(name: str, values: ArrayLike) -> NDArray[np.generic]:
    """Return `values` as an array of real numbers (any real dtype; no copy if it is one already).

    Masked arrays are refused: NumPy would drop the mask without a word.
    """
    if isinstance(values, np.ma.MaskedArray):
        raise InputError(
            f"{name} is a masked array; fill it, and give the masked features weight 0 instead"
        )
    try:
        array = np.asarray(values)
    except ValueError as error:  # ragged nested lists
        raise InputError(f"{name} is not a rectangular array of numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise InputError(f"{name} must hold real numbers, but its dtype is {array.dtype}")
    return array


def component_matrix(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as a finite float64 matrix (n_snapshots, n_components), neither axis
    empty.
    """
    array = real_array(name, values)
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"{name} must have shape (n_snapshots, n_components), not {array.shape}")
    matrix = array.astype(np.float64, copy=False)
    if not np.isfinite(matrix).all():
        columns = np.flatnonzero(~np.isfinite(matrix).all(axis=0)).tolist()
        raise InputError(f"{name} contains NaN or infinite values, in component(s) {columns}")
    return matrix


def over_pairs(matrix: NDArray[np.float64]) -> dict[str, float]:
    """Mean and maximum of a matrix (d, d) above its diagonal; NaN for d = 1, or where an entry is
    NaN.
    """
    pairs = matrix[np.triu_indices(len(matrix), k=1)]
    return (
        {"mean": float(pairs.mean()), "max": float(pairs.max())}
        if pairs.size
        else {"mean": np.nan, "max": np.nan}
    )
