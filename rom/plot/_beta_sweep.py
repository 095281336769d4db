"""What the weight beta does: accuracy, independence and activity over a sweep of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator

from rom.metrics.linear_vae import LinearBetaVAE
from rom.plot._canvas import canvas
from rom.plot._inputs import Comparison, results_of, size_of
from rom.plot._style import Width, paper
from rom.plot._sweeps import (
    beta_axis,
    handles,
    level,
    need_sweep,
    swept,
    swept_line,
    swept_sizes,
    theory_curve,
)
from rom.plot._ticks import captured_axis
from rom.results import Method, Results
from rom.results.common import INFORMATION
from rom.results.words import count

#: Drawn as what is missing, on a logarithmic axis whose ticks say what is captured.
ENERGY = "energy captured (%)"
#: Rows of the sweep: label -> value of each run, and what linear theory says (None: nothing).
Values = Callable[[Results, Method], np.ndarray]
MEASURES: dict[str, tuple[Values, Callable[[float, LinearBetaVAE], float] | None]] = {
    ENERGY: (
        lambda results, method: 1 - results.values(method, "energy_captured"),
        lambda variance, best: best.distortion_mean / variance,
    ),
    "det R": (
        lambda results, method: results.values(method, "det_correlation", latents="active"),
        None,
    ),
    "1 − informational\ncorrelation": (
        lambda results, method: 1 - results.values(method, **INFORMATION),
        None,
    ),
    "active latents": (
        lambda results, method: results.values(method, "active_latents"),
        lambda _, best: best.n_active,
    ),
}


@paper
def beta_sweep(
    comparison: Comparison,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Energy captured, det R, informational correlation and active latents against beta.

    All of the test set, the two in the middle of its active latents. Lines are means over the
    seeds. Methods without beta are horizontal lines; grey is the best linear beta-VAE in closed
    form, where the comparison has POD.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    n_components : int, optional
        One number of latents; default: a column each for the smallest and the largest.
    ax : array of Axes, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (4, n_sizes) array of Axes

    Raises
    ------
    InputError
        If no method has at least two positive betas.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 6))
    >>> tiny = {"architecture": "linear", "epochs": 2}
    >>> options = {"beta-vae": tiny}
    >>> comparison = rom.compare(X, reducers=["beta-vae"], n_components=[2], beta=[0.1, 1.0],
    ...                          seeds=1, jobs=1, options=options)
    >>> rom.plot.beta_sweep(comparison, width="single").shape
    (4, 1)
    """
    results = results_of(comparison)
    sizes = swept_sizes(results)
    if n_components is not None:
        chosen = size_of(results, n_components, 0)
        sizes = [chosen] if swept(results, chosen) else []
    need_sweep(results, sizes)
    shape, height = (len(MEASURES), len(sizes)), 1.25 * len(MEASURES) + 0.9
    place = canvas(ax, *shape, width=width, height=height, sharex="col", sharey="row")
    for column, k in enumerate(sizes):
        for axes, (label, measure) in zip(place.grid[:, column], MEASURES.items(), strict=True):
            _panel(axes, results, k, measure)
            axes.set_ylabel(label if column == 0 else "")
        place.grid[0, column].set_title(count(k, "latent"), pad=8)
        beta_axis(place.grid[-1, column], place.grid[0, column], results)
    for axes in place.grid[:, 0]:  # which shares its range with its row
        _value_axis(axes)
    if place.own:
        place.figure.align_ylabels(place.grid[:, 0])
    place.key(handles(results, sizes, dots=True, linear="linear β-VAE, training set"))
    return place.grid


def _panel(axes: Axes, results: Results, k: int, measure: tuple[Values, Any]) -> None:
    values, linear = measure
    if linear is not None:
        theory_curve(axes, results, k, partial(linear, results.total_variance))
    for method in results.at(k):
        found = values(results, method) if method.beta is None else np.empty(0)
        if found.size and np.isfinite(found).all():
            axes.axhline(float(found.mean()), **level(results, method))
    for methods in swept(results, k):
        seeds = [values(results, method) for method in methods]
        swept_line(axes, results, methods, seeds)


def _value_axis(axes: Axes) -> None:
    """The range and the ticks of a row of the sweep."""
    label = axes.get_ylabel()
    if label == ENERGY:
        captured_axis(axes)
    elif label.startswith("active"):
        axes.set_ylim(bottom=-0.2)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    else:
        axes.set_ylim(0, 1.05)
        axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))
