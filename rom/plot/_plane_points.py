"""What is decoded for the plane of two latents."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rom.errors import InputError
from rom.plot._inputs import Model, decoded, latents_of, reducer_of, size_of
from rom.plot._style import INK, colour
from rom.plot._view import View
from rom.results import Results

LOW, HIGH = 0.02, 0.98


class Part(NamedTuple):
    """What is decoded in one panel: a model, its training latents, and two of them."""

    name: str
    model: Model
    Z: np.ndarray
    pair: tuple[int, int]
    colour: str


def of_comparison(results: Results, n_components: int | None) -> list[Part]:
    """A panel for each method, with the two latents that capture most energy."""
    several = [k for k in results.sizes if k > 1]
    if not several:
        raise InputError(f"{results.store.path}: no comparison of two latents or more")
    parts = []
    for method in results.at(size_of(results, n_components, several[0])):
        run = results.median_run(method)
        first, second = results.order(run)[:2]
        Z, tone = results.latents(run, "train"), colour(results, method.key)
        parts.append(Part(method.name, results.model(run), Z, (first, second), tone))
    return parts


def of_model(model: Model, latents: Any, pair: tuple[int, int]) -> Part:
    """One panel of a model alone."""
    if latents is None:
        raise InputError("give the latents of the training snapshots: model.transform(snapshots)")
    Z, k = latents_of(latents), reducer_of(model).n_components_
    if Z.shape[1] != k or not all(0 <= i < k for i in pair) or pair[0] == pair[1]:
        raise InputError(f"latents of shape {Z.shape} and pair={pair}: the model has {k} latents")
    return Part(reducer_of(model).short_title, model, Z, pair, INK)


def scan(part: Part, view: View, n: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels (2, n) and what is drawn there (n, n, ...): first index upwards.

    Decoded in rows, of which only what is seen is kept: whole fields of a large mesh would not fit.
    """
    levels = np.quantile(part.Z[:, list(part.pair)], np.linspace(LOW, HIGH, n), axis=0).T
    points = np.tile(part.Z.mean(axis=0), (n, 1))
    points[:, part.pair[0]] = levels[0]
    rows = []
    for level in levels[1]:
        points[:, part.pair[1]] = level
        fields = decoded(part.model, points.astype(np.float32))[:, j]
        rows.append([view.tile(field) for field in fields])
    return levels, np.array(rows)
