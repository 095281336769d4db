"""Drawing a field: an image, the middle slice of a volume, a curve, or values over their number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap

from rom.data.layout import IMAGE_AXES, FieldLayout
from rom.report.style import MASK
from rom.report.words import with_unit

MAX_VARIABLES = 4
WIDE = 1.6  # images wider than this get fewer columns


@dataclass(frozen=True)
class Scale:
    """Colours of one variable: the same in every panel."""

    low: float
    high: float
    colours: Colormap
    kind: str

    def options(self) -> dict[str, Any]:
        return {"vmin": self.low, "vmax": self.high, "cmap": self.colours}


def scale_of(values: np.ndarray, *, plain: bool = False, signed: bool = False) -> Scale:
    """Diverging and symmetric if both signs matter; grey for plain non-negative images; else sequential."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if high <= low:
        low, high = low - 0.5, high + 0.5
    if signed or (low < 0 < high and min(-low, high) > 0.25 * max(-low, high)):
        limit = max(-low, high)
        return Scale(-limit, limit, _map("RdBu_r"), "symmetric about zero")
    return Scale(low, high, _map("gray_r" if plain and low >= 0 else "viridis"), "the range of the originals")


def _map(name: str) -> Colormap:
    return mpl.colormaps[name].with_extremes(bad=MASK)


class View:
    """How the cells of a layout are drawn.

    Attributes
    ----------
    is_image : bool
        Whether a field is drawn as an image, otherwise as a curve.
    aspect : float, width over height of an image in its own coordinates
    note : str, what a caption has to say of it
    """

    def __init__(self, layout: FieldLayout) -> None:
        self.layout = layout
        self.is_image = layout.has_grid and len(layout.axes) >= 2
        self.axes = layout.axes[-2:] if self.is_image else layout.axes
        self.labels = [with_unit(axis, layout.coordinate_units.get(axis, "")) for axis in self.axes]
        self.x, self.y = self._coordinate(-1), self._coordinate(-2) if self.is_image else None
        self.with_coordinates = self.is_image and all(name in layout.coordinates for name in self.axes)
        self.is_picture = self.is_image and layout.axes[-2:] == IMAGE_AXES
        self.note = self._note()
        self.aspect, self.equal = self._aspect()

    def _coordinate(self, axis: int) -> np.ndarray:
        n = self.layout.grid_shape[axis] if self.layout.has_grid else self.layout.n_cells
        given = self.layout.coordinates.get(self.layout.axes[axis]) if self.layout.has_grid else None
        if given is None or np.shape(given) != (n,) or not (np.all(np.diff(given) > 0) or np.all(np.diff(given) < 0)):
            return np.arange(n, dtype=float)
        return np.asarray(given, dtype=float)

    def _note(self) -> str:
        if len(self.layout.axes) == 3 and self.is_image:
            axis = self.layout.axes[0]
            middle, where = self.middle, ""
            if axis in self.layout.coordinates:
                where = f" ({axis} = {self.layout.coordinates[axis][middle]:.3g})"
            return f"Drawn is the middle slice along {axis}: number {middle + 1} of {self.layout.grid_shape[0]}{where}."
        if not self.layout.has_grid:
            return "The data has no grid: values are drawn over the number of the feature."
        return ""

    @property
    def middle(self) -> int:
        return self.layout.grid_shape[0] // 2

    def _aspect(self) -> tuple[float, bool]:
        if self.y is None:
            return 1.5, False
        spans = [float(abs(c[-1] - c[0])) * len(c) / max(1, len(c) - 1) or 1.0 for c in (self.x, self.y)]
        aspect = spans[0] / spans[1]
        return (aspect, True) if 1 / 6 <= aspect <= 6 else (1.5, False)

    def flat(self, field: np.ndarray) -> np.ndarray:
        """The part of a field (*grid) that is drawn: (ny, nx) for images, (n,) for curves."""
        if self.is_image:
            return field[self.middle] if field.ndim == 3 else field
        return field.reshape(-1)

    def upright(self, field: np.ndarray) -> np.ndarray:
        """An image as it is seen, first row on top: a picture as it is, a field with x to the right and y upwards."""
        image = self.flat(field)
        if self.is_picture or self.y is None:
            return image
        image = image if self.y[-1] < self.y[0] else image[::-1]
        return image if self.x[-1] > self.x[0] else image[:, ::-1]

    @property
    def even(self) -> bool:
        """Whether the cells have one size."""
        return _uniform(self.x) and (self.y is None or _uniform(self.y))

    def columns(self, n: int) -> int:
        """How many panels go side by side."""
        return min(n, 3 if not self.is_image else 4 if self.aspect > WIDE else 6)

    def height(self, width: float) -> float:
        """Height of a panel of this width, inches."""
        return max(0.35, min(2.5, width / self.aspect)) if self.is_image else 1.35

    def draw(self, axes: Axes, field: np.ndarray, scale: Scale) -> Any:
        """Draw a field (*grid) as an image; returns what a colour bar needs."""
        values = np.ma.masked_invalid(self.flat(field))
        assert self.y is not None
        if self.even:
            image: Any = axes.imshow(values, extent=self._extent(), origin="upper", aspect="auto", **scale.options())
        else:
            image = axes.pcolormesh(self.x, self.y, values, rasterized=True, **scale.options())
            axes.set_facecolor(MASK)
        if not self.is_picture:
            axes.set_ylim(*sorted(axes.get_ylim()))
            axes.set_xlim(*sorted(axes.get_xlim()))
        elif not axes.yaxis_inverted():
            axes.invert_yaxis()
        axes.set_aspect("equal" if self.equal else "auto")
        axes.spines[["top", "right"]].set_visible(True)
        return image

    def _extent(self) -> tuple[float, float, float, float]:
        """Edges of the image: its first row is at the first y."""
        assert self.y is not None
        dx, dy = ((c[-1] - c[0]) / max(1, len(c) - 1) / 2 or 0.5 for c in (self.x, self.y))
        return self.x[0] - dx, self.x[-1] + dx, self.y[-1] + dy, self.y[0] - dy

    def label(self, axes: Axes, *, left: bool, bottom: bool) -> None:
        """Ticks with coordinates where there are any, on the outer panels only."""
        if not self.with_coordinates:
            axes.set(xticks=[], yticks=[])
            return
        axes.tick_params(length=2)
        axes.locator_params(nbins=4)
        if not left:
            axes.set_yticks([])
        if bottom:
            axes.set_xlabel(self.labels[1])
        else:
            axes.set_xticks([])

    @property
    def curve_label(self) -> str:
        return self.labels[-1] if self.layout.has_grid else "number of the feature"


def _uniform(c: np.ndarray) -> bool:
    steps = np.diff(c)
    return bool(len(c) < 3 or np.ptp(steps) <= 1e-3 * abs(steps.mean()))
