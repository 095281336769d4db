"""What the points of a scatter plot are coloured by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rom.plot._canvas import Canvas
from rom.plot._style import CLASS_COLOURS, CLASS_MARKERS
from rom.plot._text import fitted, shortened
from rom.results import Results
from rom.results.words import with_unit

MAX_LABELS = 20


@dataclass(frozen=True)
class Colouring:
    """Labels if `classes` is given, else a number."""

    name: str
    values: np.ndarray
    classes: np.ndarray | None = None


def colouring(name: str, values: np.ndarray) -> Colouring:
    """By labels, where they are few whole numbers or words, else by a number."""
    classes = np.unique(values)
    few = values.dtype.kind in "iubU" and 1 < len(classes) <= MAX_LABELS
    return Colouring(name, values, classes if few else None)


def of_results(results: Results) -> Colouring | None:
    """By labels if there are some, else a parameter, else time."""
    found = [colouring(name, values) for name, values in results.parameters().items()]
    for one in found:
        if one.classes is not None:
            return one
    for one in found:
        if np.isfinite(one.values).all() and np.ptp(one.values) > 0:
            return one
    times = results.times()
    return None if times is None else Colouring(with_unit("time", results.time_unit), times)


def look(i: int) -> dict[str, Any]:
    """Colour and marker of a class: ten colours, and other markers for the next ten."""
    turn = i // len(CLASS_COLOURS)
    marker = CLASS_MARKERS[(i + 3 * turn) % len(CLASS_MARKERS)]
    return {"color": CLASS_COLOURS[i % len(CLASS_COLOURS)], "marker": marker}


def draw_points(axes: Axes, x: np.ndarray, y: np.ndarray, by: Colouring | None) -> Any:
    """A scatter plot; returns what a colour bar needs."""
    size = 10 if len(x) < 300 else 5 if len(x) < 3000 else 2
    style: dict[str, Any] = {"s": size, "linewidths": 0, "rasterized": len(x) > 2000}
    if by is None:
        return axes.scatter(x, y, color="#555555", **style)
    if by.classes is None:
        return axes.scatter(x, y, c=by.values, cmap="viridis", **style)
    for i, value in enumerate(by.classes):
        rows = by.values == value
        axes.scatter(x[rows], y[rows], **look(i), **(style | {"s": 1.6 * size}))
    return None


def add_key(place: Canvas, panels: Iterable[Axes], image: Any, by: Colouring | None) -> None:
    """A colour bar, or a legend of the classes."""
    if by is None:
        return
    if by.classes is None:
        place.bar(image, panels, fitted(by.name, place.height))
        return
    names = [shortened(v, 1.5) if isinstance(v, str) else f"{v:g}" for v in by.classes]
    handles = [Line2D([], [], ls="", ms=4, label=name, **look(i)) for i, name in enumerate(names)]
    place.key(handles, columns=10, title=fitted(by.name, place.width))
