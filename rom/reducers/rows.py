"""The one place where arrays and Snapshots meet: the rows that a reducer works on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_array, validate_data

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.errors import InputError

if TYPE_CHECKING:
    from rom.reducers.base import Reducer


def as_rows(reducer: Reducer, X: np.ndarray | Snapshots, *, reset: bool) -> Snapshots:
    """Rows without masked cells, checked when they are read; of a fit (`reset`), or like those of
    the fit.
    """
    if not isinstance(X, Snapshots):
        minimum = 2 if reset else 1
        dtypes = [np.float64, np.float32]
        array = validate_data(reducer, X, reset=reset, dtype=dtypes, ensure_min_samples=minimum)
        layout = FieldLayout(("x",), (array.shape[1],)) if reset else reducer.layout_
        return Snapshots.from_array(array, layout=layout)  # validated: finite
    X = X.pack()
    if reset:
        if len(X) < 2:
            raise InputError(f"{X.name}: {len(X)} snapshots, at least 2 are needed to fit")
        reducer.n_features_in_ = X.shape[1]
    elif X.shape[1] != reducer.n_features_in_:
        raise InputError(
            f"{X.name}: snapshots have {X.shape[1]} features, {type(reducer).__name__} was fitted"
            f" on {reducer.n_features_in_}"
        )
    return X.map(_finite, X.layout)


def _finite(rows: np.ndarray, features: Features) -> np.ndarray:
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(rows.sum()):  # a fast answer; a sum may also overflow
            return rows
    if not np.isfinite(rows).all():
        raise InputError(
            f"{int((~np.isfinite(rows)).sum())} values are NaN or infinite outside the mask; "
            "snapshots.resolve_missing() makes cells that are always NaN the mask"
        )
    return rows


def as_latents(Z: Any, types: list[type]) -> np.ndarray:
    """Latents as an array of finite numbers of one of these types."""
    try:
        return np.asarray(check_array(Z, dtype=types))
    except ValueError as error:
        raise InputError(f"latents: {error}") from error
