"""Pictures of fields in a page: which cells are shown, on few pixels, and in which colours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import Colormap

from rom.data.layout import FieldLayout
from rom.pipeline import Pipeline
from rom.plot._sampling import Sample
from rom.plot._scale import Scale, scale_of
from rom.plot._view import MAX_VARIABLES, View
from rom.report.explorer.packing import Pool
from rom.results.words import with_unit

#: Pixels of a picture, pixels along a side, points of a curve, and values of all variables.
MOST_PIXELS, LONGEST, MOST_POINTS, MOST_VALUES = 96 * 128, 160, 512, 16384
#: Shares of the values below and above the range of the colours.
TAILS = (0.002, 0.998)
NO_CELL = 65535


@dataclass(frozen=True)
class Picture:
    """What is shown of the fields of a layout.

    Attributes
    ----------
    view : View
    pixels : (ny, nx) or (n,) int
        Which of the shown cells is at each pixel; -1: none.
    cells : (n,) int, numbers of the shown cells
    features : (n_variables * n,) int
        The features of packed rows that are shown; -1 where a variable has no data.
    n_variables : int, the first ones of the layout
    """

    view: View
    pixels: np.ndarray
    cells: np.ndarray
    features: np.ndarray
    n_variables: int

    @classmethod
    def of(cls, layout: FieldLayout, most_values: int = MOST_VALUES) -> Picture:
        """The cells that a reduced picture needs; of all variables at most `most_values`."""
        view, n = View(layout), min(layout.n_variables, MAX_VARIABLES)
        valid = layout.valid.reshape(layout.n_variables, -1)
        places = np.where(valid, np.cumsum(valid).reshape(valid.shape) - 1, -1)[:n]
        numbers = _few(view, _numbers(view, layout), most_values // n)
        there = np.asarray(valid[:n].any(axis=0))
        numbers = np.where((numbers >= 0) & there[numbers], numbers, -1)
        cells, pixels = np.unique(numbers, return_inverse=True)
        pixels = pixels.reshape(numbers.shape)
        if cells[0] < 0:
            cells, pixels = cells[1:], pixels - 1
        return cls(view, pixels, cells, places[:, cells].reshape(-1), n)

    def values(self, fields: np.ndarray) -> np.ndarray:
        """The shown values (n, n_variables * n_cells) of fields (n, n_variables, *grid)."""
        flat = fields.reshape(*fields.shape[:2], -1)[:, : self.n_variables, self.cells]
        return flat.reshape(len(fields), -1)

    def packed(self, pool: Pool) -> dict[str, Any]:
        """What a page needs to draw it."""
        pixels = np.where(self.pixels < 0, NO_CELL, self.pixels)
        view = self.view
        kind = "picture" if view.is_picture else "field" if view.is_image else "curve"
        axis = f"From left to right: {view.curve_label} from {view.x[0]:.4g} to {view.x[-1]:.4g}."
        if kind != "curve":
            axis = ""
        return {
            "size": list(self.pixels.shape),
            "pixels": pool.add(pixels, "u2"),
            "aspect": round(view.aspect, 4),
            "kind": kind,
            "note": f"{axis} {view.note}".strip(),
        }


def _numbers(view: View, layout: FieldLayout) -> np.ndarray:
    """The cell at each pixel of a figure of the report, -1 where there is none."""
    if isinstance(view.values, Sample):
        nearest = view.values.shares.argmax(axis=2)[:, :, None]
        return np.take_along_axis(view.values.numbers, nearest, axis=2)[:, :, 0]
    return np.asarray(view.values(np.arange(layout.n_cells).reshape(layout.grid_shape)))


def _few(view: View, numbers: np.ndarray, most: int) -> np.ndarray:
    """Of evenly spaced places, as many as a small picture has."""
    if view.y is None:
        return numbers[_places(view.x, min(MOST_POINTS, most, len(view.x)))]
    ny, nx = numbers.shape
    share = min(1.0, (min(MOST_PIXELS, most) / numbers.size) ** 0.5, LONGEST / max(ny, nx))
    rows, columns = (_places(c, max(1, int(share * len(c)))) for c in (np.asarray(view.y), view.x))
    return numbers[rows][:, columns]


def _places(c: np.ndarray, n: int) -> np.ndarray:
    """The numbers of n cells that are nearest to even steps of a monotonic coordinate."""
    edges = np.linspace(c[0], c[-1], n)
    sign = 1 if c[-1] >= c[0] else -1
    return np.searchsorted(sign * (c[1:] + c[:-1]) / 2, sign * edges)


def physical(pipeline: Pipeline, picture: Picture) -> tuple[np.ndarray, np.ndarray]:
    """Gain and offset (n_shown,) that make physical values of preprocessed ones."""
    layout, features = pipeline.layout_, picture.features
    zeros = pipeline.inverse_transform(np.zeros((1, layout.pack().n_features)))[0]
    gain = np.where(features >= 0, 1 / pipeline.factors[features], 0.0)
    return gain, zeros[layout.valid][features]


def scales(picture: Picture, samples: np.ndarray) -> list[Scale]:
    """The colours of each variable: those of the report; of fields over all but the outermost
    values.
    """
    parts = samples.reshape(len(samples), picture.n_variables, -1)
    found = []
    for j in range(picture.n_variables):
        values = parts[:, j][np.isfinite(parts[:, j])]
        if not picture.view.is_picture:
            values = np.quantile(values, TAILS)
        found.append(scale_of(values, plain=picture.view.is_picture))
    return found


def legend(name: str, unit: str, scale: Scale, pool: Pool) -> dict[str, Any]:
    """A variable and its colours."""
    low, high = (float(f"{value:.6g}") for value in (scale.low, scale.high))
    label, colours = with_unit(name, unit), pool.add(table(scale.colours), "u1")
    return {"name": name, "label": label, "low": low, "high": high, "colours": colours}


def table(colours: Colormap) -> np.ndarray:
    """256 colours of a map, (256, 3), from 0 to 255.

    >>> import matplotlib
    >>> table(matplotlib.colormaps["gray"])[2].tolist()
    [2, 2, 2]
    """
    shares = np.asarray(colours(np.linspace(0, 1, 256)))[:, :3]
    return np.rint(255 * shares).astype(np.uint8)
