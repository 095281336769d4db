"""What the figures of a sweep of beta share: which methods are swept, linear theory, legends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from rom.errors import InputError
from rom.metrics import convert_beta, linear_beta_vae
from rom.metrics.linear_vae import LinearBetaVAE
from rom.plot._style import GREY, colour, marker
from rom.results import Method, Results

MANY_NATS = 60  # a range beyond which few nats could not be read on a linear axis
THEORY: dict[str, Any] = {"color": GREY, "lw": 0.9, "zorder": 1}


def swept_sizes(results: Results) -> list[int]:
    """The shown latent sizes at which beta is swept."""
    return [k for k in results.shown_sizes if swept(results, k)]


def need_sweep(results: Results, sizes: list[int]) -> None:
    """InputError where beta is not swept."""
    if not sizes:
        path = results.store.path
        raise InputError(f"{path}: no sweep there; compare a method with at least two beta > 0")


def swept(results: Results, k: int) -> list[list[Method]]:
    """For each reducer with at least two positive betas at this latent size: its methods by
    beta.
    """
    found: dict[str, list[Method]] = {}
    for method in results.at(k):
        if method.beta and results.beta_in_force(method) > 0:
            found.setdefault(method.reducer, []).append(method)
    return [
        sorted(methods, key=results.beta_in_force) for methods in found.values() if len(methods) > 1
    ]


def theory_curve(
    axes: Axes, results: Results, k: int, value: Callable[[LinearBetaVAE], float], **style: Any
) -> None:
    """What linear theory says over the range of beta."""
    betas = [results.beta_in_force(method) for methods in swept(results, k) for method in methods]
    grid = np.geomspace(min(betas), max(betas), 400)
    best = theory(results, grid, k)
    if best:
        axes.plot(grid, [value(one) for one in best], **(THEORY | style))


def theory(results: Results, betas: np.ndarray, k: int) -> list[LinearBetaVAE]:
    """The best linear beta-VAE at each of these betas; none where POD's eigenvalues are not
    known.
    """
    if results.eigenvalues is None or len(results.eigenvalues) < k:
        return []
    total = results.total_variance
    return [
        linear_beta_vae(results.eigenvalues, float(beta), k, total_variance=total) for beta in betas
    ]


def reducer_colour(results: Results, method: Method) -> str:
    """One colour for all betas of a reducer."""
    return colour(results, next(key for key in results.keys if key[0] == method.reducer))


def handles(results: Results, sizes: list[int], *, dots: bool, linear: str) -> list[Line2D]:
    """The reducers that are swept, with `dots` those without beta too, and linear theory."""
    first = {ms[0].reducer: ms[0] for k in sizes for ms in swept(results, k)}
    found = [
        Line2D(
            [], [], color=reducer_colour(results, m), marker=marker(m.key), ms=4,
            label=m.name.split(" (")[0],
        )
        for m in first.values()
    ]  # fmt: skip
    if dots:
        others = {m.reducer: m for k in sizes for m in results.at(k) if m.beta is None}
        found += [Line2D([], [], label=m.name, **level(results, m)) for m in others.values()]
    if results.eigenvalues is not None:
        found.append(Line2D([], [], label=linear, **THEORY))
    return found


def level(results: Results, method: Method) -> dict[str, Any]:
    """How the horizontal line of a method without beta looks."""
    return {
        "color": reducer_colour(results, method),
        "lw": 1.0,
        "ls": ":" if method.reducer == "pod" else "-.",
    }


def beta_axis(bottom: Axes, top: Axes, results: Results) -> None:
    """Beta below, the energy share above."""
    bottom.set_xscale("log")
    bottom.xaxis.set_minor_locator(NullLocator())
    bottom.set_xlabel("β")
    factor = convert_beta(1.0, "sum/sum", "energy_share", total_variance=results.total_variance)
    scale: Any = (lambda beta: beta * factor, lambda share: share / factor)
    above = top.secondary_xaxis("top", functions=scale)
    above.xaxis.set_minor_locator(NullLocator())
    above.set_xlabel("energy share τ / total variance", labelpad=3)
    above.spines["top"].set_visible(True)


def swept_line(
    axes: Axes, results: Results, methods: list[Method], values: list[np.ndarray]
) -> None:
    """Values of each seed (small marks) and their means against beta."""
    style: dict[str, Any] = {
        "color": reducer_colour(results, methods[0]),
        "marker": marker(methods[0].key),
    }
    betas = [results.beta_in_force(method) for method in methods]
    axes.plot(betas, [v.mean() if v.size else np.nan for v in values], ms=4, **style)
    for beta, several in zip(betas, values, strict=True):
        if len(several) > 1:
            axes.plot([beta] * len(several), several, ls="", ms=2.5, alpha=0.55, **style)
