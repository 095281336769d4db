"""What each latent is worth, and what it changes alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._inputs import method_of
from rom.plot._latent_scan import MOST_LATENTS
from rom.plot._ranked_energy import ranked_methods
from rom.plot._scan_points import HIGH, LOW
from rom.plot._view import View
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import MOST_NAMED, sentences
from rom.results import Method, Results
from rom.results.words import count, latent, listing, percent


def ranked_energy(results: Results) -> Iterator[Plot]:
    """Energy captured with the first latents alone, at the largest number of latents."""
    k = results.sizes[-1]
    methods = ranked_methods(results, k)
    if not methods:
        return
    first = [
        f"{method.name} {percent([results.mean(method, 'ranked_energy', key='1')])}"
        for method in methods[:MOST_NAMED]
    ]
    yield Plot(
        "ranking",
        f"What each of {count(k, 'latent')} is worth",
        "Left: energy captured of the test snapshots with the first latents alone, the others at"
        " their mean. The order is found greedily on the training set. With a nonlinear decoder"
        " the curve need not rise all the way. Right: energy that is lost without each latent,"
        " sorted. Below the dashed line a latent counts as switched off. Values are means over the"
        " seeds.",
        figure_of(plot.ranked_energy(results)),
        f"Energy captured with the first latent alone: {listing(first)}.",
    )


def latent_modes(results: Results) -> Iterator[Plot]:
    """What each active latent of the networks changes in the first variable, from low to high."""
    k = results.sizes[-1]
    methods = [method for method in results.at(k) if results.is_nonlinear(method)]
    for reducer in dict.fromkeys(method.reducer for method in methods):
        method = method_of(methods, reducer)
        if results.store.run_info(results.median_run(method))["active"]:
            yield _scan(results, method)


def _scan(results: Results, method: Method) -> Plot:
    run = results.median_run(method)
    n_active = len(results.store.run_info(run)["active"])
    shown = results.order(run)[: min(n_active, MOST_LATENTS)]
    losses = [results.value_of(run, "ablation_energy", key=str(i)) for i in shown]
    said = [
        f"{latent(i)} {percent([loss])}"
        for i, loss in zip(shown, losses, strict=True)
        if np.isfinite(loss)
    ]
    variable = results.layout.variables[0]
    k = method.n_components
    return Plot(
        f"latent-modes-{method.reducer}",
        f"What each latent changes: {method.name}, {count(k, 'latent')}",
        sentences(
            f"Change of {variable} from the field decoded at the mean of the latents of the"
            f" training set, when one latent goes to its {100 * HIGH:.0f} % quantile (high) or its"
            f" {100 * LOW:.0f} % quantile (low). The latent that captures most energy comes first.",
            "It is the counterpart of a mode. Were the decoder linear, low would be high with the"
            " opposite sign.",
            "Signs are such that the largest change is positive.",
            f"Shown are {len(shown)} of {n_active} active latents." * (n_active > len(shown)),
            View(results.layout).note,
        ),
        figure_of(plot.latent_scan(results, reducer=method.reducer, n_components=k)),
        f"Energy lost without each latent of {method.name}: {listing(said)}."
        if said
        else f"Change of {variable} by {listing([latent(i) for i in shown])} of {method.name}.",
    )
