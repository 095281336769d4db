"""What the weight beta does: accuracy, independence and activity over a sweep of it, beside linear
theory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from rom.metrics import LinearBetaVAE, convert_beta
from rom.report.figures.style import Plot, captured_axis, marker, new_figure
from rom.report.figures.sweep import (
    MANY_NATS,
    THEORY,
    legend,
    level,
    logarithmic,
    marks,
    reducer_colour,
    sentences,
    swept,
    swept_sizes,
    theory_curve,
    width_of,
)
from rom.report.results import Method, Results
from rom.report.words import count

MAX_NAMED = 8  # latents that a legend names

#: Mean over the pairs of active latents.
INFORMATION: dict[str, Any] = {
    "measure": "informational_correlation",
    "key": "mean",
    "latents": "active",
}
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


def sweep(results: Results) -> Iterator[Plot]:
    """Energy captured, correlation and number of active latents against beta: a column for each
    shown latent size.
    """
    sizes = swept_sizes(results)
    if not sizes:
        return
    figure = new_figure(1.55 * len(MEASURES) + 0.9, width_of(sizes))
    grid = figure.subplots(len(MEASURES), len(sizes), squeeze=False, sharex="col", sharey="row")
    for column, k in enumerate(sizes):
        for row, (label, (values, linear)) in enumerate(MEASURES.items()):
            axes = grid[row, column]
            if linear is not None:
                theory_curve(axes, results, k, partial(linear, results.total_variance))
            for method in results.at(k):
                if method.beta is None:
                    _reference(axes, results, method, values(results, method))
            for methods in swept(results, k):
                _line(axes, results, methods, values)
            if column == 0:
                axes.set_ylabel(label)
        grid[0, column].set_title(count(k, "latent"), pad=8)
        _beta_axis(grid[-1, column], grid[0, column], results)
    for axes in grid[:, 0]:  # which shares its range with its row
        _value_axis(axes)
    figure.align_ylabels(grid[:, 0])
    legend(figure, results, sizes, dots=True, linear="linear β-VAE, training data")
    known = results.eigenvalues is not None
    yield Plot(
        "beta",
        "Accuracy and independence against the weight β",
        sentences(
            f"Of the {results.n('test')} held-out snapshots, against the weight β of the KL"
            " divergence (above: τ = β/2 as a share of the total variance): energy captured,"
            " determinant of the correlation matrix (1 if uncorrelated) and one minus the mean"
            " informational correlation (1 if independent) of the active latents, and their"
            " number.",
            marks(results),
            "Methods without β are horizontal lines. Gaps: fewer than two active latents have no"
            " correlation.",
            "Grey: the best linear β-VAE on the training data, in closed form from the eigenvalues"
            " of POD." * known,
            "β = 0 is not drawn, the axis is logarithmic."
            * any(method.beta == 0 for method in results.methods),
        ),
        figure,
    )


def kl_per_latent(results: Results) -> Iterator[Plot]:
    """The KL divergence of each latent, largest first, against beta."""
    sizes = swept_sizes(results)
    if not sizes:
        return
    figure = new_figure(3.1, width_of(sizes))
    for axes, k in zip(
        figure.subplots(1, len(sizes), squeeze=False, sharey=True)[0], sizes, strict=True
    ):
        colours = mpl.colormaps["viridis"](np.linspace(0, 0.85, k))
        for i in range(k):
            theory_curve(axes, results, k, partial(_kl_of, i), color=colours[i], ls="--")
        for methods in swept(results, k):
            betas = [results.beta_in_force(method) for method in methods]
            sorted_kl = [_sorted_kl(results, method) for method in methods]
            for i in range(k):
                means = [kl[:, i].mean() for kl in sorted_kl]
                axes.plot(betas, means, color=colours[i], marker="o", ms=4)
                for beta, kl in zip(betas, sorted_kl, strict=True):
                    if len(kl) > 1:
                        axes.plot(
                            [beta] * len(kl),
                            kl[:, i],
                            ls="",
                            marker="o",
                            ms=2.5,
                            alpha=0.5,
                            color=colours[i],
                        )
        axes.set_title(count(k, "latent"), pad=8)
        _beta_axis(axes, axes, results)
        if axes.get_ylim()[1] > MANY_NATS:
            axes.set_yscale("symlog", linthresh=1)
            axes.yaxis.set_major_formatter("{x:g}")
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("KL per latent (nats)")
        if k <= MAX_NAMED:
            handles = [
                Line2D([], [], color=c, marker="o", ms=4, label=f"{i + 1}")
                for i, c in enumerate(colours)
            ]
            if results.eigenvalues is not None:
                handles.append(Line2D([], [], label="linear theory", **(THEORY | {"ls": "--"})))
            axes.legend(handles=handles, title="rank by KL", loc="upper right", ncols=1 + (k > 4))
    known = results.eigenvalues is not None
    yield Plot(
        "beta-kl",
        "KL divergence of each latent against the weight β",
        sentences(
            "KL divergence of the posterior from the prior for each latent, mean over the training"
            " snapshots, the latents of each run sorted by it.",
            marks(results),
            "A latent at zero is switched off.",
            logarithmic(figure, 1),
            "Dashed: linear theory, ½ ln(λᵢ/τ) where the eigenvalue λᵢ of POD exceeds τ, else 0."
            * known,
        ),
        figure,
    )


# ---- what is drawn ---------------------------------------------------------------------------------


def _sorted_kl(results: Results, method: Method) -> np.ndarray:
    """(n_runs, n_components), each row from the largest: latents of different seeds have no common
    order.
    """
    columns = [
        results.values(method, "kl_component", "train", key=str(i))
        for i in range(method.n_components)
    ]
    return np.sort(np.stack(columns, axis=1), axis=1)[:, ::-1]


def _line(axes: Axes, results: Results, methods: list[Method], values: Values) -> None:
    style: dict[str, Any] = {
        "color": reducer_colour(results, methods[0]),
        "marker": marker(methods[0].key),
    }
    betas = [results.beta_in_force(method) for method in methods]
    found = [values(results, method) for method in methods]
    axes.plot(betas, [v.mean() if v.size else np.nan for v in found], ms=5, **style)
    for beta, several in zip(betas, found, strict=True):
        if len(several) > 1:
            axes.plot([beta] * len(several), several, ls="", ms=3, alpha=0.55, **style)


def _reference(axes: Axes, results: Results, method: Method, values: np.ndarray) -> None:
    if values.size and np.isfinite(values).all():
        axes.axhline(float(values.mean()), **level(results, method))


def _kl_of(i: int, best: LinearBetaVAE) -> float:
    return float(best.kl[i])


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


def _beta_axis(bottom: Axes, top: Axes, results: Results) -> None:
    """Beta below, the energy share above."""
    bottom.set_xscale("log")
    bottom.xaxis.set_minor_locator(NullLocator())
    bottom.set_xlabel("β")
    factor = convert_beta(1.0, "sum/sum", "energy_share", total_variance=results.total_variance)
    scale: Any = (lambda beta: beta * factor, lambda share: share / factor)
    above = top.secondary_xaxis("top", functions=scale)
    above.xaxis.set_minor_locator(NullLocator())
    above.set_xlabel("energy share τ / total variance", labelpad=3)
    above.spines["top"].set_visible(True)
