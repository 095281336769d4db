"""How a field looks in a panel: an image or a curve, with its coordinates."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.data.layout import FieldLayout
from rom.plot._geometry import geometry
from rom.plot._scale import Scale
from rom.plot._style import GREY, MASK
from rom.plot._text import fitted
from rom.plot._triangles import WIDEST

MAX_VARIABLES = 4
WIDE = 1.6  # images wider than this get fewer columns
TILE = 96  # pixels along each side of a small image: more would not be seen
LARGE = 1000  # ... of any image


class View:
    """How the fields of a layout are drawn; `geometry` says what of them, this class how it looks.

    Attributes
    ----------
    is_image : whether a field is drawn as an image, otherwise as a curve
    is_picture : whether it is a photograph or drawing, and not a field in space
    values : function of a field (*grid)
        What is drawn: (ny, nx), first row on top, for images; (n,) for curves.
    x : (nx,) ndarray, from left to right
    aspect : float, width over height of an image in its own coordinates
    note : str, what a caption has to say of it
    """

    def __init__(self, layout: FieldLayout) -> None:
        self.geometry = geometry(layout)
        self.values, self.x, self.y = self.geometry.values, self.geometry.x, self.geometry.y
        self.is_image, self.is_picture = self.y is not None, self.geometry.is_picture
        self.with_ticks, self.note = self.geometry.with_ticks, self.geometry.note
        self.curve_label = self.geometry.labels[0]
        self.aspect, self.equal = self._aspect()

    def _aspect(self) -> tuple[float, bool]:
        if self.y is None:
            return 1.5, False
        left, right, bottom, top = self._extent()
        aspect = abs(right - left) / abs(top - bottom)
        return (
            (aspect, True)
            if self.geometry.alike and 1 / WIDEST <= aspect <= WIDEST
            else (1.5, False)
        )

    def _extent(self) -> tuple[float, float, float, float]:
        """Edges of the image: left, right, bottom, top."""
        assert self.y is not None
        dx, dy = ((c[-1] - c[0]) / max(1, len(c) - 1) / 2 or 0.5 for c in (self.x, self.y))
        return self.x[0] - dx, self.x[-1] + dx, self.y[-1] + dy, self.y[0] - dy

    @property
    def even(self) -> bool:
        """Whether the cells have one size."""
        return _even(self.x) and (self.y is None or _even(self.y))

    def columns(self, n: int) -> int:
        """How many panels go side by side."""
        return min(n, 3 if not self.is_image else 4 if self.aspect > WIDE else 6)

    def height(self, width: float) -> float:
        """Height of a panel of this width, inches."""
        return max(0.35, min(2.5, width / self.aspect)) if self.is_image else 1.35

    def draw(self, axes: Axes, field: np.ndarray, scale: Scale) -> Any:
        """Draw a field (*grid) as an image; returns what a colour bar needs."""
        assert self.y is not None
        few = tuple(slice(None, None, -(-n // LARGE)) for n in (len(self.y), len(self.x)))
        values = np.ma.masked_invalid(self.values(field)[few])
        left, right, bottom, top = self._extent()
        if self.even:
            edges = (left, right, bottom, top)
            image: Any = axes.imshow(
                values, extent=edges, origin="upper", aspect="auto", **scale.options()
            )
        else:
            image = axes.pcolormesh(
                self.x[few[1]], self.y[few[0]], values, rasterized=True, **scale.options()
            )
            axes.set_facecolor(MASK)
            if top < bottom:
                axes.invert_yaxis()
        axes.set_aspect("equal" if self.equal else "auto")
        axes.spines[["top", "right"]].set_visible(True)
        return image

    def curve(self, axes: Axes, field: np.ndarray, *, zero: bool = False, **style: Any) -> None:
        """Draw a field (*grid) as a curve."""
        if zero:
            axes.axhline(0, color=GREY, lw=0.5)
        axes.plot(self.x, self.values(field), **({"lw": 1.0} | style))
        axes.margins(x=0.02)

    def stack(self, fields: np.ndarray) -> np.ndarray:
        """The values of fields (n, *grid) that are seen."""
        return np.stack([self.values(field) for field in fields])

    def tile(self, field: np.ndarray) -> np.ndarray:
        """A small image (ny, nx) in cells of one size, of at most `TILE` pixels along each side; a
        curve as it is.
        """
        values = self.values(field)
        if self.y is None:
            return values
        return values[_evenly(self.y)][:, _evenly(self.x)]

    def label(self, axes: Axes, width: float, *, left: bool, bottom: bool) -> None:
        """Ticks with coordinates where there are any, on the outer panels only."""
        if not self.with_ticks:
            axes.set(xticks=[], yticks=[], ylabel="")
            return
        axes.tick_params(length=2)
        axes.locator_params(nbins=4)
        if left:
            axes.set_ylabel(fitted(self.geometry.labels[1], self.height(width)))
        else:
            axes.set_yticks([])
        if bottom:
            axes.set_xlabel(fitted(self.geometry.labels[0], width))
        else:
            axes.set_xticks([])


def _even(c: np.ndarray) -> bool:
    steps = np.diff(c)
    return bool(len(c) < 3 or np.ptp(steps) <= 1e-3 * abs(steps.mean()))


def _evenly(c: np.ndarray) -> np.ndarray:
    """Numbers of the cells at evenly spaced places of a monotonic coordinate."""
    if _even(c):
        return np.arange(0, len(c), -(-len(c) // TILE))
    sign = 1 if c[-1] > c[0] else -1
    at = np.linspace(sign * c[0], sign * c[-1], TILE)
    return np.searchsorted((sign * c[1:] + sign * c[:-1]) / 2, at)
