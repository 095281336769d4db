"""Losses over the epochs of training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from rom.report.figures.style import WIDTH, Plot, colour, new_figure, plain_log_ticks
from rom.report.results import Results
from rom.report.words import count

LOSSES = {"total": "total loss", "reconstruction": "reconstruction", "kl": "KL (nats)"}


def training(results: Results) -> Iterator[Plot]:
    """Total, reconstruction and KL: a row of panels for the smallest and for the largest latent
    size.
    """
    found = {k: _histories(results, k) for k in results.shown_sizes}
    found = {k: histories for k, histories in found.items() if histories}
    if not found:
        return
    every = [history for histories in found.values() for _, history in histories]
    losses = [name for name in LOSSES if any(_has(history, name) for history in every)]
    figure = new_figure(2.3 * len(found) + 0.35, WIDTH if len(losses) > 1 else 4)
    grid = figure.subplots(len(found), len(losses), squeeze=False)
    for row, (k, histories) in enumerate(found.items()):
        for column, loss in enumerate(losses):
            axes = grid[row, column]
            for key, history in histories:
                _draw(axes, history, loss, colour(results, key))
            if axes.get_yscale() == "log":
                plain_log_ticks(axes)
            axes.set_title(f"{LOSSES[loss]}, {count(k, 'latent')}")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
            if row == len(found) - 1:
                axes.set_xlabel("epoch")
        grid[row, 0].set_ylabel("per snapshot")
    keys = list(dict.fromkeys(key for histories in found.values() for key, _ in histories))
    lines = [Line2D([], [], color=colour(results, key), label=results.name(key)) for key in keys]
    lines += [
        Line2D([], [], color="#555555", ls=ls, label=w)
        for ls, w in (("-", "training"), ("--", "validation"))
    ]
    figure.legend(handles=lines, loc="outside upper center", ncols=5)
    yield Plot(
        "training",
        "Training histories",
        "Losses after each epoch, per snapshot: the squared error summed over the preprocessed"
        " values (or the binary cross-entropy, where that was chosen), the KL divergence summed"
        " over the latents, and the total, reconstruction + β KL. One line per seed; solid: mean"
        f" over the training steps of the epoch; dashed: the {results.n('validation')} validation"
        " snapshots, from which nothing is learned.",
        figure,
    )


def _histories(results: Results, k: int) -> list[tuple[tuple[str, float | None], pd.DataFrame]]:
    pairs = (
        (method.key, results.store.history(run)) for method in results.at(k) for run in method.runs
    )
    return [(key, history) for key, history in pairs if history is not None and len(history)]


def _has(history: pd.DataFrame, loss: str) -> bool:
    name = f"train_{loss}"
    return name in history and bool((history[name].fillna(0) != 0).any())


def _draw(axes: Axes, history: pd.DataFrame, loss: str, line: str) -> None:
    if not _has(history, loss):
        return
    mark: dict[str, Any] = {"marker": "."} if len(history) == 1 else {}
    for part, ls in (("train", "-"), ("validation", "--")):
        name = f"{part}_{loss}"
        if name in history and history[name].notna().any():
            axes.plot(history["epoch"], history[name], color=line, ls=ls, lw=0.9, alpha=0.8, **mark)
    values = history[f"train_{loss}"]
    if (values > 0).all():
        axes.set_yscale("log")
