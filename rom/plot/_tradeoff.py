"""The plane of the comparison: how accurate a method is, and how independent its latents are."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rom.errors import InputError
from rom.plot._canvas import canvas, grid_lines
from rom.plot._inputs import Comparison, results_of, size_of
from rom.plot._style import GREY, Width, colour, marker, paper
from rom.plot._sweeps import swept
from rom.plot._ticks import captured_axis
from rom.results import Method, Results
from rom.results.common import INFORMATION
from rom.results.words import count


@paper
def tradeoff(
    comparison: Comparison,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Energy captured against one minus the mean informational correlation of the active latents.

    The axis of the energy is logarithmic in what is missing. Large marks are means over the seeds.
    A ring says that no other method is better in both. A bar at the same height is the mean of the
    null distribution: what unrelated latents with as few snapshots would score.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    n_components : int, optional
        One number of latents; default: a panel each for the smallest and the largest.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If no method has two active latents.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[2])
    >>> (ax,) = rom.plot.tradeoff(comparison, width="single")
    >>> ax.get_ylabel()
    'energy captured (%)'
    """
    results = results_of(comparison)
    sizes = results.shown_sizes
    if n_components is not None:
        sizes = [size_of(results, n_components, sizes[0])]
    sizes = drawn_sizes(results, sizes)
    if not sizes:
        raise InputError(f"{results.store.path}: no method has two active latents")
    place = canvas(ax, 1, len(sizes), width=width, height=2.9)
    for axes, k in zip(place.panels, sizes, strict=True):
        _panel(axes, results, k)
    place.panels[0].set_ylabel("energy captured (%)")
    methods = {method.key: method for k in sizes for method in results.at(k)}
    place.key([_handle(results, method) for method in methods.values()])
    return place.grid[0]


def drawn_sizes(results: Results, sizes: list[int]) -> list[int]:
    """Those at which some method has two active latents."""
    return [k for k in sizes if any(points(results, method).size for method in results.at(k))]


def points(results: Results, method: Method) -> np.ndarray:
    """(n_runs, 2): independence and missing energy of the runs that have two active latents."""
    found = np.array(
        [
            [1 - results.value_of(run, **INFORMATION), 1 - results.value_of(run, "energy_captured")]
            for run in method.runs
        ]
    )
    return found[np.isfinite(found).all(axis=1) & (found[:, 1] > 0)]


def front(points: np.ndarray) -> np.ndarray:
    """The points that no other one beats: larger first and smaller second coordinate."""
    x, y = points.T
    beaten = [((x >= a) & (y <= b) & ((x > a) | (y < b))).any() for a, b in points]
    return points[~np.array(beaten)]


def _panel(axes: Axes, results: Results, k: int) -> None:
    methods = [method for method in results.at(k) if points(results, method).size]
    for line in swept(results, k):
        drawn = [method for method in line if method in methods]
        means = [points(results, method).mean(axis=0) for method in drawn]
        if means:
            axes.plot(*np.array(means).T, color=GREY, lw=0.7, zorder=1)
    for method in methods:
        _draw(axes, results, method)
    for x, y in front(np.array([points(results, method).mean(axis=0) for method in methods])):
        axes.plot(x, y, "o", ms=10, mfc="none", mec=GREY, mew=0.8, zorder=1)
    axes.margins(0.12)
    captured_axis(axes)
    axes.set_xlim(-0.03, 1.03)
    axes.set(title=count(k, "latent"), xlabel="1 − informational correlation")
    grid_lines(axes)


def _draw(axes: Axes, results: Results, method: Method) -> None:
    found = points(results, method)
    style: dict[str, Any] = {"color": colour(results, method.key), "marker": marker(method.key)}
    x, y = found.mean(axis=0)
    axes.plot(x, y, ls="", ms=5, label=method.name, **style)
    if len(found) > 1:
        axes.plot(*found.T, ls="", ms=2.5, alpha=0.5, **style)
    null = results.values(method, **INFORMATION, column="null")
    if np.isfinite(null).any():
        bar: dict[str, Any] = {"color": style["color"], "marker": "|", "ms": 8, "mew": 1.2}
        axes.plot(1 - np.nanmean(null), y, ls="", **bar)


def _handle(results: Results, method: Method) -> Line2D:
    style: dict[str, Any] = {"color": colour(results, method.key), "marker": marker(method.key)}
    return Line2D([], [], ls="", ms=5, label=method.name, **style)
