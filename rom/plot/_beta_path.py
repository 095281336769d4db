"""Beta = "auto": what a walk over energy shares found, and the point that was chosen."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from rom.errors import InputError
from rom.plot._canvas import canvas
from rom.plot._inputs import Comparison, results_of
from rom.plot._style import GREY, Width, paper
from rom.plot._ticks import error_axis, log_axis
from rom.study import searches

LOST, ACTIVE, CHOSEN = "#0072B2", "#222222", "#D55E00"
FLOOR = 1e-6  # energy given up below which it is not drawn


@paper
def beta_path(
    comparison: Comparison, path: int = 0, *, ax: Any = None, width: Width = "double"
) -> np.ndarray:
    """Energy given up along a walk over the weight of the divergence, and what it buys.

    Left: energy of the validation set that is given up against the energy share, and the number of
    active latents (steps). Dashed: the tolerance; orange: the largest share that keeps to it.
    Right: energy given up against the mean ``|r|`` of the active latents; a ring says that no other
    point is better in both.

    Parameters
    ----------
    comparison : Comparison with ``beta="auto"``, path of its folder, Store or Results
    path : int, default 0
        Which walk: one for each method and number of latents.
    ax : array of two Axes, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (2,) array of Axes

    Raises
    ------
    InputError
        If there is no such walk.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 6))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[2])
    >>> rom.plot.beta_path(comparison)
    Traceback (most recent call last):
    ...
    rom.errors.InputError: path=0: the comparison has 0 walks; beta="auto" makes them
    """
    results = results_of(comparison)
    paths = searches.beta_paths(results.store)
    if not 0 <= path < len(paths):
        raise InputError(
            f'path={path}: the comparison has {len(paths)} walks; beta="auto" makes them'
        )
    found = paths[path]
    tolerance = float(results.study["study"].get("beta_tolerance", 0.01))
    lost = 100 * np.maximum(found.energy.max() - found.energy.to_numpy(), FLOOR)
    chosen, front = found.chosen.to_numpy(), found.front.to_numpy()
    place = canvas(ax, 1, 2, width=width, height=2.5)
    left, right = place.panels
    _along(left, found.energy_share.to_numpy(), lost, found.active.to_numpy(), chosen)
    left.axhline(100 * tolerance, color=GREY, lw=0.8, ls="--")
    dependence = found.dependence.to_numpy()
    right.plot(dependence, lost, "o", ms=3, color=LOST)
    right.plot(dependence[front], lost[front], "o", ms=8, mfc="none", mec=GREY, mew=0.8)
    right.plot(dependence[chosen], lost[chosen], "o", ms=6, color=CHOSEN)
    right.set(xlabel="mean |r| of the active latents", ylabel="energy given up (%)")
    error_axis(right)
    right.set_xlim(left=0)
    return place.grid[0]


def _along(
    axes: Axes, share: np.ndarray, lost: np.ndarray, active: np.ndarray, chosen: np.ndarray
) -> None:
    axes.plot(share, lost, "o-", ms=3, color=LOST)
    axes.plot(share[chosen], lost[chosen], "o", ms=6, color=CHOSEN)
    axes.set_xscale("log")
    log_axis(axes.xaxis)
    error_axis(axes)
    axes.set(xlabel="energy share", ylabel="energy given up (%)")
    axes.yaxis.label.set_color(LOST)
    other = axes.twinx()
    other.step(share, active, where="mid", color=ACTIVE, lw=1)
    other.set(ylabel="active latents", ylim=(0, active.max() + 0.5))
    other.yaxis.set_major_locator(MaxNLocator(integer=True))
    other.spines["right"].set_visible(True)
