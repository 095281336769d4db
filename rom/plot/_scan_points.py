"""What is decoded to show what each latent changes."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rom.errors import InputError
from rom.plot._inputs import Model, decoded, latents_of, reducer_of
from rom.results import Method, Results

LOW, HIGH = 0.02, 0.98


class Scanned(NamedTuple):
    """A model, and where its latents go: order, signs, start (k,), low and high (k,)."""

    model: Model
    order: list[int]
    signs: list[int]
    start: np.ndarray
    low: np.ndarray
    high: np.ndarray


def candidates(results: Results, k: int, reducer: str | None) -> list[Method]:
    """Nonlinear methods with active latents, where no reducer is named and there are some."""
    if reducer is not None:
        return results.at(k)
    active = [m for m in results.at(k) if results.store.run_info(results.median_run(m))["active"]]
    return [m for m in active if results.is_nonlinear(m)] or active or results.at(k)


def of_model(model: Model, latents: Any) -> Scanned:
    """Of a model alone, its latents in their own order."""
    k = reducer_of(model).n_components_
    order, signs = list(range(k)), [1] * k
    if latents is None:
        reach = 2 * model.amplitudes()
        return Scanned(model, order, signs, np.zeros(k), -reach, reach)
    Z = latents_of(latents)
    if Z.shape[1] != k:
        raise InputError(f"latents of shape {Z.shape}, but the model has {k} latents")
    return Scanned(model, order, signs, Z.mean(axis=0), *np.quantile(Z, [LOW, HIGH], axis=0))


def of_method(results: Results, method: Method) -> Scanned:
    """Of a method of a comparison: its active latents, the most important first."""
    run = results.median_run(method)
    info = results.store.run_info(run)
    Z = results.latents(run, "train")
    order = results.order(run)[: len(info["active"])]
    low, high = np.quantile(Z, [LOW, HIGH], axis=0)
    return Scanned(results.model(run), order, info["signs"], Z.mean(axis=0), low, high)


def changes_of(scanned: Scanned, shown: list[int], j: int) -> np.ndarray:
    """(latents, 2, *grid): one variable at the high and at the low end of each, minus the start."""
    points = np.tile(scanned.start, (1 + 2 * len(shown), 1))
    for place, i in enumerate(shown):
        ends = [scanned.high[i], scanned.low[i]][:: scanned.signs[i]]
        points[1 + 2 * place : 3 + 2 * place, i] = ends
    fields = decoded(scanned.model, points.astype(np.float32))[:, j]
    changes = fields[1:] - fields[0]
    return np.asarray(changes.reshape(len(shown), 2, *changes.shape[1:]))
