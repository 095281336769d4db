"""Cost as an axis: the error against what a method stores, and what it takes to fit and to
decode.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from rom.registry import reducer_class
from rom.report.figures.style import GREY, Plot, colour, marker, new_figure, plain_log_ticks
from rom.report.figures.sweep import sentences
from rom.report.results import Method, Results
from rom.report.words import count, number, size

#: Axis label -> metric, part, factor.
AXES = {
    "bytes stored": ("stored_bytes", "train", 1.0),
    "time to fit (s)": ("fit_seconds", "train", 1.0),
    "time to decode a snapshot (ms)": ("decode_seconds", "test", 1000.0),
}


def costs(results: Results) -> Iterator[Plot]:
    """Test error of every method and size against three costs, with POD's whole curve."""
    figure = new_figure(3.2)
    grid = figure.subplots(1, 3, sharey=True)
    for axes, (label, (metric, part, factor)) in zip(grid, AXES.items(), strict=True):
        scale = factor / results.size("test") if metric == "decode_seconds" else factor
        for key in dict.fromkeys([*results.keys, *(method.key for method in results.rivals)]):
            methods = results.of(key)
            x = [scale * results.mean(method, metric, part) for method in methods]
            y = [results.mean(method, "relative_error") for method in methods]
            axes.plot(
                x,
                y,
                color=colour(results, key),
                marker=marker(key),
                ms=5,
                lw=0.8,
                label=results.name(key),
            )
            for method, where in zip(methods, zip(x, y, strict=True), strict=True):
                axes.annotate(
                    str(method.n_components), where, (4, 3), textcoords="offset points", fontsize=6
                )
        axes.set_xscale("log")
        axes.set_xlabel(label)
        said = size if metric == "stored_bytes" else "{:g}".format
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _, said=said: said(value)))
        axes.xaxis.set_minor_formatter(NullFormatter())
    stored, errors = _curve(results)
    if len(errors):
        grid[0].plot(
            stored, errors, color=GREY, lw=0.9, zorder=1, label=f"POD, 1 to {len(errors)} modes"
        )
    _errors(grid[0], results)
    for axes in grid:
        axes.xaxis.set_major_locator(FixedLocator(_round_numbers(*axes.get_xlim())))
    figure.legend(*grid[0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    yield Plot(
        "cost",
        "Error against cost",
        sentences(
            f"Relative error of the {results.n('test')} test snapshots against what encoder and"
            " decoder store, the time of the fit and the time to decode one snapshot, means over"
            " the seeds; all axes are logarithmic, numbers at the points are latents. Down and to"
            " the left is better.",
            "The grey line without marks is POD with every number of modes." * bool(len(errors)),
            "Times are of the machine of the comparison, where runs at the same time share its"
            " cores.",
        ),
        figure,
    )


def _round_numbers(low: float, high: float) -> list[float]:
    """Ticks of a logarithmic axis, few enough for their labels, some even where it is less than a
    decade.

    >>> _round_numbers(0.015, 0.09), _round_numbers(0.2, 40)
    ([0.02, 0.05], [0.3, 1.0, 3.0, 10.0, 30.0])
    """
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps: tuple[int, ...] = (1, 2, 5) if high < 10 * low else (1, 3) if high < 1000 * low else (1,)
    found = [float(f"{step}e{exponent}") for exponent in exponents for step in steps]
    return [value for value in found if low <= value <= high]


def _errors(axes: Axes, results: Results) -> None:
    shown = [*results.methods, *results.rivals]
    values = np.concatenate([results.values(method, "relative_error") for method in shown])
    axes.set_ylabel("relative error, test")
    if (values > 0).any():
        axes.set_yscale("log")
        axes.set_ylim(values[values > 0].min() / 2, 1.6 * values.max())
        plain_log_ticks(axes)


def _curve(results: Results) -> tuple[np.ndarray, np.ndarray]:
    """Bytes and test errors of POD with 1, 2, ... modes; nothing in a store of an older version."""
    curve = results.study.get("pod_curve")
    if not curve:
        return np.empty(0), np.empty(0)
    none, each = curve["bytes"]
    errors = np.array(curve["errors"])
    return none + each * np.arange(1, len(errors) + 1), errors


def same_bytes(results: Results) -> str:
    """What POD does with the bytes of the best network; nothing where there is none, or POD's curve
    is not known.
    """
    stored, errors = _curve(results)
    networks = [method for method in results.methods if reducer_class(method.reducer).has_epochs]
    if not networks or not len(errors):
        return ""
    best = min(networks, key=lambda method: results.mean(method, "relative_error"))
    room = results.mean(best, "stored_bytes", "train")
    error = results.mean(best, "relative_error")
    said = (
        f"{_called(best)} has a test error of {number(error)}, {_needed(error, errors)}. It stores"
        f" {size(room)}; "
    )
    modes = int((stored <= room).sum())
    if not modes:
        return f"{said}POD stores more with one mode."
    at_most = " or more" if modes == len(errors) else ""
    return (
        f"{said}for the same bytes POD holds {count(modes, 'mode')}{at_most} and has"
        f" {number(errors[modes - 1])}."
    )


def _needed(error: float, errors: np.ndarray) -> str:
    """How many modes POD needs for an error."""
    enough = np.flatnonzero(errors <= error)
    if len(enough):
        return f"for which POD needs {count(int(enough[0]) + 1, 'mode')}"
    return f"which POD does not reach with {count(len(errors), 'mode')}"


def _called(method: Method) -> str:
    return f"{method.name} with {count(method.n_components, 'latent')}"
