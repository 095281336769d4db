"""Accuracy against independence."""

from __future__ import annotations

from collections.abc import Iterator

from rom import plot
from rom.plot._tradeoff import drawn_sizes
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import seeds_marked, sentences, values_said
from rom.results import Results
from rom.results.common import INFORMATION
from rom.results.words import count


def tradeoff(results: Results) -> Iterator[Plot]:
    """Energy captured against one minus the informational correlation of the active latents."""
    sizes = drawn_sizes(results, results.shown_sizes)
    if not sizes:
        return
    known = [m for m in results.at(sizes[-1]) if results.values(m, **INFORMATION).size]
    yield Plot(
        "tradeoff",
        "Accuracy against independence",
        sentences(
            f"Energy captured of the {results.n('test')} test snapshots against one minus the mean"
            " informational correlation of the active latents.",
            "The right end, 1, means independent. At 0 each latent is a function of another.",
            "The axis of the energy is logarithmic in what is missing. Up and to the right is"
            " better.",
            seeds_marked(results, "large marks"),
            "Rings: no other method is better in both.",
            "Bars at the same height are the mean of the null: what unrelated latents would score.",
            "Methods with fewer than two active latents are not drawn.",
        ),
        figure_of(plot.tradeoff(results)),
        f"Informational correlation with {count(sizes[-1], 'latent')}:"
        f" {values_said(results, known, **INFORMATION)}; energy captured:"
        f" {values_said(results, known, 'energy_captured', share=True)}.",
    )
