"""The colours of a field: the same in every panel of one variable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Colormap

from rom.plot._style import MASK


@dataclass(frozen=True)
class Scale:
    """Colours of one variable: the same in every panel."""

    low: float
    high: float
    colours: Colormap
    kind: str

    def options(self) -> dict[str, Any]:
        return {"vmin": self.low, "vmax": self.high, "cmap": self.colours}

    def extend(self, values: np.ndarray) -> Literal["neither", "min", "max", "both"]:
        """At which ends the values lie beyond the colours, by more than a colour, as a colour bar
        wants it.

        >>> Scale(0.0, 1.0, _map("viridis"), "").extend(np.array([-0.5, 0.5, np.nan]))
        'min'
        """
        colour = (self.high - self.low) / self.colours.N
        below, above = np.nanmin(values) < self.low - colour, np.nanmax(values) > self.high + colour
        return "both" if below and above else "min" if below else "max" if above else "neither"


def scale_of(values: np.ndarray, *, plain: bool = False, signed: bool = False) -> Scale:
    """Diverging and symmetric if both signs matter; grey for plain non-negative images; else
    sequential.
    """
    low, high = _range(values)
    if signed or (low < 0 < high and min(-low, high) > 0.25 * max(-low, high)):
        limit = max(-low, high)
        return Scale(-limit, limit, _map("RdBu_r"), "symmetric about zero")
    name = "gray_r" if plain and low >= 0 else "viridis"
    return Scale(low, high, _map(name), "the range of the originals")


def error_scale(errors: np.ndarray) -> Scale:
    """From pale, which is no error, to dark."""
    _, high = _range(np.append(errors, 0.0))
    return Scale(0.0, high, _map("YlOrRd"), "from zero to the largest error")


def _range(values: np.ndarray) -> tuple[float, float]:
    known = np.asarray(values)[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _map(name: str) -> Colormap:
    return mpl.colormaps[name].with_extremes(bad=MASK)
