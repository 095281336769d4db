"""Rate and distortion of a sweep of beta, with what linear maps can do."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from rom.plot._canvas import canvas
from rom.plot._inputs import Comparison, results_of
from rom.plot._style import Width, marker, paper
from rom.plot._sweeps import (
    MANY_NATS,
    THEORY,
    handles,
    need_sweep,
    reducer_colour,
    swept,
    swept_sizes,
    theory,
)
from rom.plot._ticks import error_axis
from rom.results import Method, Results
from rom.results.words import count
from rom.study.matrix import short


@paper
def rate_distortion(
    comparison: Comparison, *, ax: Any = None, width: Width = "double"
) -> np.ndarray:
    """Squared error of sampled latents against the KL divergence, both of the last epoch.

    Numbers are beta. Grey is the best that linear maps with as many latents can do, where the
    comparison has POD: ``R = sum 1/2 ln(lambda_i / tau)``, ``D = sum min(lambda_i, tau)``.

    Parameters
    ----------
    comparison : Comparison, path of its folder, Store or Results
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_sizes,) array of Axes

    Raises
    ------
    InputError
        If no method with a squared error has at least two positive betas.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(60, 6))
    >>> options = {"beta-vae": {"architecture": "linear", "epochs": 2}}
    >>> comparison = rom.compare(X, reducers=["beta-vae"], n_components=[2], beta=[0.1, 1.0],
    ...                          seeds=1, jobs=1, options=options)
    >>> (ax,) = rom.plot.rate_distortion(comparison, width="single")
    >>> ax.get_yscale()
    'log'
    """
    results = results_of(comparison)
    sizes = rated_sizes(results)
    need_sweep(results, sizes)
    place = canvas(ax, 1, len(sizes), width=width, height=2.7, sharey=True)
    for axes, k in zip(place.panels, sizes, strict=True):
        for methods in swept(results, k):
            _plane(axes, results, methods)
        _bound(axes, results, k)
        error_axis(axes)
        if axes.get_xlim()[1] > MANY_NATS:
            axes.set_xscale("symlog", linthresh=10)
            axes.xaxis.set_major_formatter("{x:g}")
        axes.set(title=count(k, "latent"), xlabel="rate: KL, sum over latents (nats)")
        axes.margins(x=0.08)
    place.panels[0].set_ylabel("squared error / total variance")
    place.key(handles(results, sizes, dots=False, linear="linear maps"))
    return place.grid[0]


def rated_sizes(results: Results) -> list[int]:
    """Latent sizes with a sweep of methods whose loss is a squared error."""
    return [
        k
        for k in swept_sizes(results)
        if any(rates(results, m).size for ms in swept(results, k) for m in ms)
    ]


def rates(results: Results, method: Method) -> np.ndarray:
    """(n_runs, 2): KL and error share of the last epoch; empty where the loss is no squared
    error.
    """
    found = []
    for run in method.runs:
        history = results.store.history(run)
        squared = run.parameters.get("reconstruction", "squared") == "squared"
        if history is not None and len(history) and squared:
            last = history.iloc[-1]
            found.append((last["train_kl"], last["train_reconstruction"] / results.total_variance))
    return np.array(found)


def _plane(axes: Axes, results: Results, methods: list[Method]) -> None:
    style: dict[str, Any] = {
        "color": reducer_colour(results, methods[0]),
        "marker": marker(methods[0].key),
    }
    drawn = [(method, found) for method in methods if (found := rates(results, method)).size]
    means = np.array([found.mean(axis=0) for _, found in drawn])
    axes.plot(*means.T, ms=4, **style)
    said: list[str] = []
    for i, (method, found) in enumerate(drawn):
        if len(found) > 1:
            axes.plot(*found.T, ls="", ms=2.5, alpha=0.55, **style)
        said.append(short(results.beta_in_force(method), results.digits))
        if i + 1 == len(drawn) or not _same(means[i], means[i + 1], np.ptp(means[:, 0])):
            axes.annotate(
                ", ".join(said), means[i], (5, 4), textcoords="offset points", fontsize=6,
                color="#444444", zorder=4,
                path_effects=[withStroke(linewidth=2, foreground="white")],
            )  # fmt: skip
            said = []


def _same(one: np.ndarray, other: np.ndarray, span: float) -> bool:
    """Whether two points cannot be told apart: betas that all switch everything off."""
    return bool(abs(one[0] - other[0]) <= 0.01 * span and abs(one[1] - other[1]) <= 0.05 * one[1])


def _bound(axes: Axes, results: Results, k: int) -> None:
    """The linear curve as far right as the points go."""
    farthest, total = axes.get_xlim()[1], results.total_variance
    # one latent alone gets a rate of 1/2 ln(lambda / tau)
    shares = np.geomspace(max(np.exp(-2 * farthest), 1e-100), 1, 1000)
    best = [one for one in theory(results, 2 * total * shares, k) if one.rate <= farthest]
    axes.plot(
        [one.rate for one in best], [one.distortion_sampled / total for one in best], **THEORY
    )
