"""POD: its modes and its spectrum."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.ticker import MaxNLocator

from rom.report.figures.fields import MAX_VARIABLES, View, scale_of
from rom.report.figures.style import GREY, WIDTH, Plot, fitted, new_figure, shortened
from rom.report.results import Results
from rom.report.words import percent

MAX_MODES = 6


def modes(results: Results) -> Iterator[Plot]:
    """The first modes, every variable divided by its largest magnitude."""
    if results.pod is None:
        return
    model, view = results.model(results.pod.runs[0]), View(results.layout)
    n = min(MAX_MODES, results.pod.n_components)
    variables = results.layout.variables[:MAX_VARIABLES]
    unit = np.eye(results.pod.n_components)[:n]
    fields = model.decode_fields(np.vstack([0 * unit[:1], unit]))
    fields = fields[1:] - fields[0]
    panels = [(i, j) for i in range(n) for j in range(len(variables))]
    columns = view.columns(len(panels))
    columns = (
        max(1, columns // len(variables)) * len(variables) if len(variables) <= columns else columns
    )
    rows = -(-len(panels) // columns)
    width = min(WIDTH, 1 + 2.6 * columns)
    panel = (width - 1) / columns
    figure = new_figure(rows * (view.height(panel) + 0.28) + 0.4, width)
    grid = figure.subplots(rows, columns, squeeze=False)
    scale = scale_of(np.array([-1.0, 1.0]), signed=True)
    for p, axes in enumerate(grid.flat):
        if p >= len(panels):
            axes.set_visible(False)
            continue
        i, j = panels[p]
        drawn = fields[i, j] / (np.nanmax(np.abs(fields[i, j])) or 1.0)
        if view.is_image:
            image = view.draw(axes, drawn, scale)
            view.label(axes, panel, left=p % columns == 0, bottom=p + columns >= len(panels))
        else:
            axes.plot(view.x, view.values(drawn), color="#222222", lw=1.1)
            axes.axhline(0, color=GREY, lw=0.5)
            axes.set_ylim(-1.1, 1.1)
            axes.set_xlabel(fitted(view.curve_label, panel) if p + columns >= len(panels) else "")
        share = percent([model.reducer.explained_variance_ratio_[i]])
        of = shortened(variables[j], panel - 0.5) if len(variables) > 1 else share
        axes.set_title(f"mode {i + 1}, {of}", fontsize=8, pad=3)
    if view.is_image:
        figure.colorbar(
            image, ax=grid, shrink=min(1.0, 2.2 / figure.get_size_inches()[1]), pad=0.015
        )
    by = " variable by variable" if len(variables) > 1 else ""
    named = "" if len(variables) > 1 else " with their share of the energy of the training data"
    yield Plot(
        "pod-modes",
        "POD modes",
        f"The first {n} POD modes{named}, each divided by its largest magnitude"
        f"{by}. The sign of a mode is arbitrary. {view.note}".strip(),
        figure,
    )


def spectrum(results: Results) -> Iterator[Plot]:
    """Share of the energy of each mode, and what the first so many leave."""
    if results.pod is None:
        return
    energy = np.square(results.model(results.pod.runs[0]).reducer.spectrum_.astype(float))
    share = energy / energy.sum()
    left_over = share[::-1].cumsum()[::-1]  # summed from the small end: no cancellation
    kept = int((share > 1e-15).sum())
    number = np.arange(1, kept + 1)
    figure = new_figure(2.9)
    left, right = figure.subplots(1, 2)
    style = {"color": "#222222", "marker": ".", "ms": 3.5, "lw": 0.8}
    left.semilogy(number, 100 * share[:kept], **style)
    left.set_ylabel("share of the energy (%)")
    right.semilogy(number[:-1], 100 * left_over[1:kept], **style)
    right.set_ylabel("energy not captured (%)")
    left.set_xlabel("mode")
    right.set_xlabel("number of modes")
    for axes in (left, right):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.grid(color="#e3e3e3", lw=0.6)
        for k in results.sizes[:6]:
            axes.axvline(k, color=GREY, lw=0.7, ls=":")
        if kept > 60:
            axes.set_xscale("log")
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    cumulative = [
        f"{k}: {percent([1 - left_over[k]])}" for k in results.sizes[:6] if k < len(share)
    ]
    captured = f" Captured by so many modes: {', '.join(cumulative)}." if cumulative else ""
    yield Plot(
        "pod-spectrum",
        "POD spectrum of the training data",
        f"Squared singular values of the {results.n('train')} training snapshots (preprocessed) as"
        " shares of their sum (left) and what is left after so many modes (right), both"
        f" logarithmic.{captured} Dotted lines: the latent sizes that were compared.",
        figure,
    )
