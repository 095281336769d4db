"""Latents against the parameters that are known of the snapshots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom.evaluation.factors import usable_parameters
from rom.report.figures.style import Plot, colour, fitted, new_figure
from rom.report.results import Method, Results
from rom.report.words import count, latent

MOST_LATENTS, MOST_PARAMETERS = 4, 4


def against_parameters(results: Results) -> Iterator[Plot]:
    """Of each reducer the active latents with most energy against each parameter, at the largest
    number of latents.

    Of several beta the one with as many active latents as there are parameters, or nearly so.
    """
    parameters = dict(list(usable_parameters(results.parameters()).items())[:MOST_PARAMETERS])
    if not parameters:
        return
    methods = results.at(results.sizes[-1])
    for reducer in dict.fromkeys(method.reducer for method in methods):
        same = [method for method in methods if method.reducer == reducer]
        method = min(same, key=lambda one: _distance(results, one, len(parameters)))
        plot = _plot(results, method, parameters, several=len(same) > 1)
        if plot is not None:
            yield plot


def _distance(results: Results, method: Method, wanted: int) -> tuple[float, float]:
    counts = results.values(method, "active_latents")
    return float(np.abs(counts - wanted).mean()), results.mean(method, "relative_error")


def _plot(
    results: Results, method: Method, parameters: dict[str, np.ndarray], *, several: bool
) -> Plot | None:
    run = results.median_run(method)
    n_active = len(results.store.run_info(run)["active"])
    shown = results.order(run)[: min(n_active, MOST_LATENTS)]
    if not shown:
        return None
    Z = results.latents(run)
    width = min(7.5, 1.0 + 2.6 * len(parameters))
    figure = new_figure(1.75 * len(shown) + 0.5, width)
    grid = figure.subplots(len(shown), len(parameters), squeeze=False, sharex="col", sharey="row")
    for row, i in enumerate(shown):
        for column, (name, values) in enumerate(parameters.items()):
            axes = grid[row, column]
            style = {
                "s": 10 if len(values) < 500 else 4,
                "linewidths": 0,
                "alpha": 0.7,
                "rasterized": len(values) > 2000,
            }
            axes.scatter(values, Z[:, i], color=colour(results, method.key), **style)
            correlation = results.value_of(run, "factor_correlation", key=f"{i},{name}")
            if np.isfinite(correlation):
                axes.set_title(f"|ρ| = {abs(correlation):.2f}", fontsize=8, pad=3)
            if row == len(shown) - 1:
                axes.set_xlabel(fitted(name.replace("_", " "), 2.2))
            if column == 0:
                axes.set_ylabel(latent(i))
            axes.locator_params(nbins=5)
    chosen = (
        " Of the values of β the one that leaves about as many active latents as there are"
        " parameters."
        if several
        else ""
    )
    left = (
        f" The {len(shown)} with most energy of {n_active} are drawn."
        if n_active > len(shown)
        else ""
    )
    return Plot(
        f"parameters-{method.reducer}",
        f"Latents against the known parameters, {method.name},"
        f" {count(method.n_components, 'latent')}",
        f"The {count(n_active, 'active latent')} of the {results.n('test')} test snapshots, the one"
        " that captures most energy first, against the parameters; ρ: Spearman's rank"
        f" correlation.{left}{chosen} A latent that stands for a parameter lies on a curve in one"
        " column and is a cloud in the others.",
        figure,
    )
