"""The plane of the comparison: how accurate a method is, and how independent its latents are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.report.figures.style import GREY, Plot, captured_axis, colour, marker, new_figure
from rom.report.figures.sweep import marks, sentences, swept, width_of
from rom.report.results import Method, Results
from rom.report.words import count

#: Mean over the pairs of active latents.
INFORMATION: dict[str, Any] = {
    "measure": "informational_correlation",
    "key": "mean",
    "latents": "active",
}


def tradeoff(results: Results) -> Iterator[Plot]:
    """Energy captured against one minus the informational correlation of the active latents."""
    sizes = [
        k
        for k in results.shown_sizes
        if any(_points(results, method).size for method in results.at(k))
    ]
    if not sizes:
        return
    figure = new_figure(3.4, width_of(sizes))
    grid = figure.subplots(1, len(sizes), squeeze=False)[0]
    for axes, k in zip(grid, sizes, strict=True):
        methods = [method for method in results.at(k) if _points(results, method).size]
        for line in swept(results, k):
            means = [
                _points(results, method).mean(axis=0)
                for method in line
                if _points(results, method).size
            ]
            axes.plot(*np.array(means).T, color=GREY, lw=0.8, zorder=1)
        for method in methods:
            _draw(axes, results, method)
        for x, y in _front(np.array([_points(results, method).mean(axis=0) for method in methods])):
            axes.plot(x, y, "o", ms=12, mfc="none", mec=GREY, mew=0.8, zorder=1)
        axes.margins(0.12)
        captured_axis(axes)
        axes.set_xlim(-0.03, 1.03)
        axes.set(title=count(k, "latent"), xlabel="1 − informational correlation")
        axes.grid(color="#e3e3e3", lw=0.6)
        axes.set_axisbelow(True)
    grid[0].set_ylabel("energy captured, test (%)")
    named = {
        label: handle
        for axes in grid
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
    }
    figure.legend(
        named.values(), named.keys(), loc="outside upper center", ncols=3 if len(sizes) > 1 else 2
    )
    yield Plot(
        "tradeoff",
        "Accuracy against independence",
        sentences(
            f"Energy captured of the {results.n('test')} held-out snapshots, on a logarithmic scale"
            " of what is missing, against one minus the mean informational correlation of the"
            " active latents: 1 if independent, 0 if each latent is a function of another. Up and"
            " to the right is better.",
            marks(results, "large ones"),
            "Circles: no other method is better in both. Bars at the same height: what the latents"
            " would score if they were unrelated; beyond them nothing is proven.",
            "Methods with fewer than two active latents are not drawn.",
        ),
        figure,
    )


def _points(results: Results, method: Method) -> np.ndarray:
    """(n_runs, 2): independence and missing energy of the runs that have two active latents."""
    found = np.array(
        [
            [1 - results.value_of(run, **INFORMATION), 1 - results.value_of(run, "energy_captured")]
            for run in method.runs
        ]
    )
    return found[np.isfinite(found).all(axis=1) & (found[:, 1] > 0)]


def _draw(axes: Axes, results: Results, method: Method) -> None:
    points = _points(results, method)
    style: dict[str, Any] = {"color": colour(results, method.key), "marker": marker(method.key)}
    x, y = points.mean(axis=0)
    axes.plot(x, y, ls="", ms=6, label=method.name, **style)
    if len(points) > 1:
        axes.plot(*points.T, ls="", ms=3, alpha=0.5, **style)
    null = results.values(method, **INFORMATION, column="null")
    if np.isfinite(null).any():
        bar: dict[str, Any] = {
            "color": style["color"],
            "marker": "|",
            "ms": 9,
            "ls": "",
            "mew": 1.2,
        }
        axes.plot(1 - np.nanmean(null), y, **bar)


def _front(points: np.ndarray) -> np.ndarray:
    """The points that no other one beats: larger first and smaller second coordinate."""
    x, y = points.T
    beaten = [((x >= a) & (y <= b) & ((x > a) | (y < b))).any() for a, b in points]
    return points[~np.array(beaten)]
