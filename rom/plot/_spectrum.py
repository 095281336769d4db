"""POD's spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rom.errors import InputError
from rom.plot._canvas import canvas, grid_lines, whole_numbers
from rom.plot._inputs import is_comparison, model_of, reducer_of, results_of
from rom.plot._style import GREY, INK, Width, paper
from rom.plot._ticks import error_axis, log_axis
from rom.reducers.pod import POD

ROUNDING = 1e-15  # shares of the energy below it
MANY = 60  # modes from which their axis is logarithmic


@paper
def spectrum(
    model: Any, *, marks: Sequence[int] = (), ax: Any = None, width: Width = "double"
) -> np.ndarray:
    """Share of the energy of each POD mode, and the energy that the first modes do not capture.

    Both are of the data of the fit, as fractions of its energy about the mean.

    Parameters
    ----------
    model : fitted POD, the model of its run, or a comparison with POD
    marks : sequence of int, optional
        Numbers of modes with a dotted line; default of a comparison: the sizes that were compared.
    ax : array of two Axes, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (2,) array of Axes: share of each mode, energy not captured by the first modes

    Raises
    ------
    InputError
        If the model has no spectrum.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(40, 10)) * np.arange(1, 11)
    >>> left, right = rom.plot.spectrum(rom.POD(3).fit(X))
    >>> right.get_ylabel()
    'energy not captured'
    """
    if is_comparison(model) and not marks:
        marks = results_of(model).sizes[:6]
    share, left_over = shares(model)
    number = np.arange(1, len(share) + 1)
    place = canvas(ax, 1, 2, width=width, height=2.3 if width == "double" else 1.8)
    left, right = place.panels
    style: dict[str, Any] = {"color": INK, "marker": ".", "ms": 3, "lw": 0.8}
    left.plot(number, share, **style)
    right.plot(number[:-1], left_over[:-1], **style)
    left.set(xlabel="mode", ylabel="share of the energy")
    right.set(xlabel="number of modes", ylabel="energy not captured")
    for axes in place.panels:
        if (share > 0).any():
            error_axis(axes)
        if len(share) > MANY:
            axes.set_xscale("log")
            log_axis(axes.xaxis)
        else:
            whole_numbers(axes.xaxis, 6)
        grid_lines(axes)
        for k in marks:
            axes.axvline(k, color=GREY, lw=0.7, ls=":")
    return place.grid[0]


def shares(model: Any) -> tuple[np.ndarray, np.ndarray]:
    """Share of the energy of each mode above rounding, and what the first 1, 2, ... leave."""
    reducer = reducer_of(model_of(model))
    if not isinstance(reducer, POD):
        raise InputError(f"{type(reducer).__name__} has no spectrum; give a fitted POD")
    energy = np.square(np.asarray(reducer.spectrum_, dtype=float))
    share = energy / (energy.sum() or 1.0)
    left_over = share[::-1].cumsum()[::-1] - share  # summed from the small end: no cancellation
    kept = max(1, int((share > ROUNDING).sum()))
    return share[:kept], left_over[:kept]
