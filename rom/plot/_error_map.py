"""Where the error is: root mean square over the test snapshots, cell by cell."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError
from rom.plot._canvas import Canvas, canvas, grid_lines, hide, wrap
from rom.plot._inputs import Comparison, results_of, size_of, variable_of
from rom.plot._scale import error_scale
from rom.plot._style import Width, colour, inches, paper
from rom.plot._text import fitted, shortened
from rom.plot._view import View
from rom.results import Method, Results
from rom.results.words import with_unit


@paper
def error_map(
    comparison: Comparison,
    variable: int | str = 0,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Root mean square error of one variable over the test snapshots, cell by cell.

    A panel for each method with one scale of colours; fields along a line are curves in one panel.
    Of several seeds, the one with the median test error.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    variable : int or str, default 0
        Number or name.
    n_components : int, optional
        Default: the largest number of latents that was compared.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If there is no such variable, or the store is of an older version.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 4, 5))
    >>> fields = rom.Snapshots.from_array(X, axes="t y x")
    >>> comparison = rom.compare(fields, reducers=["pod"], n_components=[2])
    >>> len(rom.plot.error_map(comparison, width="single"))
    1
    """
    results = results_of(comparison)
    methods = results.at(size_of(results, n_components, results.sizes[-1]))
    view, layout = View(results.layout), results.layout.pack()
    rows = [results.store.error_map(results.median_run(method)) for method in methods]
    known = [row for row in rows if row is not None]
    if len(known) < len(methods):
        raise InputError(f"{results.store.path}: the errors of the cells were not measured")
    j = variable_of(layout, variable)
    fields = layout.to_fields(np.stack(known))[:, j]
    label = with_unit(f"RMSE {layout.variables[j]}", layout.units[j])
    draw = _images if view.is_image else _curves
    return draw(results, view, methods, fields, label, ax, width)


def _images(
    results: Results, view: View, methods: list[Method], fields: np.ndarray, label: str, ax: Any,
    width: Width,
) -> np.ndarray:  # fmt: skip
    rows, columns = wrap(len(methods), 3 if width == "double" else 1)
    panel = (inches(width) - 1.2) / columns
    height = rows * (view.height(panel) + 0.25) + 0.05 + 0.35 * view.with_ticks
    if ax is not None:
        rows, columns = 1, len(methods)
    place = canvas(ax, rows, columns, width=width, height=height)
    scale = error_scale(view.stack(fields))
    n = len(methods)
    for i, (axes, method) in enumerate(zip(place.panels, methods, strict=False)):
        image = view.draw(axes, fields[i], scale)
        view.label(axes, panel, left=i % columns == 0, bottom=i + columns >= n)
        axes.set_title(shortened(method.name, panel), pad=3)
    hide(place.panels[n:])
    place.bar(image, place.panels, fitted(label, place.height))
    return np.array(place.panels[:n])


def _curves(
    results: Results, view: View, methods: list[Method], fields: np.ndarray, label: str, ax: Any,
    width: Width,
) -> np.ndarray:  # fmt: skip
    place: Canvas = canvas(ax, 1, 1, width=width, height=2.3)
    axes: Axes = place.panels[0]
    for method, field in zip(methods, fields, strict=True):
        view.curve(axes, field, color=colour(results, method.key), label=method.name)
    axes.set(xlabel=fitted(view.curve_label, place.width - 1), ylabel=fitted(label, 2.0))
    axes.set_ylim(bottom=0)
    grid_lines(axes, "y")
    place.key_of()
    return place.grid[0]
