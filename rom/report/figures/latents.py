"""The latents themselves, against each other."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._colouring import of_results
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import MOST_NAMED, median_seed, sentences
from rom.results import Results
from rom.results.words import count, listing, number


def scatter(results: Results) -> Iterator[Plot]:
    """The two most important latents of the test snapshots (with one latent: it over time, or
    over the number of the snapshot).
    """
    k = min((k for k in results.sizes if k >= 2), default=results.sizes[0])
    by = of_results(results) if k > 1 else None
    methods = results.at(k)
    if k > 1:
        axes = plot.phase_portrait(results, n_components=k)
    elif results.times() is not None:
        axes = plot.latents(results, n_components=k)
    else:
        axes = plot.latents({m.name: results.latents(results.median_run(m)) for m in methods})
    yield Plot(
        "latents",
        f"Latents of the test snapshots, {count(k, 'latent')}",
        sentences(
            f"Latents (of a VAE: posterior means) of the {results.n('test')} test"
            f" snapshots{f', coloured by {by.name}' if by else ''}.",
            "The two that capture most energy are drawn, the first one to the right." * (k > 2),
            "Both axes of a panel have one scale, unless one latent varies much more." * (k > 1),
            median_seed(methods),
            "Sign, order and scale of the latents of a network carry no meaning.",
        ),
        figure_of(axes),
        f"Range of the latents of the test snapshots: {_ranges(results, k)}.",
    )


def _ranges(results: Results, k: int) -> str:
    said = []
    for method in results.at(k)[:MOST_NAMED]:
        Z = results.latents(results.median_run(method))
        low, high = (number(float(value), digits=2) for value in (np.nanmin(Z), np.nanmax(Z)))
        said.append(f"{method.name} {low} to {high}")
    return listing(said)
