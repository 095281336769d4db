"""Error against what a method stores, and what it takes to fit and to decode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from rom.errors import InputError, nearest
from rom.plot._canvas import canvas, grid_lines
from rom.plot._inputs import Comparison, results_of
from rom.plot._style import INK, Width, colour, marker, paper
from rom.plot._ticks import error_axis, log_axis, plain
from rom.results import Results
from rom.results.words import size

#: Name -> axis label, metric, part, factor.
COSTS: dict[str, tuple[str, str, str, float]] = {
    "storage": ("bytes stored", "stored_bytes", "train", 1.0),
    "fit": ("time to fit (s)", "fit_seconds", "train", 1.0),
    "decode": ("time to decode a snapshot (ms)", "decode_seconds", "test", 1000.0),
}
CLOSE = 0.07  # of the axes: marks so near share their text


@paper
def cost(
    comparison: Comparison, *, against: str | None = None, ax: Any = None, width: Width = "double"
) -> np.ndarray:
    """Relative error of the test snapshots against bytes stored, time to fit and time to decode.

    All axes are logarithmic; numbers at the marks are latents. The thin line is POD with every
    number of modes, where it was measured.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    against : {"storage", "fit", "decode"}, optional
        One cost; default: a panel for each.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If there is no such cost.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[2, 4])
    >>> (ax,) = rom.plot.cost(comparison, against="storage", width="single")
    >>> ax.get_xlabel()
    'bytes stored'
    """
    results = results_of(comparison)
    if against is not None and against not in COSTS:
        raise InputError(f"against={against!r}: {nearest(against, COSTS)}")
    shown = [against] if against else list(COSTS)
    place = canvas(ax, 1, len(shown), width=width, height=2.7, sharey=True)
    for axes, name in zip(place.panels, shown, strict=True):
        _panel(axes, results, name)
    first = place.panels[0]
    first.set_ylabel("relative error")
    methods = [*results.methods, *results.rivals]
    values = np.concatenate([results.values(method, "relative_error") for method in methods])
    for axes in place.panels if (values > 0).any() else ():
        error_axis(axes)
        axes.set_ylim(values[values > 0].min() / 2, 1.6 * values.max())
    for axes in place.panels:
        _numbers(axes)
    handles = {
        str(handle.get_label()): handle
        for axes in place.panels
        for handle in axes.get_legend_handles_labels()[0]
    }
    place.key(list(handles.values()))
    return place.grid[0]


def stored_curve(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and test errors of POD with 1, 2, ... modes; nothing in a store of an older version."""
    known = results.study.get("pod_curve")
    if not known:
        return np.empty(0), np.empty(0)
    none, each = known["bytes"]
    errors = np.array(known["errors"])
    return none + each * np.arange(1, len(errors) + 1), errors


def _panel(axes: Axes, results: Results, name: str) -> None:
    label, metric, part, factor = COSTS[name]
    scale = factor / results.size("test") if name == "decode" else factor
    stored, errors = stored_curve(results)
    if name == "storage" and len(errors):
        axes.plot(stored, errors, color=INK, lw=0.6, zorder=1, label=f"POD, 1 to {len(errors)}")
    for key in dict.fromkeys([*results.keys, *(method.key for method in results.rivals)]):
        methods = results.of(key)
        k = [method.n_components for method in methods]
        x = [scale * results.mean(method, metric, part) for method in methods]
        y = [results.mean(method, "relative_error") for method in methods]
        style: dict[str, Any] = {"color": colour(results, key), "marker": marker(key)}
        line = {"ls": ""} if key[0] == "pod" and name == "storage" and len(errors) else {"lw": 0.8}
        axes.plot(x, y, ms=4, label=results.name(key), gid=",".join(map(str, k)), **style, **line)
    axes.set_xscale("log")
    axes.set_xlabel(label)
    axes.margins(x=0.1)
    log_axis(axes.xaxis, _sizes if name == "storage" else plain)
    grid_lines(axes)


def _sizes(values: Sequence[float]) -> list[str]:
    return [size(value).replace(".00", "").replace(".0 ", " ") for value in values]


def _numbers(axes: Axes) -> None:
    """The latents at the marks; marks on each other share their text."""
    for line in axes.get_lines():
        if not line.get_gid():
            continue
        at = axes.transLimits.transform(axes.transScale.transform(line.get_xydata()))
        groups: list[list[int]] = []
        for i, place in enumerate(at):
            near = [g for g in groups if np.abs(at[g[-1]] - place).max() < CLOSE]
            if near:
                near[0].append(i)
            else:
                groups.append([i])
        names = str(line.get_gid()).split(",")
        for group in groups:
            text = ", ".join(names[i] for i in group)
            where = tuple(np.asarray(line.get_xydata())[group[-1]])
            left = at[group[-1], 0] > 0.8
            axes.annotate(
                text, where, (-4 if left else 4, 3), textcoords="offset points", fontsize=6,
                ha="right" if left else "left", color=line.get_color(),
            )  # fmt: skip
