"""Losses over the epochs of training."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rom.errors import InputError
from rom.plot._canvas import canvas, grid_lines, whole_numbers
from rom.plot._inputs import is_comparison, model_of, reducer_of, results_of, size_of
from rom.plot._style import INK, Width, colour, paper
from rom.plot._ticks import error_axis
from rom.results import Results
from rom.results.words import count

if TYPE_CHECKING:
    import pandas as pd

LOSSES = {"total": "total loss", "reconstruction": "reconstruction", "kl": "KL (nats)"}
#: Name, colour, losses.
Curve = tuple[str, str, "pd.DataFrame"]


@paper
def history(
    model: Any, *, n_components: int | None = None, ax: Any = None, width: Width = "double"
) -> np.ndarray:
    """Losses per snapshot after each epoch: total, and of a VAE reconstruction and KL divergence.

    Solid: the training set, mean over the steps of an epoch. Dashed: the validation set. A line for
    each seed.

    Parameters
    ----------
    model : trained reducer, the model of its run, or a comparison
    n_components : int, optional
        Of a comparison; default: a row each for the smallest and the largest number of latents.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_sizes, n_losses) array of Axes

    Raises
    ------
    InputError
        If nothing was trained.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(40, 6))
    >>> model = rom.Autoencoder(2, architecture="linear", epochs=2, random_state=0).fit(X)
    >>> rom.plot.history(model, width="single").shape
    (1, 1)
    """
    if is_comparison(model):
        found = _of_comparison(results_of(model), n_components)
    else:
        reducer = reducer_of(model_of(model))
        if not reducer.has_epochs:
            raise InputError(f"{type(reducer).__name__} is not trained in epochs: no history")
        found = {"": [(reducer.short_title, INK, reducer.history_)]}
    every = [curve for curves in found.values() for curve in curves]
    losses = [name for name in LOSSES if any(_has(rows, name) for *_, rows in every)]
    losses = losses if "kl" in losses else losses[:1]  # without it, total is reconstruction
    if not losses:
        raise InputError("nothing was trained in epochs: no history")
    height = 1.9 * len(found) + 0.4
    place = canvas(ax, len(found), len(losses), width=width, height=height)
    for row, (size, curves) in zip(place.grid, found.items(), strict=True):
        for axes, loss in zip(row, losses, strict=True):
            _panel(axes, curves, loss)
            axes.set_title(f"{LOSSES[loss]}{', ' if size else ''}{size}")
        row[0].set_ylabel("per snapshot")
    for axes in place.grid[-1]:
        axes.set_xlabel("epoch")
    names = {name: tone for name, tone, _ in every} if len(every) > 1 else {}
    lines = [Line2D([], [], color=tone, label=name) for name, tone in names.items()]
    kinds = (("-", "training set"), ("--", "validation set"))
    lines += [Line2D([], [], color="#555555", ls=ls, label=words) for ls, words in kinds]
    place.key(lines, columns=5)
    return place.grid


def _of_comparison(results: Results, n_components: int | None) -> dict[str, list[Curve]]:
    """Number of latents in words -> its curves."""
    sizes = results.shown_sizes
    if n_components is not None:
        sizes = [size_of(results, n_components, 0)]
    found = {}
    for k in sizes:
        curves = []
        for method in results.at(k):
            for run in method.runs:
                rows = results.store.history(run)
                if rows is not None and len(rows):
                    curves.append((method.name, colour(results, method.key), rows))
        if curves:
            found[count(k, "latent")] = curves
    return found


def _panel(axes: Axes, curves: list[Curve], loss: str) -> None:
    for _, tone, rows in curves:
        _draw(axes, rows, loss, tone)
    drawn = [rows[f"train_{loss}"] for *_, rows in curves if _has(rows, loss)]
    if drawn and all((values > 0).all() for values in drawn):
        error_axis(axes)
    whole_numbers(axes.xaxis, 5)
    grid_lines(axes, "y")


def _has(rows: pd.DataFrame, loss: str) -> bool:
    name = f"train_{loss}"
    return name in rows and bool((rows[name].fillna(0) != 0).any())


def _draw(axes: Axes, rows: pd.DataFrame, loss: str, tone: str) -> None:
    if not _has(rows, loss):
        return
    mark: dict[str, Any] = {"marker": "."} if len(rows) == 1 else {}
    for part, ls in (("train", "-"), ("validation", "--")):
        name = f"{part}_{loss}"
        if name in rows and np.isfinite(rows[name]).any():
            axes.plot(rows["epoch"], rows[name], color=tone, ls=ls, lw=0.8, alpha=0.8, **mark)
