"""Error against the number of latents."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError
from rom.plot._canvas import canvas, grid_lines
from rom.plot._inputs import Comparison, results_of
from rom.plot._labels import End, label_ends
from rom.plot._pod_curve import Curve, pod_curve, shown_errors, size_axis
from rom.plot._style import GREY, INK, Width, colour, marker, paper
from rom.plot._ticks import error_axis, percent
from rom.results import Results
from rom.results.common import no_larger

MANY_INCHES = 5  # a figure so wide has room for long names


@paper
def error_curve(
    comparison: Comparison,
    *,
    ring: tuple[str, float | None, int] | None = None,
    tolerance: float | None = None,
    ax: Axes | None = None,
    width: Width = "single",
) -> Axes:
    """Relative error of the test snapshots against the number of latents, for every method.

    Marks are means over the seeds, small ones single seeds. The thin line is POD with every number
    of modes, as far as it takes POD to reach the lowest error; a dashed line leads from the ring to
    the modes that have its error. Methods are named at the ends of their lines; those in grey are
    controls.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    ring : (reducer, beta, n_components), optional
        A point with a ring around it, e.g. ``("autoencoder", None, 2)``; of POD any number of
        modes on its curve.
    tolerance : float, optional
        An error that is good enough: a dashed line.
    ax : Axes, optional
        Where to draw; default: a new figure.
    width : {"single", "double"}, default "single"
        3.5 or 7 inches, of a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        If no run has finished, or there is no such point to ring.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[2, 4])
    >>> ax = rom.plot.error_curve(comparison, ring=("pod", None, 4), tolerance=0.5)
    >>> ax.get_yscale()
    'log'
    """
    results = results_of(comparison)
    curve = pod_curve(results)
    ringed = None if ring is None else _point(results, curve, ring)
    place = canvas(ax, 1, 1, width=width, height=2.5)
    (axes,) = place.panels
    least = 0 if ring is None else ring[2]
    shown = np.empty(0) if curve is None else shown_errors(results, curve.errors, least)
    if curve is not None:
        name = f"POD, every number of modes{'' if curve.part == 'test' else ', training set'}"
        axes.plot(np.arange(1, len(shown) + 1), shown, color=INK, lw=0.6, zorder=1.5, label=name)
    keys = dict.fromkeys([*results.keys, *(method.key for method in results.rivals)])
    joined = [key for key in keys if curve is None or curve.part != "test" or key[0] != "pod"]
    ends = [
        _line(axes, results, key, joined=key in joined, above=ring is not None and key == ring[:2])
        for key in keys
    ]
    if tolerance is not None:
        axes.axhline(tolerance, color=GREY, lw=0.8, ls=(0, (4, 3)), zorder=1)
        ends.append(End(np.nan, tolerance, f"tolerance {100 * tolerance:g} %", GREY))
    if ringed is not None:
        axes.plot(*ringed, "o", ms=10, mfc="none", mec=INK, mew=0.9, zorder=5)
    _limits(axes, results, shown, tolerance)
    same = None if ringed is None else _same(axes, shown, *ringed)
    size_axis(axes, results.sizes, max(len(shown), results.sizes[-1]), same)
    axes.set(xlabel="number of latents", ylabel="relative error (%)")
    grid_lines(axes)
    broken = [end._replace(text=end.text.replace(" (", "\n(")) for end in ends]
    named = broken if place.width < MANY_INCHES else ends
    label_ends(axes, [end for end in named if np.isfinite(end.y)], height=0.78 * place.height)
    return axes


def _point(
    results: Results, curve: Curve | None, ring: tuple[str, float | None, int]
) -> tuple[int, float]:
    reducer, beta, k = ring
    for method in [*results.methods, *results.rivals]:
        if (method.reducer, method.beta, method.n_components) == (reducer, beta, k):
            return k, results.mean(method, "relative_error")
    if reducer == "pod" and curve is not None and 0 < k <= len(curve.errors):
        return k, float(curve.errors[k - 1])
    known = [(*method.key, method.n_components) for method in results.methods]
    raise InputError(f"ring={ring}: no such point; compared were {known}")


def _same(axes: Axes, shown: np.ndarray, k: int, error: float) -> int | None:
    """A line from a point to the number of POD modes that have no larger error."""
    enough = np.flatnonzero(shown <= no_larger(error))
    if not len(enough) or enough[0] + 1 <= k:
        return None
    n = int(enough[0]) + 1
    axes.hlines(error, k, n, color=INK, lw=0.7, ls=(0, (5, 3)), zorder=1.4)
    axes.plot(n, error, "s", ms=4, mfc="white", mec=INK, mew=0.8, zorder=4)
    return n


def _line(
    axes: Axes, results: Results, key: tuple[str, float | None], *, joined: bool, above: bool
) -> End:
    methods = results.of(key)
    sizes = [method.n_components for method in methods]
    style: dict[str, Any] = {"color": colour(results, key), "marker": marker(key)}
    # nothing hides the ringed method, and no control any method
    style["zorder"] = 4 if above else 3 if key in results.keys else 2
    means = [results.mean(method, "relative_error") for method in methods]
    ls = "-" if joined else ""
    axes.plot(sizes, means, label=results.name(key), ms=4, ls=ls, **style)
    for method in methods:
        values = results.values(method, "relative_error")
        if len(values) > 1:
            axes.plot([method.n_components] * len(values), values, ls="", ms=2, alpha=0.5, **style)
    known = [(k, mean) for k, mean in zip(sizes, means, strict=True) if np.isfinite(mean)]
    last = known[-1] if known else (sizes[-1], np.nan)
    return End(*last, results.name(key), style["color"])


def _limits(axes: Axes, results: Results, curve: np.ndarray, tolerance: float | None) -> None:
    """Everything that is drawn; a tolerance far away does not push the methods together."""
    found = [results.values(m, "relative_error") for m in [*results.methods, *results.rivals]]
    values = np.concatenate([*found, curve])
    values = values[np.isfinite(values) & (values > 0)]
    if not values.size:
        return
    low, high = float(values.min()), float(values.max())
    if tolerance is not None and low / 10 < tolerance < high * 10:
        low, high = min(low, tolerance), max(high, tolerance)
    error_axis(axes, percent)
    margin = max((high / low) ** 0.06, 1.1)
    axes.set_ylim(low / margin, high * margin)
