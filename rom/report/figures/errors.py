"""When and where reconstructions are wrong: the error of each test snapshot over time, and of each
cell in space.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.figure import Figure

from rom.report.figures.fields import View, scale_of
from rom.report.figures.over_time import LONE, time_series
from rom.report.figures.style import (
    WIDTH,
    Plot,
    colour,
    fitted,
    new_figure,
    plain_log_ticks,
    shortened,
)
from rom.report.results import Method, Results
from rom.report.words import count, with_unit

#: Variables that are mapped: the first ones.
MAPPED = 2


def errors_over_time(results: Results) -> Iterator[Plot]:
    """The relative error of each test snapshot over time, at the largest latent size; a band over
    the seeds.
    """
    times, methods = results.times(), results.at(results.sizes[-1])
    measured = [_errors(results, method) for method in methods]
    known = [errors for errors in measured if errors is not None]
    if times is None or len(known) < len(methods):
        return
    series, note = time_series(results, times)
    figure = new_figure(2.6 + 0.15 * (len(series) > 1))
    panels = figure.subplots(1, len(series), squeeze=False, sharey=True)[0]
    label = fitted(with_unit("time", results.time_unit), WIDTH / len(series) - 0.4)
    for axes, (name, rows) in zip(panels, series, strict=True):
        for method, errors in zip(methods, known, strict=True):
            middle, tone = errors[:, rows].mean(axis=0), colour(results, method.key)
            axes.plot(
                times[rows],
                middle,
                label=method.name,
                color=tone,
                marker=".",
                ms=3,
                lw=0 if note == LONE else 1,
                rasterized=len(rows) > 2000,
            )
            if len(errors) > 1 and note != LONE:
                low, high = errors[:, rows].min(axis=0), errors[:, rows].max(axis=0)
                axes.fill_between(times[rows], low, high, color=tone, alpha=0.2, lw=0)
        axes.set_xlabel(label)
        axes.set_title(name, loc="right", pad=3, fontsize=8)
    panels[0].set_ylabel("relative error")
    if min(np.nanmin(errors, initial=np.inf) for errors in known) > 0:
        panels[0].set_yscale("log")
        plain_log_ticks(panels[0])
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    seeds = max(len(method.runs) for method in methods)
    band = (
        " Lines are means over the seeds, bands reach from the least to the largest."
        if seeds > 1
        else ""
    )
    yield Plot(
        "errors-time",
        f"Error of each test snapshot over time, {count(results.sizes[-1], 'latent')}",
        f"Relative error of each of the {results.n('test')} test snapshots: error over distance"
        f" from the training mean, in the weighted and scaled norm.{band} A snapshot near the mean"
        f" has a large one however small its error. {note}".strip(),
        figure,
    )


def error_maps(results: Results) -> Iterator[Plot]:
    """The root mean square error of each cell over the test snapshots: a panel per method, one
    scale of colours.
    """
    view, layout = View(results.layout), results.layout.pack()
    methods = results.at(results.sizes[-1])
    rows = [results.store.error_map(results.median_run(method)) for method in methods]
    known = [row for row in rows if row is not None]
    if len(known) < len(methods):
        return
    fields = layout.to_fields(np.stack(known))
    for j, variable in enumerate(layout.variables[:MAPPED]):
        label = with_unit(f"RMSE {variable}", layout.units[j])
        draw = _images if view.is_image else _curves
        several = (
            " Of several seeds, the one with the median test error." if _several(methods) else ""
        )
        colours = " Colours: the same in every panel; grey: no data." if view.is_image else ""
        yield Plot(
            f"error-map-{j + 1}",
            f"Where the error is, {count(results.sizes[-1], 'latent')}: {variable}",
            f"Root mean square error of {variable} over the {results.n('test')} test snapshots,"
            f" cell by cell.{several}{colours} {view.note}".strip(),
            draw(results, view, methods, fields[:, j], label),
        )


def _images(
    results: Results, view: View, methods: list[Method], fields: np.ndarray, label: str
) -> Figure:
    n_columns = min(len(methods), 3)
    n_rows = -(-len(methods) // n_columns)
    width = (WIDTH - 1.4) / n_columns
    figure = new_figure(n_rows * (view.height(width) + 0.25) + 0.05 + 0.35 * view.with_ticks)
    grid = figure.subplots(n_rows, n_columns, squeeze=False)
    scale = scale_of(np.append([view.values(field) for field in fields], 0.0))
    for i, axes in enumerate(grid.flat):
        if i >= len(methods):
            axes.set_visible(False)
            continue
        image = view.draw(axes, fields[i], scale)
        view.label(axes, width, left=i % n_columns == 0, bottom=i + n_columns >= len(methods))
        axes.set_title(shortened(methods[i].name, width), fontsize=8, pad=3)
    height = figure.get_size_inches()[1]
    figure.colorbar(image, ax=grid, pad=0.015, label=fitted(label, height))
    return figure


def _curves(
    results: Results, view: View, methods: list[Method], fields: np.ndarray, label: str
) -> Figure:
    figure = new_figure(2.6)
    axes = figure.subplots()
    for method, field in zip(methods, fields, strict=True):
        axes.plot(view.x, view.values(field), color=colour(results, method.key), label=method.name)
    axes.set(xlabel=fitted(view.curve_label, WIDTH - 1), ylabel=fitted(label, 2.0))
    axes.set_ylim(bottom=0)
    figure.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure


def _errors(results: Results, method: Method) -> np.ndarray | None:
    """Relative errors (seeds, n) of the test snapshots, None where a run has none."""
    found = [results.store.relative_errors(run) for run in method.runs]
    known = [errors for errors in found if errors is not None]
    return np.stack(known) if len(known) == len(found) else None


def _several(methods: list[Method]) -> bool:
    return any(len(method.runs) > 1 for method in methods)
