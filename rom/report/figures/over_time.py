"""The latents over time, trajectory by trajectory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._latents import MAX_LINES
from rom.plot._series import time_series
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import MOST_NAMED, median_seed, sentences
from rom.results import Results
from rom.results.words import count, latent, listing, number


def over_time(results: Results) -> Iterator[Plot]:
    """Latents over time on the test set, where the snapshots have times."""
    times = results.times()
    if times is None:
        return
    _, note = time_series(times, results.trajectories())
    for k in results.shown_sizes:
        methods = results.at(k)
        spreads = [
            f"{method.name} {number(float(np.std(results.latents(run)[:, 0])), digits=2)}"
            for method in methods[:MOST_NAMED]
            for run in [results.median_run(method)]
        ]
        yield Plot(
            f"latents-time-k{k}",
            f"Latents over time, {count(k, 'latent')}",
            sentences(
                f"Latents of the {results.n('test')} test snapshots over time.",
                f"Shown are the first {MAX_LINES} of {k}." * (k > MAX_LINES),
                median_seed(methods),
                note,
            ),
            figure_of(plot.latents(results, n_components=k)),
            f"Standard deviation of {latent(0)} over time, of {count(k, 'latent')}:"
            f" {listing(spreads)}.",
        )
