"""Losses over the epochs of training."""

from __future__ import annotations

from collections.abc import Iterator

from rom import plot
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import MOST_NAMED
from rom.results import Results
from rom.results.words import count, listing, number


def training(results: Results) -> Iterator[Plot]:
    """Total, reconstruction and KL: a row of panels for the smallest and for the largest latent
    size.
    """
    sizes = [k for k in results.shown_sizes if _last_losses(results, k)]
    if not sizes:
        return
    yield Plot(
        "training",
        "Training histories",
        "Losses after each epoch, per snapshot: the squared error summed over the preprocessed"
        " values (or the binary cross-entropy, where that was chosen), the KL divergence summed"
        " over the latents, and the total, reconstruction + β KL. Each line is a seed. Solid: mean"
        f" over the training steps of the epoch. Dashed: the {results.n('validation')} snapshots of"
        " the validation set, from which nothing is learned.",
        figure_of(plot.history(results)),
        f"Total loss in the last epoch with {count(sizes[-1], 'latent')}:"
        f" {listing(_last_losses(results, sizes[-1])[:MOST_NAMED])}.",
    )


def _last_losses(results: Results, k: int) -> list[str]:
    """Of the first seed of each method."""
    said = []
    for method in results.at(k):
        rows = results.store.history(method.runs[0])
        if rows is not None and len(rows):
            last = number(float(rows["train_total"].iloc[-1]), digits=2)
            said.append(f"{method.name} {last} after {count(int(rows['epoch'].iloc[-1]), 'epoch')}")
    return said
