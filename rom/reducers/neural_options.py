"""The options that all networks share: their checks, and what follows from them for training."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.errors import InputError, nearest
from rom.nets.layers import ACTIVATIONS
from rom.reducers.architecture import DEFAULTS
from rom.reducers.search import Between, OneOf, SearchSpace
from rom.training.device import PRECISIONS
from rom.training.objective import RECONSTRUCTIONS, Objective
from rom.training.recipe import Recipe

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots
    from rom.reducers.neural import NeuralReducer
    from rom.reducers.statistics import Statistics

#: What may be tuned of a network.
SEARCHED: SearchSpace = {
    "learning_rate": Between(1e-3, 3e-2, log=True),
    "hidden": OneOf(((64,), (64, 64), (128, 128), (256, 256), (128, 128, 128))),
    "activation": OneOf(("silu", "tanh", "elu")),
}
OPTIONAL = ("epochs", "depth", "patience", "max_steps", "batch_size")


def check_arguments(reducer: NeuralReducer) -> None:
    """Raise InputError for the first option that is out of range."""
    options = reducer.get_params(deep=False)
    given = [name for name in OPTIONAL if options[name] is not None]
    for name in ("n_components", *given):
        value = options[name]
        if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 1:
            raise InputError(f"{name}={value!r} must be an int of at least 1")
    for name in ("channels", "hidden"):
        values = options[name]
        if values is None and name == "hidden":
            continue
        widths = values if isinstance(values, list | tuple) else [None]
        if any(not isinstance(width, int | np.integer) or width < 1 for width in widths):
            raise InputError(f"{name}={values!r} must be a tuple of ints of at least 1")
    if not reducer.channels:
        raise InputError("channels must name at least one width")
    if str(reducer.activation) not in ACTIVATIONS:
        raise InputError(
            f"no activation {reducer.activation!r}; {nearest(str(reducer.activation), ACTIVATIONS)}"
        )
    if not isinstance(reducer.batch_norm, bool | np.bool_):
        raise InputError(f"batch_norm={reducer.batch_norm!r} must be True or False")
    for name in ("learning_rate", "max_seconds"):
        value = options[name]
        is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if value is not None and not (is_number and 0 < value < np.inf):
            raise InputError(f"{name}={value!r} must be a positive number")
    for name, known in (("reconstruction", RECONSTRUCTIONS), ("precision", PRECISIONS)):
        if (value := options[name]) not in known:
            raise InputError(f"no {name} {value!r}; {nearest(str(value), known)}")


def recipe_of(reducer: NeuralReducer, objective: Objective) -> Recipe:
    """How to train: what the options say, else the defaults of the architecture that was chosen."""
    default = DEFAULTS[reducer.architecture_].of(sampled=objective.sample)
    return Recipe(
        learning_rate=float(reducer.learning_rate or default.learning_rate),
        optimiser=default.optimiser,
        epochs=None if reducer.epochs is None else int(reducer.epochs),
        first_steps=default.first_steps,
        max_steps=int(reducer.max_steps or default.max_steps),
        max_seconds=reducer.max_seconds,
        patience=reducer.patience,
        precision=reducer.precision,
        noise=0.0 if objective.sample else default.noise,
    )


def context_of(reducer: NeuralReducer, rows: Snapshots, known: Statistics) -> dict[str, Any]:
    """What has to be the same for an interrupted training to be continued; the data, by their
    statistics.
    """
    options = reducer.get_params(deep=False) | {"random_state": repr(reducer.random_state)}
    digest = hashlib.sha256(known.mean.tobytes() + known.deviations.tobytes()).hexdigest()
    context = {"reducer": reducer.registry_name, **options, "rows": rows.shape}
    return context | {"statistics": digest, "architecture": reducer.architecture_}
