"""POD: its modes and its spectrum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._spectrum import shares
from rom.plot._view import View
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import sentences
from rom.results import Results
from rom.results.words import count, listing, percent

MAX_MODES = 6


def modes(results: Results) -> Iterator[Plot]:
    """The first modes, every variable divided by its largest magnitude."""
    if results.pod is None:
        return
    model, several = results.model(results.pod.runs[0]), results.layout.n_variables > 1
    n = min(MAX_MODES, results.pod.n_components)
    energies = listing([percent([share]) for share in model.reducer.explained_variance_ratio_[:n]])
    yield Plot(
        "pod-modes",
        "POD modes",
        sentences(
            f"The first {count(n, 'POD mode')}.",
            "Titles: share of the energy of the training set." * (not several),
            f"Each is divided by its largest magnitude{', variable by variable' * several}.",
            "The sign of a mode is arbitrary.",
            View(results.layout).note,
        ),
        figure_of(plot.modes(results, n)),
        f"Energy of the first {count(n, 'mode')}: {energies}.",
    )


def spectrum(results: Results) -> Iterator[Plot]:
    """Share of the energy of each mode, and the energy not captured by the first k modes."""
    if results.pod is None:
        return
    share, left_over = shares(results)
    known = [k for k in results.sizes[:6] if k <= len(share)]
    captured = listing([f"{percent([1 - left_over[k - 1]])} with {k}" for k in known])
    half = int(np.flatnonzero(left_over <= 0.01)[0]) + 1 if (left_over <= 0.01).any() else None
    yield Plot(
        "pod-spectrum",
        "POD spectrum of the training set",
        sentences(
            f"Squared singular values of the {results.n('train')} training snapshots (preprocessed)"
            " as shares of their sum (left), and the energy not captured by the first k modes"
            " (right). Both axes are logarithmic.",
            f"Captured: {captured} modes." * bool(captured),
            "Dotted lines: the numbers of latents that were compared.",
        ),
        figure_of(plot.spectrum(results)),
        f"The first mode has {percent([share[0]])} of the energy."
        + (f" {count(half, 'mode')} capture 99 %." if half else ""),
    )
