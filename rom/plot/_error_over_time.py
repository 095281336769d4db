"""The error of each test snapshot over time."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError
from rom.plot._canvas import canvas, grid_lines
from rom.plot._inputs import Comparison, results_of, size_of
from rom.plot._series import LONE, time_series
from rom.plot._style import Width, colour, paper
from rom.plot._text import fitted
from rom.plot._ticks import error_axis
from rom.results import Method, Results
from rom.results.words import with_unit


@paper
def error_over_time(
    comparison: Comparison,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Relative error of each test snapshot over time, with a panel for each trajectory.

    Lines are means over the seeds, bands reach from the least to the largest.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    n_components : int, optional
        Default: the largest number of latents that was compared.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If the snapshots have no times, or the store is of an older version.

    Examples
    --------
    >>> import numpy as np, rom
    >>> t, x = np.arange(60.0), np.linspace(0, 6, 20)
    >>> waves = rom.Snapshots.from_array(np.sin(x - 0.3 * t[:, None]), axes="t x", times=t)
    >>> comparison = rom.compare(waves, reducers=["pod"], n_components=[1])
    >>> (ax,) = rom.plot.error_over_time(comparison)
    >>> ax.get_xlabel()
    'time'
    """
    results = results_of(comparison)
    k = size_of(results, n_components, results.sizes[-1])
    times = results.times()
    if times is None:
        raise InputError(f"{results.store.path}: the snapshots have no times")
    methods = results.at(k)
    measured = [errors_of(results, method) for method in methods]
    known = [errors for errors in measured if errors is not None]
    if len(known) < len(methods):
        raise InputError(f"{results.store.path}: the errors of the snapshots were not measured")
    series, note = time_series(times, results.trajectories())
    height = 2.2 + 0.15 * (len(series) > 1)
    place = canvas(ax, 1, len(series), width=width, height=height, sharey=True)
    label = fitted(with_unit("time", results.time_unit), place.width / len(series) - 0.4)
    for axes, (name, rows) in zip(place.panels, series, strict=True):
        for method, errors in zip(methods, known, strict=True):
            tone = colour(results, method.key)
            _course(axes, times[rows], errors[:, rows], method.name, tone, joined=note != LONE)
        axes.set_xlabel(label)
        axes.set_title(name, loc="right", pad=3)
        grid_lines(axes, "y")
    place.panels[0].set_ylabel("relative error")
    if min(np.nanmin(errors, initial=np.inf) for errors in known) > 0:
        for axes in place.panels:
            error_axis(axes)
    place.key_of()
    return place.grid[0]


def errors_of(results: Results, method: Method) -> np.ndarray | None:
    """Relative errors (seeds, n) of the test snapshots, None where a run has none."""
    found = [results.store.relative_errors(run) for run in method.runs]
    known = [errors for errors in found if errors is not None]
    return np.stack(known) if len(known) == len(found) else None


def _course(
    axes: Axes, times: np.ndarray, errors: np.ndarray, name: str, tone: str, *, joined: bool
) -> None:
    style: dict[str, Any] = {"color": tone, "marker": ".", "ms": 3, "lw": 1.0 if joined else 0}
    axes.plot(times, errors.mean(axis=0), label=name, rasterized=len(times) > 2000, **style)
    if len(errors) > 1 and joined:
        low, high = errors.min(axis=0), errors.max(axis=0)
        axes.fill_between(times, low, high, color=tone, alpha=0.2, lw=0)
