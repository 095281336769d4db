"""Latents against the parameters that are known of the snapshots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._parameters import chosen_method, known_parameters, shown_latents
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import sentences
from rom.results import Method, Results
from rom.results.words import count, latent, listing


def against_parameters(results: Results) -> Iterator[Plot]:
    """The active latents of each reducer against each parameter, at the largest latent size."""
    names, k = list(known_parameters(results)), results.sizes[-1]
    for reducer in dict.fromkeys(method.reducer for method in results.at(k) if names):
        method = chosen_method(results, k, reducer, len(names))
        if shown_latents(results, method):
            yield _plot(results, method, names)


def _plot(results: Results, method: Method, names: list[str]) -> Plot:
    run, k = results.median_run(method), method.n_components
    n_active = len(results.store.run_info(run)["active"])
    shown = shown_latents(results, method)
    several = sum(one.reducer == method.reducer for one in results.at(k)) > 1
    return Plot(
        f"parameters-{method.reducer}",
        f"Latents against the known parameters, {method.name}, {count(k, 'latent')}",
        sentences(
            f"The {count(n_active, 'active latent')} of the {results.n('test')} test snapshots"
            " against the parameters, the latent that captures most energy first.",
            "ρ is Spearman's rank correlation.",
            f"Shown are the {len(shown)} with most energy." * (n_active > len(shown)),
            "Of several β, the one that leaves about as many active latents as there are"
            " parameters is shown." * several,
            "A latent that stands for a parameter lies on a curve in one column and is a cloud in"
            " the others.",
        ),
        figure_of(plot.parameters(results, method.reducer, n_components=k)),
        _alt(results, method, shown, names),
    )


def _alt(results: Results, method: Method, shown: list[int], names: list[str]) -> str:
    """The latent that follows each parameter most closely."""
    run, said = results.median_run(method), []
    for name in names:
        found = {i: results.value_of(run, "factor_correlation", key=f"{i},{name}") for i in shown}
        known = {i: abs(value) for i, value in found.items() if np.isfinite(value)}
        if known:
            best = max(known, key=lambda i: known[i])
            said.append(f"{name.replace('_', ' ')} {known[best]:.2f} with {latent(best)}")
    text = listing(said) or "not measured"
    return f"Largest rank correlation of each parameter with a latent of {method.name}: {text}."
