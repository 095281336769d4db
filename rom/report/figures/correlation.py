"""Correlation matrices of the test latents."""

from __future__ import annotations

from collections.abc import Iterator

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage

from rom.metrics import correlation_matrix, det_correlation_null
from rom.report.figures.style import MASK, WIDTH, Plot, new_figure
from rom.report.results import Results
from rom.report.words import integer, latent, number

MAX_NUMBERS = 8  # a matrix with more latents than this is drawn without numbers


def correlations(results: Results) -> Iterator[Plot]:
    """Signed Pearson correlations of every method, at the smallest and the largest latent size
    above one.
    """
    n = results.size("test")
    for k in sorted(
        {k for k in results.sizes if k > 1} & {*results.shown_sizes, *results.sizes[1:2]}
    ):
        methods = results.at(k)
        columns = min(len(methods), 4 if k <= 4 else 3)
        rows = -(-len(methods) // columns)
        width = min(WIDTH, 0.9 + columns * (2.2 if k <= 4 else 3.2))
        figure = new_figure(rows * ((width - 0.9) / columns + 0.35), width)
        grid = figure.subplots(rows, columns, squeeze=False)
        for p, axes in enumerate(grid.flat):
            if p >= len(methods):
                axes.set_visible(False)
                continue
            R = _matrix(results.latents(results.median_run(methods[p])))
            image = _draw(axes, R, small=(width - 0.9) / columns / k < 0.33)
            axes.set_title(methods[p].name)
        figure.colorbar(
            image, ax=grid, shrink=0.8, label="correlation r", ticks=[-1, -0.5, 0, 0.5, 1]
        )
        several = (
            " (seed with the median test error)" if any(len(m.runs) > 1 for m in methods) else ""
        )
        yield Plot(
            f"correlation-k{k}",
            f"Correlation of the latents, {k} latents",
            f"Pearson correlation r of the latents over the {integer(n)} test snapshots{several}."
            f" Independent latents would give a det R of {number(det_correlation_null(n, k))} on"
            " average. r = 0 does not mean independent. Grey: a latent that is constant.",
            figure,
        )


def _matrix(Z: np.ndarray) -> np.ndarray:
    return correlation_matrix(Z) if len(Z) > 1 else np.full((Z.shape[1],) * 2, np.nan)


def _draw(axes: Axes, R: np.ndarray, *, small: bool) -> AxesImage:
    k = len(R)
    image = axes.imshow(R, vmin=-1, vmax=1, cmap=mpl.colormaps["RdBu_r"].with_extremes(bad=MASK))
    names = [latent(i) for i in range(k)]
    step = 1 if k <= 12 else -(-k // 8)
    axes.set_xticks(range(0, k, step), names[::step])
    axes.set_yticks(range(0, k, step), names[::step])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if k <= MAX_NUMBERS:
        for i, j in np.argwhere(np.isfinite(R)):
            text = f"{R[i, j]:.2f}".replace("-0.00", "0.00").replace("-", "−")
            text = text.replace("0.", ".").replace("1.00", "1") if small else text
            ink = "white" if abs(R[i, j]) > 0.6 else "#222222"
            axes.text(j, i, text, ha="center", va="center", fontsize=6.5 if small else 8, color=ink)
    return image
