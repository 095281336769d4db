"""Where a figure is drawn: panels of its own, or those that the user gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colorbar import Colorbar
from matplotlib.ticker import MaxNLocator

from rom.errors import InputError
from rom.plot._style import PALE, inches, new_figure


@dataclass(frozen=True)
class Canvas:
    """Panels to draw on.

    Attributes
    ----------
    figure : Figure or SubFigure
    grid : (rows, columns) array of Axes
    width : inches, of the whole figure
    own : whether the figure was made for this
    """

    figure: Any
    grid: np.ndarray
    width: float
    own: bool

    @property
    def panels(self) -> list[Axes]:
        return list(self.grid.flat)

    @property
    def height(self) -> float:
        """Inches of the whole figure."""
        return float(self.figure.get_figure(root=True).get_size_inches()[1])

    def key(self, handles: Sequence[Artist], *, columns: int = 4, title: str = "") -> None:
        """A legend above the panels, over no curve."""
        if not handles:
            return
        names: list[str] = [str(handle.get_label()) for handle in handles]
        # as many columns as fit: a letter is half as wide as high, and each name has a mark
        room = self.width if self.own else self.width / self.grid.shape[1]
        fit = int(room * 72 / (4.2 * max(map(len, names)) + 32))
        options: dict[str, Any] = {
            "handles": handles, "labels": names, "ncols": max(1, min(columns, fit, len(names))),
            "columnspacing": 1.2, "handlelength": 1.6, "title": title or None,
        }  # fmt: skip
        if self.own:
            self.figure.legend(loc="outside upper center", **options)
        else:
            place = {"loc": "lower left", "bbox_to_anchor": (0, 1.02), "borderaxespad": 0.0}
            self.panels[0].legend(**place, **options)

    def key_of(self, *, columns: int = 4) -> None:
        """The same, of what has a name in the first panel."""
        self.key(self.panels[0].get_legend_handles_labels()[0], columns=columns)

    def bar(self, image: Any, panels: Iterable[Axes], label: str, **options: Any) -> Colorbar:
        """A colour bar at the right of some panels."""
        bar = self.figure.colorbar(
            image, ax=list(panels), label=label, **({"pad": 0.015} | options)
        )
        bar.outline.set_linewidth(0.5)
        return bar


def canvas(
    ax: Any, rows: int, columns: int, *, width: str, height: float, **options: Any
) -> Canvas:
    """New panels in a figure of this width and height (inches), or the user's axes.

    Raises
    ------
    InputError
        If the user's axes are not as many as there are panels.
    """
    size = inches(width)
    if ax is None:
        figure = new_figure(size, height)
        return Canvas(figure, figure.subplots(rows, columns, squeeze=False, **options), size, True)
    given = np.asarray(ax, dtype=object).reshape(-1)
    if not all(isinstance(one, Axes) for one in given):
        raise InputError("ax: matplotlib Axes (or an array of them) expected")
    if len(given) != rows * columns:
        panels = f"{rows} x {columns} axes" if rows * columns > 1 else "one Axes"
        raise InputError(f"ax: {panels} needed, got {len(given)}")
    figure = given[0].figure
    size = float(figure.get_figure(root=True).get_size_inches()[0])
    return Canvas(figure, given.reshape(rows, columns), size, False)


def wrap(n: int, columns: int) -> tuple[int, int]:
    """Rows and columns for n panels, at most `columns` in a row.

    >>> wrap(5, 3), wrap(2, 3), wrap(4, 3)
    ((2, 3), (1, 2), (2, 2))
    """
    columns = 2 if n == 4 and columns == 3 else min(n, columns)
    return -(-n // columns), columns


def hide(panels: Iterable[Axes]) -> None:
    """Leave panels blank."""
    for axes in panels:
        axes.set_visible(False)


def grid_lines(axes: Axes, which: Any = "both") -> None:
    """Pale lines at the ticks, behind everything."""
    axes.grid(axis=which, color=PALE, lw=0.5)
    axes.set_axisbelow(True)


def whole_numbers(axis: Any, most: int = 8) -> None:
    """Ticks at whole numbers only."""
    axis.set_major_locator(MaxNLocator(integer=True, nbins=most, min_n_ticks=1))
