"""Panels of snapshots, of their reconstructions and of the errors."""

from __future__ import annotations

from textwrap import wrap
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.plot._canvas import Canvas, canvas
from rom.plot._examples import Example
from rom.plot._scale import Scale, error_scale, scale_of
from rom.plot._style import MASK, SIZE, Width, inches
from rom.plot._text import fitted, shortened
from rom.plot._view import View
from rom.results.words import with_unit


def images(example: Example, view: View, ax: Any, width: Width) -> np.ndarray:
    n, columns = len(example.originals), 1 + len(example.names)
    upright = ax is None and width == "single"  # then a row for each method
    across = 2 * n if upright else columns
    panel = (inches(width) - (0.7 if upright else 1.5)) / across
    down = columns if upright else 2 * n
    names = [example.title(0, j) for j in range(columns - 1)]
    most = max(lines(name, panel).count("\n") + 1 for name in [*names, *example.snapshots])
    titles = (down if upright else n) * (0.08 + 0.14 * most)
    ticks = 0.4 * view.with_ticks
    height = down * (view.height(panel) + 0.06) + titles + (0.75 if upright else 0.1) + ticks
    shape = (columns, 2 * n) if upright else (2 * n, columns)
    place = canvas(ax, *shape, width=width, height=height)
    grid = place.grid.T if upright else place.grid
    scale = scale_of(view.stack(example.originals), plain=view.is_picture)
    errors = error_scale(np.stack([view.stack(field) for field in example.errors]))
    for i in range(n):
        top, bottom = grid[2 * i], grid[2 * i + 1]
        image = view.draw(top[0], example.originals[i], scale)
        view.label(top[0], panel, left=True, bottom=True)
        top[0].set_title(lines(example.snapshots[i], panel), pad=3)
        _explain(bottom[0], upright=upright)
        for j in range(columns - 1):
            view.draw(top[j + 1], example.fields[j][i], scale)
            wrong = view.draw(bottom[j + 1], example.errors[j][i], errors)
            top[j + 1].set_title(lines(example.title(i, j), panel), pad=3)
            for axes in (top[j + 1], bottom[j + 1]):
                axes.set(xticks=[], yticks=[])
    _bars(example, view, place, grid, image, wrong, scale, upright=upright)
    return grid


def _explain(axes: Axes, *, upright: bool) -> None:
    axes.set_axis_off()
    x, y, where = (0.5, 0.02, "center") if upright else (0.96, 0.5, "right")
    words = "error |x − x̂|" if upright else "error\n|x − x̂|"
    axes.text(x, y, words, ha=where, va="bottom" if upright else "center", transform=axes.transAxes)


def _bars(
    example: Example, view: View, place: Canvas, grid: np.ndarray, image: Any, wrong: Any,
    scale: Scale, *, upright: bool,
) -> None:  # fmt: skip
    """A bar for fields and one for errors, next to the panels of the first snapshot or of all."""
    one = len(example.originals) == 1
    extend = scale.extend(np.stack([view.stack(field) for field in example.fields]))
    label = with_unit(example.variable, example.unit)
    fields, errors = (grid[0], grid[1]) if one else (place.panels, place.panels)
    options: dict[str, Any] = {"aspect": 12 if one else 25}
    room = place.height / 2
    if upright:
        options, room = {"location": "bottom", "aspect": 15, "pad": 0.03}, place.width / 2
    elif not one:
        options["shrink"], room = min(1.0, 2.5 / place.height), 2.5
    place.bar(image, fields, fitted(label, room), extend=extend, **options)
    place.bar(wrong, errors, fitted(with_unit("error", example.unit), room), **options)


def lines(text: str, panel: float) -> str:
    """A title in as many lines as it needs, each as wide as its panel at most.

    >>> lines("β-VAE (energy share 0.001)\\nerror 0.01", 1.1).split("\\n")
    ['β-VAE', '(energy share', '0.001)', 'error 0.01']
    """
    most = int(panel * 72 / (0.62 * SIZE))
    if max(map(len, text.split("\n"))) > most:
        text = text.replace(" (", "\n(")
    wrapped = [one for line in text.split("\n") for one in wrap(line, max(most, 6)) or [""]]
    return "\n".join(shortened(line, panel) for line in wrapped)


def curves(example: Example, view: View, ax: Any, width: Width) -> np.ndarray:
    n, columns = len(example.originals), len(example.names)
    panel = (inches(width) - 0.7) / columns
    height = n * (1.3 + 1.0 + 0.3) + 0.45
    place = canvas(ax, 2 * n, columns, width=width, height=height, sharex=True, sharey="row")
    for i in range(n):
        for j, tone in enumerate(example.colours):
            top, bottom = place.grid[2 * i, j], place.grid[2 * i + 1, j]
            view.curve(top, example.originals[i], color=MASK, lw=3, label="original")
            view.curve(top, example.fields[j][i], color=tone, label="reconstruction")
            view.curve(bottom, example.errors[j][i], color=tone)
            top.set_title(lines(example.title(i, j), panel), pad=3)
        place.grid[2 * i + 1, 0].set_ylim(bottom=0)  # of the whole row, when all is drawn
        label = with_unit(example.variable, example.unit)
        first = example.snapshots[i].replace("\n", ", ")
        place.grid[2 * i, 0].set_ylabel(fitted(f"{label}\n{first}", 1.3))
        place.grid[2 * i + 1, 0].set_ylabel(fitted(with_unit("|x − x̂|", example.unit), 1.0))
    for axes in place.grid[-1]:
        axes.set_xlabel(fitted(view.curve_label, panel))
    place.key_of()
    return place.grid
