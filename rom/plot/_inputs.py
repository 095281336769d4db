"""What a user gives to a function of rom.plot, checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from rom.data.layout import FieldLayout, real_array
from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.reducers.base import Reducer
from rom.reducers.field_model import FieldModel
from rom.reducers.persistence import load
from rom.results import Method, Results
from rom.study.store import STUDY, Store

#: A comparison, its store, or the path of it.
Comparison = Any
#: A fitted reducer, the model of a run, or the path of one of them.
Model = Reducer | FieldModel


def is_comparison(given: Any) -> bool:
    """Whether that is a comparison, or the path of one."""
    if isinstance(given, str | Path):
        return (Path(given) / STUDY).is_file()
    return isinstance(given, Results | Store) or isinstance(getattr(given, "store", None), Store)


def results_of(comparison: Comparison) -> Results:
    """The results of a comparison, of its store, or of the path of it."""
    if isinstance(comparison, Results):
        results = comparison
    elif isinstance(comparison, str | Path):
        results = Results(Store.open(comparison))
    elif is_comparison(comparison):
        store = comparison if isinstance(comparison, Store) else comparison.store
        results = Results(store)
    else:
        name = type(comparison).__name__
        raise InputError(f"a comparison or the path of its folder expected, got {name}")
    if not results.methods:
        raise InputError(f"{results.store.path}: no run has finished, there is nothing to draw")
    return results


def model_of(model: Any) -> Model:
    """A fitted reducer or the model of a run; of a comparison its POD with the most modes."""
    if is_comparison(model):
        results = results_of(model)
        if results.pod is None:
            raise InputError(f"{results.store.path}: the comparison has no POD")
        return results.model(results.pod.runs[0])
    found = load(model) if isinstance(model, str | Path) else model
    if not isinstance(found, Reducer | FieldModel):
        name = type(model).__name__
        raise InputError(f"a fitted reducer or the model of a run expected, got {name}")
    try:
        check_is_fitted(reducer_of(found))
    except NotFittedError as error:
        raise InputError(f"{type(found).__name__} is not fitted; call fit first") from error
    return found


def reducer_of(model: Model) -> Any:
    """The reducer alone."""
    return model.reducer if isinstance(model, FieldModel) else model


def decoded(model: Model, Z: np.ndarray) -> np.ndarray:
    """Fields (n, n_variables, *grid) of latents."""
    return model.layout_.to_fields(model.inverse_transform(Z))


def chosen_fields(model: Model, snapshots: Any, at: Sequence[int]) -> tuple[Any, np.ndarray]:
    """Some snapshots as the model takes them, and as fields (n, n_variables, *grid)."""
    layout = model.layout_
    if not isinstance(snapshots, Snapshots):
        snapshots = np.asarray(snapshots)
        if snapshots.ndim < 2:
            raise InputError(f"snapshots (n, n_features) expected, got shape {snapshots.shape}")
        if snapshots.ndim > 2:
            snapshots = layout.to_rows(snapshots)
    if not all(-len(snapshots) <= i < len(snapshots) for i in at):
        raise InputError(f"snapshot={list(at)}: there are {len(snapshots)} snapshots")
    places = np.arange(len(snapshots))[list(at)]
    if isinstance(snapshots, Snapshots):
        rows = snapshots.select(places)
        return rows, rows.layout.to_fields(rows[:])
    return snapshots[places], layout.to_fields(snapshots[places])


def latents_of(Z: Any) -> np.ndarray:
    """Latents (n, k) as float64."""
    values = real_array(Z, "latents")
    if values.ndim != 2 or not values.size:
        raise InputError(f"latents (n_snapshots, n_components) expected, got shape {values.shape}")
    return values


def variable_of(layout: FieldLayout, variable: int | str) -> int:
    """The number of a variable, given by name or number."""
    if isinstance(variable, str):
        if variable not in layout.variables:
            raise InputError(f"variable={variable!r}: {nearest(variable, layout.variables)}")
        return layout.variables.index(variable)
    if not 0 <= variable < layout.n_variables:
        raise InputError(f"variable={variable}: there are {layout.n_variables}, from 0")
    return int(variable)


def size_of(results: Results, n_components: int | None, default: int) -> int:
    """A number of latents that was compared."""
    if n_components is None:
        return default
    if n_components not in results.sizes:
        raise InputError(f"n_components={n_components}: compared were {results.sizes}")
    return n_components


def method_of(methods: list[Method], reducer: str | None) -> Method:
    """The method of that reducer, of several beta the one in the middle; None: the first of all."""
    names = list(dict.fromkeys(method.reducer for method in methods))
    if reducer is not None and reducer not in names:
        raise InputError(f"reducer={reducer!r}: {nearest(reducer, names)}")
    same = [method for method in methods if method.reducer == (reducer or names[0])]
    return same[len(same) // 2]
