"""What each latent is worth, and what it draws alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.ticker import MaxNLocator

from rom.report.figures.fields import View, scale_of
from rom.report.figures.style import (
    GREY,
    WIDTH,
    Plot,
    captured_axis,
    colour,
    fitted,
    marker,
    new_figure,
)
from rom.report.results import Method, Results
from rom.report.words import count, latent

MOST_LATENTS = 5
LOW, HIGH = 0.02, 0.98


def ranked_energy(results: Results) -> Iterator[Plot]:
    """Energy captured with the first so many latents in their order, at the largest number of
    latents.
    """
    k = results.sizes[-1]
    methods = [
        method
        for method in results.at(k)
        if results.values(method, "ranked_energy", key=str(k)).size
    ]
    if k < 2 or not methods:
        return
    figure = new_figure(3.3)
    left, right = figure.subplots(1, 2)
    number = np.arange(1, k + 1)
    for method in methods:
        style: dict[str, Any] = {
            "color": colour(results, method.key),
            "marker": marker(method.key),
            "ms": 4,
        }
        energies = [results.mean(method, "ranked_energy", key=str(m)) for m in number]
        left.plot(number, 1 - np.array(energies), label=method.name, **style)
        lost = [
            np.sort([results.value_of(run, "ablation_energy", key=str(i)) for i in range(k)])[::-1]
            for run in method.runs
        ]
        right.plot(number, np.maximum(np.mean(lost, axis=0), 1e-7), **style)
    captured_axis(left)
    right.set_yscale("log")
    right.axhline(1e-4, color=GREY, lw=0.8, ls="--")
    left.set(xlabel="latents in order of energy", ylabel="energy captured, test (%)")
    right.set(xlabel="latents, most important first", ylabel="energy lost without it")
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color="#e3e3e3", lw=0.6)
        axes.set_axisbelow(True)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    yield Plot(
        "ranking",
        f"What each of {count(k, 'latent')} is worth",
        "Left: energy captured of test snapshots with the first latents of the greedy order alone,"
        " the others at their mean over the training snapshots; the order is that of the training"
        " snapshots, and of a nonlinear decoder the curve need not rise all the way. Right: energy"
        " that is lost without each latent, sorted; dashed: below it a latent counts as switched"
        " off. Means over the seeds.",
        figure,
    )


def latent_modes(results: Results) -> Iterator[Plot]:
    """What each active latent of the networks changes in the first variable, from low to high."""
    view, k = View(results.layout), results.sizes[-1]
    methods = [method for method in results.at(k) if results.is_nonlinear(method)]
    for reducer in dict.fromkeys(method.reducer for method in methods):
        # of several beta the one in the middle
        same = [method for method in methods if method.reducer == reducer]
        plot = _modes(results, view, same[len(same) // 2])
        if plot is not None:
            yield plot


def _modes(results: Results, view: View, method: Method) -> Plot | None:
    run = results.median_run(method)
    n_active = len(results.store.run_info(run)["active"])
    shown = results.order(run)[: min(n_active, MOST_LATENTS)]
    if not shown:
        return None
    signs = results.store.run_info(run)["signs"]
    fields = _changes(results, method, shown, signs)
    limit = float(np.nanmax(np.abs(fields))) or 1.0
    scale = scale_of(np.array([-limit, limit]), signed=True)
    columns, panel = len(shown), min(2.4, (WIDTH - 1) / len(shown))
    figure = new_figure(2 * (view.height(panel) + 0.25) + 0.6, min(WIDTH, 1.2 + panel * columns))
    grid = figure.subplots(
        2, columns, squeeze=False, sharex=not view.is_image, sharey=not view.is_image
    )
    for row, words in enumerate(("high", "low")):
        for column, i in enumerate(shown):
            axes, field = grid[row, column], fields[column, row]
            if view.is_image:
                image = view.draw(axes, field, scale)
                view.label(axes, panel, left=column == 0, bottom=row == 1)
            else:
                axes.plot(view.x, view.values(field), color=colour(results, method.key), lw=1.1)
                axes.axhline(0, color=GREY, lw=0.5)
                axes.set_xlabel(fitted(view.curve_label, panel) if row else "")
            axes.set_title(f"{'−' * (signs[i] < 0)}{latent(i)} {words}", fontsize=8, pad=3)
    if view.is_image:
        figure.colorbar(
            image, ax=grid, shrink=min(1.0, 2.2 / figure.get_size_inches()[1]), pad=0.015
        )
    variable = results.layout.variables[0]
    left = (
        f" The {len(shown)} with most energy of {n_active} active ones."
        if n_active > len(shown)
        else ""
    )
    return Plot(
        f"latent-modes-{method.reducer}",
        f"What each latent draws: {method.name}, {count(method.n_components, 'latent')}",
        f"Change of {variable} from the field decoded at the mean of the training latents when one"
        f" latent goes to its {100 * HIGH:.0f} % quantile (high) or its {100 * LOW:.0f} % quantile"
        " (low), the one that captures most energy first: the counterpart of a mode. Signs are"
        " such that the largest change at the mean is positive. Were the decoder linear, low would"
        f" be high with the opposite sign.{left} {view.note}".strip(),
        figure,
    )


def _changes(results: Results, method: Method, shown: list[int], signs: list[int]) -> np.ndarray:
    """(latents, 2, *grid): the first variable at the high and at the low quantile of each, minus
    that at the mean.
    """
    run = results.median_run(method)
    Z = results.latents(run, "train")
    points = np.tile(Z.mean(axis=0), (1 + 2 * len(shown), 1))
    for place, i in enumerate(shown):
        points[1 + 2 * place : 3 + 2 * place, i] = np.quantile(Z[:, i], [HIGH, LOW][:: signs[i]])
    fields = results.model(run).decode_fields(points.astype(Z.dtype))[:, 0]
    changes = fields[1:] - fields[0]
    return np.asarray(changes.reshape(len(shown), 2, *changes.shape[1:]))
