"""Test snapshots and what each method makes of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from rom import plot
from rom.plot._examples import Example, of_comparison, shown_methods
from rom.plot._snapshots import said
from rom.plot._view import MAX_VARIABLES, WIDE, View
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import median_seed, sentences
from rom.results import Results
from rom.results.words import count, listing
from rom.spaced import evenly_spaced


def examples(results: Results) -> Iterator[Plot]:
    """Originals, reconstructions and errors: a figure for each variable, at the smallest and the
    largest latent size.
    """
    n, view = len(results.positions), View(results.layout)
    for k in results.shown_sizes:
        low = view.is_picture or not view.is_image or view.aspect > WIDE
        wanted = 3 if low and len(shown_methods(results, k)) < 4 else 2
        at = evenly_spaced(n, wanted).tolist()
        for j in range(min(MAX_VARIABLES, results.layout.n_variables)):
            yield _plot(results, at, j, k, f"examples-k{k}-{j + 1}")


def example(results: Results, k: int | None = None) -> Iterator[Plot]:
    """One snapshot and one variable in one row, with the errors below: for the first screen."""
    size = k if k in results.sizes else results.sizes[0]
    yield _plot(results, [len(results.positions) // 2], 0, size, "example")


def _plot(results: Results, at: Sequence[int], j: int, k: int, name: str) -> Plot:
    variable, methods = results.layout.variables[j], shown_methods(results, k)
    left_out = len(results.at(k)) - len(methods)
    view = View(results.layout)
    title = "A test snapshot and its reconstructions" if len(at) == 1 else (
        "Test snapshots and their reconstructions"
    )  # fmt: skip
    return Plot(
        name,
        f"{title}, {count(k, 'latent')}: {variable}",
        sentences(
            f"Original, what each method decodes from {count(k, 'latent')}, and below it the"
            f" absolute error of {variable}.",
            "The number in a title is the relative error of this snapshot and variable: error over"
            " distance from the mean of the training set.",
            median_seed(methods),
            f"{count(left_out, 'method')} with another β left out." * bool(left_out),
            "All fields have one scale of colours, that of the originals. All errors have one"
            " scale. Grey: no data." * view.is_image,
            "Thick grey line: the original." * (not view.is_image),
            view.note,
        ),
        figure_of(plot.reconstruction(results, snapshot=list(at), variable=j, n_components=k)),
        _alt(of_comparison(results, at, j, k)),
    )


def _alt(example: Example) -> str:
    errors = [
        f"{name} {said(float(np.mean(relative)))}"
        for name, relative in zip(example.names, example.relative, strict=True)
    ]
    shown = listing([one.replace("\n", ", ") for one in example.snapshots])
    mean = "Mean relative" if len(example.snapshots) > 1 else "Relative"
    return f"{mean} error of {example.variable} at {shown}: {listing(errors)}."
