"""Latents over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError
from rom.plot._canvas import canvas, whole_numbers
from rom.plot._inputs import is_comparison, latents_of, results_of, size_of
from rom.plot._series import LONE, time_series
from rom.plot._style import MORE_COLOURS, Width, paper
from rom.plot._text import fitted
from rom.results import Results
from rom.results.words import latent, with_unit

MAX_LINES = 6


@paper
def latents(
    source: Any,
    times: Any = None,
    *,
    trajectories: Any = None,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Latents over time, a row of panels for each method and a column for each trajectory.

    Six latents are drawn at most, and four trajectories. Without times, the snapshots are numbered
    and the marks are not joined.

    Parameters
    ----------
    source : array (n, k), dict of name to such arrays, or comparison
        Of a comparison: the test set; of several seeds the one with the median test error.
    times : array (n,), optional
    trajectories : array (n,) of int, optional
        Which trajectory each snapshot belongs to.
    n_components : int, optional
        Of a comparison; default: the smallest number of latents.
    ax : array of Axes, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_methods, n_trajectories) array of Axes

    Raises
    ------
    InputError
        If the latents are no matrix, or the times are not as many as the rows.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t = np.linspace(0, 10, 50)
    >>> axes = rom.plot.latents(np.column_stack([np.sin(t), np.cos(t)]), t, width="single")
    >>> axes.shape
    (1, 1)
    """
    unit = ""
    if is_comparison(source):
        results = results_of(source)
        unit = results.time_unit
        named, times, trajectories = of_test(results, n_components)
    else:
        given = source if isinstance(source, dict) else {"": source}
        named = {str(name): latents_of(Z) for name, Z in given.items()}
    n = len(next(iter(named.values())))
    joined, label = times is not None, with_unit("time", unit) if times is not None else "snapshot"
    times = np.arange(n) + 1 if times is None else np.asarray(times)
    labels = None if trajectories is None else np.asarray(trajectories)
    if any(
        len(values) != n
        for values in (*named.values(), times, labels if labels is not None else times)
    ):
        raise InputError("latents, times and trajectories must have one row for each snapshot")
    series, note = time_series(times, labels)
    rows = (len(named), len(series))
    height = (1.15 if len(named) > 1 else 1.6) * len(named) + 0.6
    place = canvas(ax, *rows, width=width, height=height, sharex="col", sharey="row")
    for row, (name, Z) in zip(place.grid, named.items(), strict=True):
        for axes, (_, which) in zip(row, series, strict=True):
            _lines(axes, times[which], Z[which, :MAX_LINES], joined=joined and note != LONE)
        row[0].set_title(name, loc="left", pad=3)
        row[0].set_ylabel("latents")
    for column, (name, _) in enumerate(series):
        place.grid[-1, column].set_xlabel(fitted(label, place.width / len(series) - 0.4))
        if name:
            place.grid[0, column].set_title(name, loc="right", pad=3)
    if not joined:
        whole_numbers(place.grid[-1, 0].xaxis)
    place.key_of(columns=MAX_LINES)
    return place.grid


def of_test(
    results: Results, n_components: int | None
) -> tuple[dict[str, np.ndarray], np.ndarray | None, np.ndarray | None]:
    """Latents of the test set of every method, times and trajectories."""
    k = size_of(results, n_components, results.sizes[0])
    named = {m.name: results.latents(results.median_run(m)) for m in results.at(k)}
    return named, results.times(), results.trajectories()


def _lines(axes: Axes, times: np.ndarray, Z: np.ndarray, *, joined: bool) -> None:
    for i, z in enumerate(Z.T):
        style: dict[str, Any] = {"color": MORE_COLOURS[i], "marker": ".", "ms": 3}
        lw = 0.9 if joined else 0
        axes.plot(times, z, label=latent(i), lw=lw, rasterized=len(z) > 2000, **style)
