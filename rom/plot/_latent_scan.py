"""What each latent changes in the field."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.errors import InputError
from rom.plot._canvas import canvas
from rom.plot._inputs import (
    is_comparison,
    method_of,
    model_of,
    results_of,
    size_of,
    variable_of,
)
from rom.plot._scale import scale_of
from rom.plot._scan_points import candidates, changes_of, of_method, of_model
from rom.plot._style import COLOURS, INK, Width, inches, paper
from rom.plot._text import fitted
from rom.plot._view import View
from rom.results.words import latent, with_unit

MOST_LATENTS = 5


@paper
def latent_scan(
    model: Any,
    latents: Any = None,
    *,
    variable: int | str = 0,
    reducer: str | None = None,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Change of the field when one latent goes up and when it goes down, the others at their mean.

    From the field decoded at the mean of the latents: to the 98 % quantile of the latent (above)
    and to its 2 % quantile (below). Without latents, from zero by twice the amplitude of
    :func:`rom.reducers.coding.modes`, for POD two standard deviations. The counterpart of a mode:
    of a linear decoder both rows are the same with opposite signs.

    Parameters
    ----------
    model : fitted reducer, model of a run, or comparison
    latents : array (n, k), optional
        Those of the training snapshots, ``model.transform(snapshots)``. A comparison has its own.
    variable : int or str, default 0
        Number or name.
    reducer, n_components : optional
        Of a comparison: name of the method, of several beta the one in the middle; default: the
        first nonlinear method with an active latent, and the largest number of latents. Active
        latents are in the order of the energy they capture, with signs such that the largest
        change is positive.
    ax : array of Axes, optional
        A row for high and one for low.
    width : {"single", "double"}, default "double"

    Returns
    -------
    (2, n_latents) array of Axes, of five latents at most

    Raises
    ------
    InputError
        If there is no such method or variable, or the latents are of another model.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t, x = np.arange(60.0)[:, None], np.linspace(0, 6, 20)
    >>> waves = rom.Snapshots.from_array(np.sin(x - 0.3 * t), axes="t x")
    >>> rom.plot.latent_scan(rom.POD(2).fit(waves)).shape
    (2, 2)
    """
    tone = INK
    if is_comparison(model):
        results = results_of(model)
        k = size_of(results, n_components, results.sizes[-1])
        method = method_of(candidates(results, k, reducer), reducer)
        scanned = of_method(results, method)
        tone = COLOURS.get(method.reducer, INK)
    else:
        scanned = of_model(model_of(model), latents)
    view, layout = View(scanned.model.layout_), scanned.model.layout_
    j = variable_of(layout, variable)
    shown = scanned.order[:MOST_LATENTS]
    if not shown:
        raise InputError("no latent is active: none changes the field")
    fields = changes_of(scanned, shown, j)
    scale = scale_of(np.array([-1.0, 1.0]) * (np.nanmax(np.abs(fields)) or 1.0), signed=True)
    panel = (inches(width) - 1.35) / len(shown)
    panel = min(panel, 2.2)
    height = 2 * (view.height(panel) + 0.22) + 0.45 * (view.with_ticks or not view.is_image)
    share = not view.is_image
    place = canvas(ax, 2, len(shown), width=width, height=height, sharex=share, sharey=share)
    for row, words in enumerate(("high", "low")):
        for column, i in enumerate(shown):
            axes, field = place.grid[row, column], fields[column, row]
            if view.is_image:
                image = view.draw(axes, field, scale)
                view.label(axes, panel, left=column == 0, bottom=row == 1)
            else:
                view.curve(axes, field, color=tone, zero=True)
                axes.set_xlabel(fitted(view.curve_label, panel) if row else "")
            axes.set_title(f"{'−' * (scanned.signs[i] < 0)}{latent(i)} {words}", pad=3)
    label = with_unit(f"change of {layout.variables[j]}", layout.units[j])
    if view.is_image:
        shrink = min(1.0, 2.2 / place.height)
        place.bar(image, place.panels, fitted(label, shrink * place.height), shrink=shrink)
    else:
        for axes in place.grid[:, 0]:
            axes.set_ylabel(fitted(label, 1.2))
    return place.grid
