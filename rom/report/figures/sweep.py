"""What the figures of a sweep of beta share: which methods are swept, linear theory, legends and
words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rom.metrics import LinearBetaVAE, linear_beta_vae
from rom.report.figures.style import GREY, WIDTH, colour, marker
from rom.report.results import Method, Results
from rom.report.words import count

MANY_NATS = 60  # a range beyond which few nats could not be read on a linear axis
THEORY: dict[str, Any] = {"color": GREY, "lw": 0.9, "zorder": 1}


def swept_sizes(results: Results) -> list[int]:
    """The shown latent sizes at which beta is swept."""
    return [k for k in results.shown_sizes if swept(results, k)]


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


def width_of(sizes: list[int]) -> float:
    """Inches: a page for two columns, less for one."""
    return WIDTH if len(sizes) > 1 else 4.4


def reducer_colour(results: Results, method: Method) -> str:
    """One colour for all betas of a reducer."""
    return colour(results, next(key for key in results.keys if key[0] == method.reducer))


def legend(figure: Figure, results: Results, sizes: list[int], *, dots: bool, linear: str) -> None:
    """Over the whole figure: the reducers that are swept, with `dots` those without beta too, and
    linear theory.
    """
    first = {ms[0].reducer: ms[0] for k in sizes for ms in swept(results, k)}
    handles = [
        Line2D(
            [],
            [],
            color=reducer_colour(results, m),
            marker=marker(m.key),
            label=m.name.split(" (")[0],
        )
        for m in first.values()
    ]
    if dots:
        others = {m.reducer: m for k in sizes for m in results.at(k) if m.beta is None}
        handles += [Line2D([], [], label=m.name, **level(results, m)) for m in others.values()]
    if results.eigenvalues is not None:
        handles.append(Line2D([], [], label=linear, **THEORY))
    figure.legend(handles=handles, loc="outside upper center", ncols=4 if len(sizes) > 1 else 2)


def level(results: Results, method: Method) -> dict[str, Any]:
    """How the horizontal line of a method without beta looks."""
    return {
        "color": reducer_colour(results, method),
        "lw": 1.0,
        "ls": ":" if method.reducer == "pod" else "-.",
    }


def sentences(*sentences: str) -> str:
    """Those that have something to say, as one text."""
    return " ".join(sentence for sentence in sentences if sentence)


def marks(results: Results, mean: str = "lines") -> str:
    """What the small marks are, where there are several seeds, and what the mean is drawn as."""
    n = max(len(method.runs) for method in results.methods)
    return (
        f"Small marks are seeds ({count(n, 'seed')} at most), {mean} their mean." if n > 1 else ""
    )


def logarithmic(figure: Figure, above: int) -> str:
    """Says that the axis of the KL is logarithmic beyond so many nats, where it is."""
    scales = [scale for axes in figure.axes for scale in (axes.get_xscale(), axes.get_yscale())]
    return (
        f"The axis of the KL is logarithmic above {count(above, 'nat')}."
        if "symlog" in scales
        else ""
    )
