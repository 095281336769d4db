"""Snapshots and their reconstructions, from a comparison or from models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.plot._inputs import (
    chosen_fields,
    decoded,
    method_of,
    model_of,
    reducer_of,
    size_of,
    variable_of,
)
from rom.plot._snapshots import relative_errors, said, snapshot_name
from rom.plot._style import COLOURS, MORE_COLOURS, colour
from rom.results import Method, Results

MOST_METHODS = 5  # in a row


@dataclass(frozen=True)
class Example:
    """One variable of some snapshots and what methods make of them.

    Attributes
    ----------
    layout : FieldLayout of the fields
    variable, unit : of what is drawn
    snapshots : what tells each snapshot apart
    names, colours : of the methods
    originals : (n, *grid)
    fields : for each method (n, *grid)
    relative : for each method (n,) relative errors
    """

    layout: FieldLayout
    variable: str
    unit: str
    snapshots: list[str]
    names: list[str]
    colours: list[str]
    originals: np.ndarray
    fields: list[np.ndarray]
    relative: list[np.ndarray]

    @property
    def errors(self) -> list[np.ndarray]:
        """For each method |x - x_hat|, (n, *grid)."""
        return [np.abs(self.originals - field) for field in self.fields]

    def title(self, i: int, j: int) -> str:
        """Method j and its relative error of snapshot i."""
        return f"{self.names[j]}\nerror {said(self.relative[j][i])}"


def of_comparison(
    results: Results, at: Sequence[int], variable: int | str, n_components: int | None
) -> Example:
    """Of the example snapshots of a comparison."""
    n = len(results.positions)
    if not all(-n <= i < n for i in at):
        raise InputError(f"snapshot={list(at)}: the comparison keeps {n} test snapshots")
    places = np.arange(n)[list(at)]
    methods = shown_methods(results, size_of(results, n_components, results.sizes[0]))
    layout = results.layout
    j = variable_of(layout, variable)
    decoded_fields = [results.reconstructions(results.median_run(m))[places, j] for m in methods]
    originals = results.originals[places, j].astype(float)
    mean = results.train_mean[j]
    return Example(
        layout, layout.variables[j], layout.units[j],
        [snapshot_name(results, i) for i in places],
        [method.name for method in methods],
        [colour(results, method.key) for method in methods],
        originals, decoded_fields,
        [relative_errors(layout, originals, fields, mean) for fields in decoded_fields],
    )  # fmt: skip


def shown_methods(results: Results, k: int) -> list[Method]:
    """All with this number of latents; one for each reducer where they are too many for a row."""
    methods = results.at(k)
    if len(methods) <= MOST_METHODS:
        return methods
    names = dict.fromkeys(method.reducer for method in methods)
    return [method_of(methods, name) for name in names][:MOST_METHODS]


def of_models(model: Any, snapshots: Any, at: Sequence[int], variable: int | str) -> Example:
    """Of snapshots that the user gives."""
    given = model if isinstance(model, dict) else {"": model}
    models = {name: model_of(one) for name, one in given.items()}
    if snapshots is None or not models:
        raise InputError("give the snapshots to reconstruct: reconstruction(model, snapshots)")
    layout = next(iter(models.values())).layout_
    j = variable_of(layout, variable)
    fields: list[np.ndarray] = []
    colours: list[str] = []
    originals = None
    spare = iter(MORE_COLOURS * 9)
    for one in models.values():
        rows, originals = chosen_fields(one, snapshots, at)
        fields.append(decoded(one, one.transform(rows))[:, j])
        name = reducer_of(one).registry_name
        free = COLOURS.get(name, "") not in ("", *colours)
        colours.append(COLOURS[name] if free else next(spare))
    assert originals is not None
    mean = 0.0
    if len(snapshots) > 1:
        everything = range(len(snapshots))
        mean = chosen_fields(one, snapshots, everything)[1][:, j].mean(axis=0)
    kept = originals[:, j].astype(float)
    return Example(
        layout, layout.variables[j], layout.units[j],
        [f"snapshot {np.arange(len(snapshots))[i]}" for i in at],
        [name or reducer_of(one).short_title for name, one in models.items()],
        colours, kept, fields,
        [relative_errors(layout, kept, field, mean) for field in fields],
    )  # fmt: skip
