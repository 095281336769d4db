"""Correlation of the test latents."""

from __future__ import annotations

from collections.abc import Iterator

from rom import plot
from rom.metrics.correlation import det_correlation_null
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import median_seed, sentences, values_said
from rom.results import Results
from rom.results.words import count, integer, number


def correlations(results: Results) -> Iterator[Plot]:
    """Absolute Pearson correlations of every method, at the smallest and the largest latent size
    above one.
    """
    n = results.size("test")
    sizes = {k for k in results.sizes if k > 1} & {*results.shown_sizes, *results.sizes[1:2]}
    for k in sorted(sizes):
        methods = results.at(k)
        said = values_said(results, methods, "mean_abs_correlation")
        yield Plot(
            f"correlation-k{k}",
            f"Correlation of the latents, {count(k, 'latent')}",
            sentences(
                f"Absolute Pearson correlation |r| of the latents over the {integer(n)} test"
                " snapshots.",
                median_seed(methods),
                "Independent Gaussian latents would have a det R of"
                f" {number(det_correlation_null(n, k))} on average.",
                "r = 0 does not mean independent. Grey: a latent that is constant.",
            ),
            figure_of(plot.independence(results, n_components=k)),
            f"Mean |r| of {count(k, 'latent')}: {said}.",
        )
