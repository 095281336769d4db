"""The plane of two latents, decoded point by point."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from rom.plot._canvas import canvas, hide, wrap
from rom.plot._inputs import (
    decoded,
    is_comparison,
    model_of,
    results_of,
    variable_of,
)
from rom.plot._plane_points import of_comparison, of_model, scan
from rom.plot._scale import Scale, scale_of
from rom.plot._style import Width, inches, paper
from rom.plot._text import fitted
from rom.plot._view import View
from rom.results.words import latent, with_unit


@paper
def latent_plane(
    model: Any,
    latents: Any = None,
    *,
    variable: int | str = 0,
    pair: tuple[int, int] = (0, 1),
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Fields decoded on a grid of two latents, the others at their mean.

    The points are at quantiles of the latents from 2 to 98 %, so that equal steps are equal shares
    of the snapshots; ticks give the values. A point of the plane need not be near any snapshot.

    Parameters
    ----------
    model : fitted reducer, model of a run, or comparison
    latents : array (n, k), for a model
        Those of the training snapshots, ``model.transform(snapshots)``. A comparison has its own.
    variable : int or str, default 0
        Number or name.
    pair : (int, int), default (0, 1)
        Which latents of a model, to the right and upwards. Of a comparison: the two that capture
        most energy.
    n_components : int, optional
        Of a comparison; default: the smallest number of latents above one.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_methods,) array of Axes

    Raises
    ------
    InputError
        If there are fewer than two latents, or a model comes without latents.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t, x = np.arange(60.0)[:, None], np.linspace(0, 6, 20)
    >>> waves = np.sin(x - 0.3 * t)
    >>> pod = rom.POD(2).fit(waves)
    >>> (ax,) = rom.plot.latent_plane(pod, pod.transform(waves), width="single")
    >>> ax.get_xlabel()
    'z₁'
    """
    if is_comparison(model):
        results = results_of(model)
        parts = of_comparison(results, n_components)
        j = variable_of(results.layout, variable)
        originals = results.originals[:, j]
    else:
        found = model_of(model)
        j = variable_of(found.layout_, variable)
        parts = [of_model(found, latents, pair)]
        originals = decoded(found, parts[0].Z[:50].astype(np.float32))[:, j]
    layout = parts[0].model.layout_
    view, count = View(layout), len(parts)
    n = 5 if not view.is_image else 9 if layout.n_cells <= 2500 else 7
    scale = scale_of(view.stack(originals), plain=view.is_picture)
    most = 3 if view.aspect < 1.3 or not view.is_image else 1 if count < 4 else 2
    rows, columns = wrap(count, (1 if count < 4 else 2) if width == "single" else most)
    panel = (inches(width) - 0.9) / columns - 0.3
    height = rows * (panel / view.aspect + 0.5) + (0.6 if columns == 3 else 0.1)
    if ax is not None:
        rows, columns = 1, count
    place = canvas(ax, rows, columns, width=width, height=height)
    for axes, part in zip(place.panels, parts, strict=False):
        levels, tiles = scan(part, view, n, j)
        _mosaic(axes, view, tiles, scale, part.colour)
        _axes(axes, levels, part.name, part.pair)
    hide(place.panels[count:])
    if view.is_image:
        side = place.height if columns < 3 else place.width
        shrink = min(1.0, 2.6 / side)
        label = fitted(with_unit(layout.variables[j], layout.units[j]), shrink * side)
        where = "right" if columns < 3 else "bottom"
        options: dict[str, Any] = {"location": where, "shrink": shrink, "aspect": 25}
        place.bar(place.panels[0].get_images()[0], place.panels, label, **options)
    return np.array(place.panels[:count])


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


def _axes(axes: Axes, levels: np.ndarray, name: str, pair: tuple[int, int]) -> None:
    n = levels.shape[1]
    shown = [0, n // 2, n - 1]
    axes.set_xticks([i + 0.5 for i in shown], [_tick(levels[0, i]) for i in shown])
    axes.set_yticks([i + 0.5 for i in shown], [_tick(levels[1, i]) for i in shown])
    axes.tick_params(length=2)
    axes.set(title=name, xlabel=latent(pair[0]), ylabel=latent(pair[1]))


def _tick(value: float) -> str:
    return f"{value:.2g}".replace("-", "−")
