"""The latents themselves, against each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rom.report.figures.style import WIDTH, Plot, fitted, new_figure
from rom.report.results import Results
from rom.report.words import latent, with_unit

MAX_LABELS = 20


@dataclass(frozen=True)
class Colouring:
    """What the points of a scatter plot are coloured by: labels if `classes` is given, else a
    number.
    """

    name: str
    values: np.ndarray
    classes: np.ndarray | None = None


def scatter(results: Results) -> Iterator[Plot]:
    """The two most important latents of the test snapshots (with one latent: it against the time or
    the number).
    """
    k = min((k for k in results.sizes if k >= 2), default=results.sizes[0])
    methods, by = results.at(k), _colouring(results)
    columns = 2 if len(methods) == 4 else min(len(methods), 3)
    rows = -(-len(methods) // columns)
    width = min(WIDTH, 1.0 + 3.2 * columns)
    figure = new_figure(rows * min(3.2, (width - 0.6) / columns + 0.2) + 0.4, width)
    grid = figure.subplots(rows, columns, squeeze=False)
    for p, axes in enumerate(grid.flat):
        if p >= len(methods):
            axes.set_visible(False)
            continue
        run = results.median_run(methods[p])
        Z, order = results.latents(run), results.order(run)
        x, y = (Z[:, order[0]], Z[:, order[1]]) if k > 1 else (_abscissa(results), Z[:, 0])
        _points(axes, x, y, by)
        axes.set(
            title=methods[p].name,
            xlabel=latent(order[0]) if k > 1 else fitted(_abscissa_name(results), 2.6),
        )
        axes.set_ylabel(latent(order[1]) if k > 1 else latent(0))
    _key(figure, grid, by)
    coloured = f", coloured by {by.name}" if by else ""
    several = " Seed with the median test error." if any(len(m.runs) > 1 for m in methods) else ""
    first = (
        " The two that capture most energy are drawn, the first one to the right." if k > 2 else ""
    )
    yield Plot(
        "latents",
        f"Latents of the test snapshots, {k} latent{'s' if k > 1 else ''}",
        f"Latents (for a VAE: posterior means) of the {results.n('test')} test"
        f" snapshots{coloured}.{first}{several} Sign, order and scale of the latents of a network"
        " carry no meaning.",
        figure,
    )


def _colouring(results: Results) -> Colouring | None:
    """By labels if there are some, else a parameter, else time."""
    found = list(results.parameters().items())
    for name, values in found:
        classes = np.unique(values)
        if values.dtype.kind in "iub" and 1 < len(classes) <= MAX_LABELS:
            return Colouring(name, values, classes)
    for name, values in found:
        if np.isfinite(values).all() and np.ptp(values) > 0:
            return Colouring(name, values)
    times = results.times()
    return None if times is None else Colouring(with_unit("time", results.time_unit), times)


def _map(by: Colouring) -> mpl.colors.Colormap:
    if by.classes is None:
        return mpl.colormaps["viridis"]
    name = "tab10" if len(by.classes) <= 10 else "tab20"
    return ListedColormap(mpl.colormaps[name].colors[: len(by.classes)])  # type: ignore[attr-defined]


def _points(axes: Axes, x: np.ndarray, y: np.ndarray, by: Colouring | None) -> None:
    size = 14 if len(x) < 300 else 7 if len(x) < 3000 else 2
    style: dict[str, Any] = {"s": size, "linewidths": 0, "rasterized": len(x) > 2000}
    if by is None:
        axes.scatter(x, y, color="#555555", **style)
    elif by.classes is None:
        axes.scatter(x, y, c=by.values, cmap=_map(by), **style)
    else:
        number = np.searchsorted(by.classes, by.values)
        axes.scatter(x, y, c=number, cmap=_map(by), vmin=-0.5, vmax=len(by.classes) - 0.5, **style)
    axes.locator_params(nbins=5)


def _key(figure: Figure, grid: np.ndarray, by: Colouring | None) -> None:
    if by is None:
        return
    if by.classes is None:
        figure.colorbar(
            grid.flat[0].collections[0],
            ax=grid,
            label=fitted(by.name, figure.get_size_inches()[1]),
            pad=0.015,
        )
        return
    colours = _map(by)
    handles = [
        Line2D([], [], ls="", marker="o", ms=4, color=colours(i), label=f"{value:g}")
        for i, value in enumerate(by.classes)
    ]
    figure.legend(
        handles=handles,
        loc="outside upper center",
        ncols=10,
        title=fitted(by.name, WIDTH),
        columnspacing=0.8,
    )


def _abscissa(results: Results) -> np.ndarray:
    times = results.times()
    return np.arange(1, results.size("test") + 1) if times is None else times


def _abscissa_name(results: Results) -> str:
    return (
        "number of the test snapshot"
        if results.times() is None
        else with_unit("time", results.time_unit)
    )
