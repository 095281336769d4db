"""The state of a fitted reducer, as plain values and arrays, and the reducer of a state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.reducers.learned import Arrays, Values, above, below
from rom.reducers.options import check_options
from rom.registry import reducer_class

if TYPE_CHECKING:
    from rom.reducers.base import Reducer


def state_of(reducer: Reducer) -> tuple[Values, Arrays]:
    """Its name, its arguments, the layout of its rows, and what it has learned."""
    check_is_fitted(reducer)
    parameters = reducer.get_params(deep=False)
    seed = parameters["random_state"]
    if seed is not None and not isinstance(seed, int | np.integer):
        parameters["random_state"] = None  # a generator object is not data
    layout, layout_arrays = reducer.layout_.state()
    learned, arrays = reducer._state()
    values = {
        "name": reducer.registry_name,
        "parameters": parameters,
        "layout": layout,
        "learned": learned,
    }
    return values, above(layout_arrays, "layout/") | above(arrays, "learned/")


def reducer_of(values: Values, arrays: Arrays) -> Reducer:
    """The reducer that :func:`state_of` described.

    Raises
    ------
    InputError
        If something is missing, unknown, or does not fit the rest.
    """
    kind = reducer_class(values["name"])
    try:
        reducer: Reducer = kind(**check_options(kind, values["parameters"], allow_nan=True))
    except InputError as error:
        raise InputError(f"parameters{error}") from error
    reducer.layout_ = FieldLayout.from_state(values["layout"], below(arrays, "layout/"))
    reducer.n_features_in_ = reducer.layout_.n_features
    for name, learned in arrays.items():
        is_record = name.rpartition("/")[2].startswith("_")
        if learned.dtype.kind == "f" and not is_record and not np.isfinite(learned).all():
            raise InputError(f"{name} is not finite")
    reducer._restore(dict(values["learned"]), below(arrays, "learned/"))
    wanted = values["parameters"].get("n_components")
    if isinstance(wanted, int) and wanted != reducer.n_components_:
        raise InputError(f"n_components is {wanted}, but there are {reducer.n_components_}")
    reducer._restored()
    return reducer
