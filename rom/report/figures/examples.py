"""Held-out snapshots beside what each method makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from rom.report.figures.fields import MAX_VARIABLES, Scale, View, scale_of
from rom.report.figures.style import GREY, WIDTH, Plot, colour, fitted, new_figure, shortened
from rom.report.results import Method, Results
from rom.report.words import duration_unit, with_unit


def examples(results: Results) -> Iterator[Plot]:
    """Originals and reconstructions: a figure for each variable, at the smallest and the largest
    latent size.
    """
    view = View(results.layout)
    for k in results.shown_sizes:
        methods = results.at(k)
        fields = [results.reconstructions(results.median_run(method)) for method in methods]
        for j, variable in enumerate(results.layout.variables[:MAX_VARIABLES]):
            parts = [field[:, j] for field in fields]
            draw = _images if view.is_image else _curves
            figure, scale = draw(results, view, methods, parts, j)
            yield Plot(
                f"examples-k{k}-{j + 1}",
                f"Held-out snapshots and their reconstructions from {k} latents: {variable}",
                _caption(results, view, methods, variable, k, scale),
                figure,
            )


def _caption(
    results: Results, view: View, methods: list[Method], variable: str, k: int, scale: Scale
) -> str:
    seeded = [f"{m.name}: {results.median_run(m).seed}" for m in methods if len(m.runs) > 1]
    seeds = (
        f" Of several seeds, the one with the median test error ({', '.join(seeded)})."
        if seeded
        else ""
    )
    colours = (
        f" Colours: the same in every panel, {scale.kind}; grey: no data." if view.is_image else ""
    )
    return (
        f"Snapshots of the test part ({variable}) and what the methods decode from {k} latents. The"
        " number in each panel is the snapshot's relative error (error over distance from the"
        f" training mean, this variable alone).{seeds}{colours} {view.note}"
    ).strip()


def _images(
    results: Results, view: View, methods: list[Method], parts: list[np.ndarray], j: int
) -> tuple[Figure, Scale]:
    originals = results.originals[:, j]
    columns = _spread(len(originals), view.columns(len(originals)))
    rows = [
        ("original", originals),
        *((m.name.replace(" (", "\n("), f) for m, f in zip(methods, parts, strict=True)),
    ]
    width = (WIDTH - 1.75) / len(columns)
    named = [snapshot_name(results, i) for i in columns]
    room = 0.35 * view.with_ticks + 0.1 + 0.13 * max(name.count("\n") for name in named)
    figure = new_figure(len(rows) * (view.height(width) + 0.23) + room)
    grid = figure.subplots(len(rows), len(columns), squeeze=False)
    plain = view.is_picture
    scale = scale_of(view_values(view, originals), plain=plain)
    for row, (name, fields) in enumerate(rows):
        for column, i in enumerate(columns):
            axes = grid[row, column]
            image = view.draw(axes, fields[i], scale)
            first, last = column == 0, row == len(rows) - 1
            view.label(axes, width, left=first, bottom=last, name=name if first else "")
            words = (
                named[column] if row == 0 else f"error {snapshot_error(results, fields[i], i, j)}"
            )
            words = "\n".join(shortened(line, width) for line in words.split("\n"))
            axes.set_title(words, fontsize=8, pad=3)
    height = min(2.6, figure.get_size_inches()[1])
    unit = fitted(with_unit(results.layout.variables[j], results.layout.units[j]), height)
    shrink = height / figure.get_size_inches()[1]
    drawn = np.stack([view_values(view, part[columns]) for part in parts])
    extend = scale.extend(drawn)
    figure.colorbar(image, ax=grid, shrink=shrink, pad=0.015, label=unit, extend=extend)
    beyond = "" if extend == "neither" else "; pointed ends: reconstructions go beyond it"
    return figure, replace(scale, kind=scale.kind + beyond)


def _curves(
    results: Results, view: View, methods: list[Method], parts: list[np.ndarray], j: int
) -> tuple[Figure, Scale]:
    originals = results.originals[:, j]
    n_columns = view.columns(len(originals))
    n_rows = -(-len(originals) // n_columns)
    figure = new_figure(1.9 * n_rows + 0.5)
    grid = figure.subplots(n_rows, n_columns, squeeze=False, sharex=True, sharey=True)
    for i, axes in enumerate(grid.flat):
        if i >= len(originals):
            axes.set_visible(False)
            continue
        axes.plot(view.x, view.values(originals[i]), color="#c4c4c4", lw=4, label="original")
        for method, field in zip(methods, parts, strict=True):
            words = f"{method.name}: {snapshot_error(results, field[i], i, j)}"
            axes.plot(
                view.x,
                view.values(field[i]),
                color=colour(results, method.key),
                lw=1.1,
                label=method.name,
            )
            axes.annotate(  # one line of text per method below the title
                words,
                (0.0, 1.02),
                xycoords="axes fraction",
                fontsize=7.5,
                color=colour(results, method.key),
                xytext=(0, 10 * (len(methods) - 1 - methods.index(method))),
                textcoords="offset points",
            )
        words = shortened(snapshot_name(results, i).replace("\n", ", "), 2.1)
        axes.set_title(words, fontsize=8, pad=4 + 10 * len(methods), loc="left", color=GREY)
        if i % n_columns == 0:
            axes.set_ylabel(
                fitted(with_unit(results.layout.variables[j], results.layout.units[j]), 1.4)
            )
        if i + n_columns >= len(originals):
            axes.set_xlabel(fitted(view.curve_label, 2.1))
            axes.tick_params(labelbottom=True)
    figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=5)
    return figure, scale_of(originals)


def view_values(view: View, fields: np.ndarray) -> np.ndarray:
    """The values of fields (n, *grid) that are seen."""
    return np.stack([view.values(field) for field in fields])


def snapshot_name(results: Results, i: int) -> str:
    """What tells an example apart: its time, a parameter, or its place in the test part; first its
    trajectory.
    """
    position, times, trajectories = results.positions[i], results.times(), results.trajectories()
    first = "" if trajectories is None else f"trajectory {trajectories[position]}\n"
    if times is not None:
        return f"{first}t = {times[position]:.4g} {duration_unit(results.time_unit)}".strip()
    for name, values in results.parameters().items():
        return f"{first}{name} = {values[position]:.4g}"
    return f"{first}test snapshot {position + 1}"


def snapshot_error(results: Results, field: np.ndarray, i: int, j: int) -> str:
    """The error of one variable of a reconstructed example, with the cell weights."""
    original, weights = results.originals[i, j].astype(float), results.layout.weights
    w = np.where(np.isnan(original), 0.0, 1.0 if weights is None else weights)
    error = np.nansum(w * (original - field) ** 2)
    scale = np.nansum(w * (original - results.train_mean[j]) ** 2)
    return f"{np.sqrt(error / scale):.3f}" if scale > 0 else "–"


def _spread(n: int, wanted: int) -> list[int]:
    """So many of n examples, evenly spread."""
    return sorted({round(x) for x in np.linspace(0, n - 1, wanted)})
