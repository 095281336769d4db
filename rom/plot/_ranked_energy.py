"""What each latent is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.errors import InputError
from rom.metrics.ranking import SMALLEST_ABLATION
from rom.plot._canvas import canvas, grid_lines, whole_numbers
from rom.plot._inputs import Comparison, results_of, size_of
from rom.plot._style import GREY, Width, colour, marker, paper
from rom.plot._ticks import captured_axis, error_axis
from rom.results import Method, Results

FLOOR = 1e-7


@paper
def ranked_energy(
    comparison: Comparison,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """Energy captured with the first latents alone, and energy lost without each of them.

    Left: the latents in the greedy order found on the training set, the others at their mean.
    Right: sorted by what is lost; below the dashed line a latent counts as switched off. Both in
    percent of the energy of the test set, means over the seeds.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    n_components : int, optional
        Default: the largest number of latents that was compared.
    ax : array of two Axes, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (2,) array of Axes

    Raises
    ------
    InputError
        If there is one latent only, or the store is of an older version.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 8)) @ np.diag(np.arange(8))
    >>> comparison = rom.compare(X, reducers=["pod"], n_components=[3])
    >>> left, right = rom.plot.ranked_energy(comparison)
    >>> right.get_ylabel()
    'energy lost without it (%)'
    """
    results = results_of(comparison)
    k = size_of(results, n_components, results.sizes[-1])
    methods = ranked_methods(results, k)
    if not methods:
        raise InputError(f"{results.store.path}: no ranking of {k} latents was measured")
    place = canvas(ax, 1, 2, width=width, height=2.7)
    left, right = place.panels
    number = np.arange(1, k + 1)
    for method in methods:
        style: dict[str, Any] = {"color": colour(results, method.key), "ms": 3.5}
        style |= {"marker": marker(method.key), "lw": 1.0}
        energies = [results.mean(method, "ranked_energy", key=str(m)) for m in number]
        left.plot(number, 1 - np.array(energies), label=method.name, **style)
        lost = [
            np.sort([results.value_of(run, "ablation_energy", key=str(i)) for i in range(k)])[::-1]
            for run in method.runs
        ]
        right.plot(number, 100 * np.maximum(np.mean(lost, axis=0), FLOOR), **style)
    captured_axis(left)
    error_axis(right)
    right.axhline(100 * SMALLEST_ABLATION, color=GREY, lw=0.8, ls="--")
    left.set(xlabel="latents, in order of energy", ylabel="energy captured (%)")
    right.set(xlabel="latents, most important first", ylabel="energy lost without it (%)")
    for axes in place.panels:
        whole_numbers(axes.xaxis)
        grid_lines(axes)
    place.key_of()
    return place.grid[0]


def ranked_methods(results: Results, k: int) -> list[Method]:
    """Those with this number of latents whose ranking was measured."""
    if k < 2:
        return []
    return [m for m in results.at(k) if results.values(m, "ranked_energy", key=str(k)).size]
