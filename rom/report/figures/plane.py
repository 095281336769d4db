"""The plane of the two most important latents, decoded point by point."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from rom.report.figures.examples import view_values
from rom.report.figures.fields import MAX_VARIABLES, Scale, View, scale_of
from rom.report.figures.style import WIDTH, Plot, colour, fitted, new_figure
from rom.report.results import Method, Results
from rom.report.words import latent, with_unit

LOW, HIGH = 0.02, 0.98


def plane(results: Results) -> Iterator[Plot]:
    """Decoded fields on a grid of the two most important latents, for every method: a figure for
    each variable.
    """
    sizes = [k for k in results.sizes if k >= 2]
    if not sizes:
        return
    methods, view = results.at(sizes[0]), View(results.layout)
    n = 5 if not view.is_image else 9 if results.layout.n_cells <= 2500 else 7
    scans = [_scan(results, view, method, n) for method in methods]
    for j, variable in enumerate(results.layout.variables[:MAX_VARIABLES]):
        plain = view.is_picture
        scale = scale_of(view_values(view, results.originals[:, j]), plain=plain)
        columns = min(
            len(methods),
            3 if view.aspect < 1.3 or not view.is_image else 1 if len(methods) < 4 else 2,
        )
        rows = -(-len(methods) // columns)
        width = (WIDTH - (0.2 if columns == 3 else 0.6)) / columns
        figure = new_figure(
            rows * ((width - (0.55 if columns == 3 else 0.9 / columns)) / view.aspect + 0.5)
            + 0.6 * (columns == 3)
        )
        grid = figure.subplots(rows, columns, squeeze=False)
        for p, axes in enumerate(grid.flat):
            if p >= len(methods):
                axes.set_visible(False)
                continue
            levels, tiles = scans[p]
            _mosaic(axes, view, tiles[j], scale, colour(results, methods[p].key))
            _axes(axes, levels, methods[p].name, results.order(results.median_run(methods[p])))
        if view.is_image:
            beside = columns < 3
            side = figure.get_size_inches()[1 if beside else 0]
            shrink = min(1.0, 2.6 / side)
            unit = fitted(with_unit(variable, results.layout.units[j]), shrink * side)
            place = {
                "location": "right" if beside else "bottom",
                "pad": 0.015,
                "shrink": shrink,
                "aspect": 25,
            }
            figure.colorbar(grid.flat[0].get_images()[0], ax=grid, label=unit, **place)
        yield Plot(
            f"plane-{j + 1}",
            f"The plane of the latents, decoded: {variable}",
            _caption(results, view, methods, variable, n, scale),
            figure,
        )


def _caption(
    results: Results, view: View, methods: list[Method], variable: str, n: int, scale: Scale
) -> str:
    k = methods[0].n_components
    others = (
        ""
        if k == 2
        else f" The other {k - 2} latents are at their mean over the training snapshots."
    )
    several = " (seed with the median test error)" if any(len(m.runs) > 1 for m in methods) else ""
    ranges = (
        f"Colours: {scale.kind}."
        if view.is_image
        else f"Each curve spans {scale.low:.3g} to {scale.high:.3g}."
    )
    return (
        f"Fields of {variable} decoded from {n} x {n} points of the plane of the two latents that"
        f" capture most energy{several}. The points are at quantiles {100 * LOW:.0f} % to"
        f" {100 * HIGH:.0f} % of the training latents along each axis, so that equal steps are"
        " equal shares of the snapshots; ticks give the values. A point of the plane need not be"
        f" near any snapshot.{others} {ranges} {view.note}"
    ).strip()


def _scan(results: Results, view: View, method: Method, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels (2, n) and what is drawn of each variable there (n_variables, n, n, ...): second index
    z2, third z1.

    Decoded in rows of one z2, of which only what is seen is kept: whole fields of a large mesh
    would not fit.
    """
    run = results.median_run(method)
    Z, (first, second) = results.latents(run, "train"), results.order(run)[:2]
    levels = np.quantile(Z[:, [first, second]], np.linspace(LOW, HIGH, n), axis=0).T
    points = np.tile(Z.mean(axis=0), (n, 1))
    points[:, first] = levels[0]
    rows = []
    for level in levels[1]:
        points[:, second] = level
        fields = results.model(run).decode_fields(points.astype(Z.dtype))[:, :MAX_VARIABLES]
        rows.append([[view.tile(field) for field in variables] for variables in fields])
    return levels, np.moveaxis(np.array(rows), 2, 0)


def _mosaic(axes: Axes, view: View, tiles: np.ndarray, scale: Scale, line: str) -> None:
    n = len(tiles)
    if not view.is_image:
        segments = [_curve(tiles[i, j], j, i, scale) for i in range(n) for j in range(n)]
        axes.add_collection(LineCollection(segments, colors=line, linewidths=0.8))
        axes.set(xlim=(0, n), ylim=(0, n))
    else:
        image = np.ma.masked_invalid(np.block([list(row) for row in tiles[::-1]]))
        axes.imshow(image, extent=(0, n, 0, n), aspect="auto", **scale.options())
        axes.set_box_aspect(1 / view.aspect)
    for line_at in range(1, n):
        axes.axhline(line_at, color="white" if view.is_image else "#dddddd", lw=0.8)
        axes.axvline(line_at, color="white" if view.is_image else "#dddddd", lw=0.8)
    axes.spines[["top", "right"]].set_visible(True)


def _curve(values: np.ndarray, column: int, row: int, scale: Scale) -> np.ndarray:
    x = column + np.linspace(0.08, 0.92, len(values))
    y = row + 0.08 + 0.84 * np.clip((values - scale.low) / (scale.high - scale.low), -0.05, 1.05)
    return np.column_stack([x, y])


def _axes(axes: Axes, levels: np.ndarray, name: str, order: list[int]) -> None:
    n = levels.shape[1]
    shown = [0, n // 2, n - 1]
    axes.set_xticks([i + 0.5 for i in shown], [_tick(levels[0, i]) for i in shown])
    axes.set_yticks([i + 0.5 for i in shown], [_tick(levels[1, i]) for i in shown])
    axes.tick_params(length=2)
    axes.set(title=name, xlabel=latent(order[0]), ylabel=latent(order[1]))


def _tick(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")
