"""Latents against the parameters that are known of the snapshots."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.errors import InputError
from rom.evaluation.factors import usable_parameters
from rom.plot._canvas import canvas
from rom.plot._inputs import Comparison, method_of, results_of, size_of
from rom.plot._style import Width, colour, paper
from rom.plot._text import fitted
from rom.results import Method, Results
from rom.results.words import latent

MOST_LATENTS, MOST_PARAMETERS = 4, 4


@paper
def parameters(
    comparison: Comparison,
    reducer: str | None = None,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """The active latents of one method against the known parameters, with Spearman's ``|rho|``.

    A latent that stands for a parameter lies on a curve in one column and is a cloud in the others.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    reducer : str, optional
        Name of the method; default: the first. Of several beta the one that leaves about as many
        active latents as there are parameters.
    n_components : int, optional
        Default: the largest number of latents that was compared.
    ax : array of Axes, optional
        A row for each latent, a column for each parameter; at most four of both.
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_latents, n_parameters) array of Axes

    Raises
    ------
    InputError
        If no parameter varies, or there is no such method.

    Examples
    --------
    >>> import numpy as np, rom
    >>> rng = np.random.default_rng(0)
    >>> Re, x = rng.uniform(1, 2, size=60), np.linspace(0, 6, 20)
    >>> flows = rom.Snapshots.from_array(np.sin(Re[:, None] * x), axes="t x", parameters={"Re": Re})
    >>> comparison = rom.compare(flows, reducers=["pod"], n_components=[2])
    >>> rom.plot.parameters(comparison).shape
    (2, 1)
    """
    results = results_of(comparison)
    known = known_parameters(results)
    if not known:
        raise InputError(f"{results.store.path}: no parameter of the snapshots that varies")
    k = size_of(results, n_components, results.sizes[-1])
    method = chosen_method(results, k, reducer, len(known))
    run = results.median_run(method)
    shown = shown_latents(results, method)
    if not shown:
        raise InputError(f"{results.store.path}: no latent of {method.name} is active")
    Z = results.latents(run)
    height = 1.5 * len(shown) + 0.4
    shape = (len(shown), len(known))
    place = canvas(ax, *shape, width=width, height=height, sharex="col", sharey="row")
    for row, i in enumerate(shown):
        for column, (name, values) in enumerate(known.items()):
            axes = place.grid[row, column]
            style = {"s": 8 if len(values) < 500 else 3, "linewidths": 0, "alpha": 0.7}
            tone, many = colour(results, method.key), len(values) > 2000
            axes.scatter(values, Z[:, i], color=tone, rasterized=many, **style)
            correlation = results.value_of(run, "factor_correlation", key=f"{i},{name}")
            if np.isfinite(correlation):
                axes.set_title(f"|ρ| = {abs(correlation):.2f}", pad=3)
            if row == len(shown) - 1:
                axes.set_xlabel(fitted(name.replace("_", " "), place.width / len(known) - 0.3))
            if column == 0:
                axes.set_ylabel(latent(i))
            axes.locator_params(nbins=5)
    return place.grid


def known_parameters(results: Results) -> dict[str, np.ndarray]:
    """The first parameters of the test set with a number that varies."""
    return dict(list(usable_parameters(results.parameters()).items())[:MOST_PARAMETERS])


def chosen_method(results: Results, k: int, reducer: str | None, wanted: int) -> Method:
    """Of several beta the one with as many active latents as are wanted, or nearly so."""
    method = method_of(results.at(k), reducer)
    same = [one for one in results.at(k) if one.reducer == method.reducer]
    return min(same, key=lambda one: _distance(results, one, wanted))


def shown_latents(results: Results, method: Method) -> list[int]:
    """The active latents with most energy."""
    run = results.median_run(method)
    n_active = len(results.store.run_info(run)["active"])
    return results.order(run)[: min(n_active, MOST_LATENTS)]


def _distance(results: Results, method: Method, wanted: int) -> tuple[float, float]:
    counts = results.values(method, "active_latents")
    return float(np.abs(counts - wanted).mean()), results.mean(method, "relative_error")
