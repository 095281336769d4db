"""The latents over time, trajectory by trajectory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes

from rom.report.figures.style import MORE_COLOURS, WIDTH, Plot, fitted, new_figure
from rom.report.results import Results
from rom.report.words import count, latent, with_unit

MAX_LINES, MAX_TRAJECTORIES = 6, 4
LONE = "Each trajectory has one snapshot."


def over_time(results: Results) -> Iterator[Plot]:
    """Latents over time on the test part, where the snapshots have times; each trajectory in its
    own column.
    """
    times = results.times()
    if times is None:
        return
    series, note = time_series(results, times)
    joined = note != LONE
    for k in results.shown_sizes:
        methods, n = results.at(k), min(k, MAX_LINES)
        figure = new_figure(1.45 * len(methods) + 0.6 + 0.15 * (len(series) > 1))
        grid = figure.subplots(len(methods), len(series), squeeze=False, sharex="col", sharey="row")
        for row, method in zip(grid, methods, strict=True):
            Z = results.latents(results.median_run(method))
            for axes, (_, rows) in zip(row, series, strict=True):
                _lines(axes, times[rows], Z[rows, :n], joined=joined)
            row[0].set_title(method.name, loc="left", pad=3)
            row[0].set_ylabel("latents")
        label = fitted(with_unit("time", results.time_unit), WIDTH / len(series) - 0.4)
        for column, (name, _) in enumerate(series):
            grid[-1, column].set_xlabel(label)
            if len(series) > 1:
                grid[0, column].set_title(name, loc="right", pad=3, fontsize=8)
        figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=n)
        several = (
            " Seed with the median test error." if any(len(m.runs) > 1 for m in methods) else ""
        )
        first = f" The first {n} of {k} are drawn." if n < k else ""
        yield Plot(
            f"latents-time-k{k}",
            f"Latents over time, {count(k, 'latent')}",
            f"Latents of the {results.n('test')} test snapshots over time.{first}{several} {note}".strip(),
            figure,
        )


def time_series(results: Results, times: np.ndarray) -> tuple[list[tuple[str, np.ndarray]], str]:
    """Name and rows, in order of time, of each trajectory that is drawn; and words on them."""
    order = np.argsort(times, kind="stable")
    trajectories = results.trajectories()
    if trajectories is None:
        return [("", order)], ""
    every = np.unique(trajectories)
    groups = [(f"trajectory {number}", order[trajectories[order] == number]) for number in every]
    groups = [(name, rows) for name, rows in groups if len(rows) > 1]
    if not groups:
        return [("", order)], LONE
    shown = groups[:MAX_TRAJECTORIES]
    left_out = len(every) - len(shown)
    return shown, f"Drawn are {len(shown)} of {len(every)} trajectories." if left_out else ""


def _lines(axes: Axes, times: np.ndarray, Z: np.ndarray, *, joined: bool) -> None:
    for i, z in enumerate(Z.T):
        axes.plot(
            times,
            z,
            label=latent(i),
            color=MORE_COLOURS[i],
            marker=".",
            ms=3,
            lw=1 if joined else 0,
            rasterized=len(z) > 2000,
        )
