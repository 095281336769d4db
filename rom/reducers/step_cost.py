"""What training costs, before it begins: one measured step, of a network of the right sizes on
made-up rows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from sklearn.base import clone

from rom.data.layout import FieldLayout
from rom.data.memory import machine_bytes, memory_bytes, training_shares
from rom.data.snapshots import Snapshots
from rom.nets.coefficients import CoefficientNetwork
from rom.nets.network import Network, initialise
from rom.reducers.architecture import (
    ARCHITECTURES,
    DEFAULTS,
    NETWORK_MODES,
    are_pictures,
    default_batch,
    default_hidden,
)
from rom.reducers.context import StepCost
from rom.reducers.neural_network import build
from rom.reducers.neural_options import check_arguments
from rom.training.batches import Batches
from rom.training.loop import train
from rom.training.recipe import Recipe

if TYPE_CHECKING:
    from rom.reducers.neural import NeuralReducer

#: Numbers for each weight: itself, its gradient, and what an optimiser keeps of both.
PER_WEIGHT = 4
#: Of a network on fields a step is measured with this number of rows, and counted up to a batch.
FEW_ROWS = 8
#: In POD coordinates steps are short, and the first ones are not like the others.
SHORT_STEPS = 20


@dataclass(frozen=True)
class _Sizes:
    """What a network of one architecture is made of."""

    architecture: str
    hidden: list[int]
    batch: int
    modes: int


def step_costs(reducer: NeuralReducer, layout: FieldLayout, n_rows: int) -> list[StepCost]:
    """Time and memory of training on `n_rows` rows, for each architecture that may be chosen.

    A network that would not fit in the machine's memory is not made: its step takes NaN seconds.

    Raises
    ------
    InputError
        If an option is out of range.
    """
    check_arguments(reducer)
    if reducer.architecture not in ARCHITECTURES or (
        reducer.architecture == "conv" and not layout.has_grid
    ):
        return []  # the fit says what is wrong
    reducer = clone(reducer)
    reducer.n_components_ = int(reducer.n_components)
    fields = "conv" if layout.has_grid else "mlp"
    pictures = ["mlp"] if are_pictures(layout) else []  # first what is chosen, if values allow it
    kinds = {"auto": [*pictures, "pod", fields], "fields": [fields]}.get(
        reducer.architecture, [reducer.architecture]
    )
    if reducer.reconstruction != "squared":
        kinds = [fields]
    return [_cost(reducer, layout, n_rows, kind) for kind in kinds]


def _cost(reducer: Any, layout: FieldLayout, n_rows: int, kind: str) -> StepCost:
    reducer.architecture_ = kind
    hidden = (
        default_hidden(kind, reducer.n_components_, n_rows)
        if reducer.hidden is None
        else reducer.hidden
    )
    batch = default_batch(kind, n_rows, reducer.batch_size, reducer._min_batch)
    sizes = _Sizes(kind, list(hidden), batch, min(n_rows, layout.n_features, NETWORK_MODES))
    with torch.device("meta"):  # takes no memory
        weights = sum(
            parameter.numel() for parameter in _network(reducer, layout, sizes).parameters()
        )
    limit = memory_bytes(reducer.memory_limit)
    rows = 4 * n_rows * (sizes.modes if kind == "pod" else layout.n_features)
    size = 4 * PER_WEIGHT * weights + min(rows, training_shares(limit)[0])
    fits = size < machine_bytes()
    seconds = (
        _seconds(reducer, _network(reducer, layout, sizes), layout, sizes) if fits else float("nan")
    )
    return StepCost(kind, seconds, _steps(reducer, kind, -(-n_rows // batch)), size)


def _network(reducer: Any, layout: FieldLayout, sizes: _Sizes) -> Network:
    modes = sizes.modes if sizes.architecture == "pod" else None
    return build(reducer, layout, sizes.architecture, sizes.hidden, modes)


def _seconds(reducer: Any, network: Network, layout: FieldLayout, sizes: _Sizes) -> float:
    """Of a step after the first one, which imports and allocates; of several where they are
    short.
    """
    generator = torch.Generator().manual_seed(0)
    on_fields = sizes.architecture != "pod"
    n = min(sizes.batch, FEW_ROWS) if on_fields else sizes.batch
    width = layout.n_features if on_fields else sizes.modes
    rows = np.random.default_rng(0).standard_normal((n, width), dtype=np.float32)
    if isinstance(network, CoefficientNetwork):
        network.begin(torch.linspace(1.0, 0.1, sizes.modes), generator)
    else:
        initialise(network, generator, torch.zeros(width), 1.0)  # type: ignore[arg-type]
    batches = Batches(Snapshots.from_array(rows), n, generator, rows.nbytes)
    objective = reducer._objective(float(width))
    for steps in (1, 1 if on_fields else SHORT_STEPS):
        recipe = Recipe(1e-6, DEFAULTS[sizes.architecture].optimiser, epochs=steps)
        start = time.perf_counter()
        train(network, objective, batches, recipe, generator=generator, variance=float(width))
        seconds = (time.perf_counter() - start) / steps
    return seconds * sizes.batch / n


def _steps(reducer: Any, kind: str, steps_per_epoch: int) -> tuple[int, int]:
    """The fewest and the most: to convergence, two stages at least."""
    if reducer.epochs is not None:
        exact = int(reducer.epochs) * steps_per_epoch
        return exact, exact
    default = DEFAULTS[kind].of(sampled=reducer.has_posterior)
    most = int(reducer.max_steps or default.max_steps)
    return min(2 * default.first_steps, most), most
