"""The KL divergence of each latent."""

from __future__ import annotations

from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from rom.errors import InputError
from rom.metrics import kl_per_component
from rom.metrics.linear_vae import LinearBetaVAE
from rom.plot._canvas import canvas, grid_lines
from rom.plot._inputs import is_comparison, model_of, results_of, size_of
from rom.plot._style import COLOURS, Width, paper
from rom.plot._sweeps import (
    MANY_NATS,
    THEORY,
    beta_axis,
    need_sweep,
    swept,
    swept_sizes,
    theory_curve,
)
from rom.results import Method, Results
from rom.results.words import count, latent

MAX_NAMED = 8  # latents that a legend names


@paper
def kl_per_latent(
    model: Any,
    snapshots: Any = None,
    *,
    n_components: int | None = None,
    ax: Any = None,
    width: Width = "double",
) -> np.ndarray:
    """KL divergence of the posterior from the prior for each latent, largest first.

    Of a comparison with a sweep: against beta, mean over the training set and the seeds, dashed
    what linear theory says, ``1/2 ln(lambda_i / tau)``. Of a model: bars, mean over the snapshots.

    Parameters
    ----------
    model : comparison, fitted beta-VAE or the model of its run
    snapshots : Snapshots or array, for a model
    n_components : int, optional
        Of a comparison; default: a panel each for the smallest and the largest number of latents.
    ax : Axes or array of them, optional
    width : {"single", "double"}, default "double"

    Returns
    -------
    (n_panels,) array of Axes

    Raises
    ------
    InputError
        If no method has at least two positive betas, or the model has no posterior.

    Examples
    --------
    >>> import numpy as np, rom
    >>> X = np.random.default_rng(0).normal(size=(40, 6))
    >>> vae = rom.BetaVAE(2, architecture="linear", epochs=2, random_state=0).fit(X)
    >>> (ax,) = rom.plot.kl_per_latent(vae, X, width="single")
    >>> ax.get_ylabel()
    'KL per latent (nats)'
    """
    if not is_comparison(model):
        return _bars(model_of(model), snapshots, ax, width)
    results = results_of(model)
    sizes = swept_sizes(results)
    if n_components is not None:
        chosen = size_of(results, n_components, 0)
        sizes = [chosen] if swept(results, chosen) else []
    need_sweep(results, sizes)
    place = canvas(ax, 1, len(sizes), width=width, height=2.9, sharey=True)
    most = max(sizes)
    for axes, k in zip(place.panels, sizes, strict=True):
        _panel(axes, results, k, _colours(most)[:k])
        axes.set_title(count(k, "latent"), pad=8)
        beta_axis(axes, axes, results)
    for axes in place.panels if place.panels[0].get_ylim()[1] > MANY_NATS else ():
        axes.set_yscale("symlog", linthresh=1)
        axes.yaxis.set_major_formatter("{x:g}")
    place.panels[0].set_ylabel("KL per latent (nats)")
    shown = enumerate(_colours(most) if most <= MAX_NAMED else ())
    keys = [Line2D([], [], color=c, marker="o", ms=3.5, label=f"rank {i + 1}") for i, c in shown]
    if results.eigenvalues is not None:
        keys.append(Line2D([], [], label="linear theory", **(THEORY | {"ls": "--"})))
    place.key(keys, columns=6)
    return place.grid[0]


def _bars(model: Any, snapshots: Any, ax: Any, width: Width) -> np.ndarray:
    if snapshots is None:
        raise InputError("give the snapshots to encode: kl_per_latent(model, snapshots)")
    posterior = model.posterior(snapshots)
    if posterior is None:
        raise InputError(f"{model.registry_name} has no posterior: no KL divergence")
    kl = kl_per_component(*posterior)
    order = np.argsort(kl)[::-1]
    place = canvas(ax, 1, 1, width=width, height=2.2)
    (axes,) = place.panels
    axes.bar(range(len(kl)), kl[order], color=COLOURS["beta-vae"], width=0.7)
    axes.set_xticks(range(len(kl)), [latent(i) for i in order])
    axes.set_ylabel("KL per latent (nats)")
    grid_lines(axes, "y")
    return place.grid[0]


def _panel(axes: Axes, results: Results, k: int, colours: np.ndarray) -> None:
    for i in range(k):
        theory_curve(axes, results, k, partial(_kl_of, i), color=colours[i], ls="--")
    for methods in swept(results, k):
        betas = [results.beta_in_force(method) for method in methods]
        sorted_kl = [_sorted_kl(results, method) for method in methods]
        for i, tone in enumerate(colours):
            means = [kl[:, i].mean() for kl in sorted_kl]
            axes.plot(betas, means, color=tone, marker="o", ms=3.5)
            for beta, kl in zip(betas, sorted_kl, strict=True):
                if len(kl) > 1:
                    style: dict[str, Any] = {"ls": "", "marker": "o", "ms": 2, "alpha": 0.5}
                    axes.plot([beta] * len(kl), kl[:, i], color=tone, **style)


def _colours(k: int) -> np.ndarray:
    return np.asarray(mpl.colormaps["viridis"](np.linspace(0, 0.85, k)))


def _sorted_kl(results: Results, method: Method) -> np.ndarray:
    """(n_runs, n_components), each row from the largest: latents of different seeds have no common
    order.
    """
    columns = [
        results.values(method, "kl_component", "train", key=str(i))
        for i in range(method.n_components)
    ]
    return np.sort(np.stack(columns, axis=1), axis=1)[:, ::-1]


def _kl_of(i: int, best: LinearBetaVAE) -> float:
    return float(best.kl[i])
