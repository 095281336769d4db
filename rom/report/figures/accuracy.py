"""Error and captured energy against the number of latents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator, ScalarFormatter

from rom.report.figures.style import GREY, Plot, colour, marker, new_figure, plain_log_ticks
from rom.report.results import Results
from rom.report.words import count


def accuracy(results: Results) -> Iterator[Plot]:
    """Relative error and energy captured of every method; POD's training spectrum as a
    reference.
    """
    figure = new_figure(3.3)
    left, right = figure.subplots(1, 2)
    for axes, metric, factor in ((left, "relative_error", 1.0), (right, "energy_captured", 100.0)):
        _spectrum(axes, results, metric)
        for key in dict.fromkeys([*results.keys, *(method.key for method in results.rivals)]):
            _line(axes, results, key, metric, factor)
        _ticks(axes, results.sizes)
        axes.set_xlabel("number of latents")
    if any((results.values(method, "relative_error") > 0).any() for method in results.methods):
        left.set_yscale("log")
    left.set_ylabel("relative error, test")
    right.set_ylabel("energy captured, test (%)")
    shown = [*results.methods, *results.rivals]
    _limits(left, [results.values(m, "relative_error") for m in shown])
    _limits(right, [100 * results.values(m, "energy_captured") for m in shown])
    plain_log_ticks(left)
    figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    n_runs = max((len(m.runs) for m in results.methods), default=0)
    several = (
        f"Dots are seeds ({count(n_runs, 'seed')} at most), lines their mean. "
        if n_runs > 1
        else ""
    )
    reference = "" if results.pod is None else (
        "The thin grey line is what POD leaves and captures of its training data, from all singular values: "
        "no linear method does better there; it may leave the axes. "
    )  # fmt: skip
    control = " Grey with marks: a control, which needs no training." if results.rivals else ""
    yield Plot(
        "accuracy",
        "Relative error and energy captured against the number of latents",
        f"Relative error (left, logarithmic) and energy captured (right) of the {results.n('test')}"
        f" held-out snapshots. {several}{reference}Both are pooled over snapshots, relative to the"
        f" mean of the training data, in the weighted and scaled norm.{control}",
        figure,
    )


def _line(
    axes: Axes, results: Results, key: tuple[str, float | None], metric: str, factor: float
) -> None:
    methods = results.of(key)
    k = [method.n_components for method in methods]
    style: dict[str, Any] = {"color": colour(results, key), "marker": marker(key)}
    means = [factor * results.mean(method, metric) for method in methods]
    axes.plot(k, means, label=results.name(key), markersize=5, **style)
    for method in methods:
        values = factor * results.values(method, metric)
        if len(values) > 1:
            axes.plot([method.n_components] * len(values), values, ls="", ms=3, alpha=0.55, **style)


def _spectrum(axes: Axes, results: Results, metric: str) -> None:
    if results.pod is None:
        return
    energy = np.square(results.model(results.pod.runs[0]).reducer.spectrum_)
    last = min(len(energy), max(results.sizes[-1] + 2, round(1.25 * results.sizes[-1])))
    left_over = np.maximum(1 - np.cumsum(energy)[:last] / energy.sum(), 0)
    values = np.sqrt(left_over) if metric == "relative_error" else 100 * (1 - left_over)
    if metric == "relative_error":
        values[values < 1e-7] = np.nan  # rounding
    axes.plot(
        np.arange(1, last + 1), values, color=GREY, lw=0.8, label="POD, training data", zorder=1
    )


def _ticks(axes: Axes, sizes: list[int]) -> None:
    if sizes[-1] > 20:
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(
            FixedLocator(sizes if len(sizes) <= 7 else sizes[:: len(sizes) // 6])
        )
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(ScalarFormatter())
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.margins(x=0.06)
    axes.grid(axis="y", color="#e3e3e3", lw=0.6)
    axes.set_axisbelow(True)


def _limits(axes: Axes, values: list[np.ndarray]) -> None:
    """The range of the methods and a little more: the reference curve may leave it."""
    found = np.concatenate(values)
    found = found[np.isfinite(found) & ((found > 0) | (axes.get_yscale() == "linear"))]
    if not found.size:
        return
    low, high = float(found.min()), float(found.max())
    if axes.get_yscale() == "log":
        margin = max((high / low) ** 0.15, 1.1)
        axes.set_ylim(low / margin, high * margin)
    else:
        margin = max(0.15 * (high - low), 0.02 * abs(high), 1e-9)
        axes.set_ylim(low - margin, high + margin)
