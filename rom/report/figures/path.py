"""Beta = "auto": what a walk over energy shares found, and the point that was chosen."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rom.report.figures.style import GREY, Plot, new_figure
from rom.report.figures.sweep import sentences
from rom.report.results import Results
from rom.report.words import count, method_name
from rom.study import searches

LOST, ACTIVE, CHOSEN = "#0072B2", "#222222", "#D55E00"


def beta_paths(results: Results) -> Iterator[Plot]:
    """Energy given up, active latents and dependence along each walk."""
    for path in searches.beta_paths(results.store):
        reducer, k = str(path.reducer.iloc[0]), int(path.n_components.iloc[0])
        lost = np.maximum(path.energy.max() - path.energy.to_numpy(), 1e-6)
        tolerance = float(results.study["study"].get("beta_tolerance", 0.01))
        figure = new_figure(2.9)
        left, right = figure.subplots(1, 2)
        _along(
            left,
            path.energy_share.to_numpy(),
            lost,
            path.active.to_numpy(),
            path.chosen.to_numpy(),
            tolerance,
        )
        _plane(
            right, path.dependence.to_numpy(), lost, path.front.to_numpy(), path.chosen.to_numpy()
        )
        title = f"How beta was chosen: {method_name(reducer, None)}, {count(k, 'latent')}"
        yield Plot(
            f"beta-path-{reducer}-{k}",
            title,
            sentences(
                "One network that goes from a small weight of the divergence to a large one, each"
                " point from the weights of the one before.",
                "Left: the energy of the validation snapshots that is given up, against the energy"
                f" share (line), and the active latents (steps). Dashed: the {100 * tolerance:g} %"
                " that may be given up; orange: the largest share that keeps to it.",
                "Right: energy given up against the mean |r| of the active latents; circles: no"
                " other point is better in both.",
                "The runs of the comparison are trained anew at the chosen weight, the smallest of"
                " those of all sizes.",
            ),
            figure,
        )


def _along(
    axes: Axes,
    share: np.ndarray,
    lost: np.ndarray,
    active: np.ndarray,
    chosen: np.ndarray,
    tolerance: float,
) -> None:
    axes.loglog(share, 100 * lost, "o-", ms=3, color=LOST)
    axes.loglog(share[chosen], 100 * lost[chosen], "o", ms=7, color=CHOSEN)
    axes.axhline(100 * tolerance, color=GREY, lw=0.8, ls="--")
    axes.set(xlabel="energy share", ylabel="energy given up (%)")
    axes.yaxis.label.set_color(LOST)
    other = axes.twinx()
    other.step(share, active, where="mid", color=ACTIVE, lw=1)
    other.set(ylabel="active latents", ylim=(0, active.max() + 0.5))
    other.yaxis.set_major_locator(MaxNLocator(integer=True))
    other.spines["right"].set_visible(True)


def _plane(
    axes: Axes, dependence: np.ndarray, lost: np.ndarray, front: np.ndarray, chosen: np.ndarray
) -> None:
    axes.semilogy(dependence, 100 * lost, "o", ms=3, color=LOST)
    axes.semilogy(dependence[front], 100 * lost[front], "o", ms=9, mfc="none", mec=GREY, mew=0.8)
    axes.semilogy(dependence[chosen], 100 * lost[chosen], "o", ms=7, color=CHOSEN)
    axes.set(xlabel="mean |r| of the active latents", ylabel="energy given up (%)")
    axes.set_xlim(left=0)
