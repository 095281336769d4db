"""Names at the ends of curves, instead of a legend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes

from rom.plot._style import SMALL

GAP = 0.025  # of the width of the axes: from its right edge to a name


class End(NamedTuple):
    """Where a curve ends (x is NaN at the edge of the axes), and what stands there."""

    x: float
    y: float
    text: str
    colour: str


def label_ends(axes: Axes, ends: Sequence[End], *, height: float) -> None:
    """Write names at the right of the axes, at the height of the last points and not on each other.

    The limits of the axes have to be final. `height` is that of the axes in inches, roughly.
    """
    edge = axes.get_xlim()[1]
    points = [(edge if np.isnan(end.x) else end.x, end.y) for end in ends]
    at = axes.transLimits.transform(axes.transScale.transform(points)).clip(0, 1)
    lines = [1 + end.text.count("\n") for end in ends]
    heights = spread(at[:, 1], np.array(lines) * 1.25 * SMALL / 72 / height)
    for (x, y), end, wanted in zip(at, ends, heights, strict=True):
        axes.annotate(
            end.text, (x, y), (1 + GAP + 0.03, wanted), xycoords="axes fraction",
            textcoords="axes fraction", color=end.colour, fontsize=SMALL, va="center", ha="left",
            arrowprops={
                "arrowstyle": "-", "color": end.colour, "lw": 0.6, "alpha": 0.6,
                # dotted: no one takes it for data
                "linestyle": (0, (1, 3)), "relpos": (0, 0.5), "shrinkA": 1, "shrinkB": 3,
            },
        )  # fmt: skip


def spread(wanted: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Places as near to the wanted ones as may be without overlap, in the same order.

    >>> spread(np.array([0.5, 0.5]), np.array([0.1, 0.1]))
    array([0.45, 0.55])
    """
    order = np.argsort(wanted, kind="stable")
    places, groups = wanted.astype(float), [[i] for i in order]
    merged = True
    while merged:
        merged = False
        for group in groups:
            total = sizes[group].sum()
            first = float(np.clip(wanted[group].mean() - total / 2, 0, max(0.0, 1 - total)))
            ends = first + np.cumsum(sizes[group])
            places[group] = ends - sizes[group] / 2
        for a, b in pairwise(groups):
            top = places[a[-1]] + sizes[a[-1]] / 2
            if top > places[b[0]] - sizes[b[0]] / 2 + 1e-9:
                a += b
                groups.remove(b)
                merged = True
                break
    return places
