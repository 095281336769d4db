"""Rate and distortion of a sweep of beta, beside what linear maps can do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from rom.report.figures.style import Plot, marker, new_figure, plain_log_ticks
from rom.report.figures.sweep import (
    MANY_NATS,
    THEORY,
    legend,
    logarithmic,
    marks,
    reducer_colour,
    sentences,
    swept,
    swept_sizes,
    theory,
    width_of,
)
from rom.report.results import Method, Results
from rom.report.words import count
from rom.study.matrix import short


def rate_distortion(results: Results) -> Iterator[Plot]:
    """Squared error against KL at the end of the training, beside the bound of linear maps."""
    sizes = [
        k
        for k in swept_sizes(results)
        if any(_rates(results, m).size for ms in swept(results, k) for m in ms)
    ]
    if not sizes:
        return
    figure = new_figure(3.2, width_of(sizes))
    for axes, k in zip(
        figure.subplots(1, len(sizes), squeeze=False, sharey=True)[0], sizes, strict=True
    ):
        for methods in swept(results, k):
            _plane(axes, results, methods)
        _bound(axes, results, k)
        axes.set_yscale("log")
        plain_log_ticks(axes)
        if axes.get_xlim()[1] > MANY_NATS:
            axes.set_xscale("symlog", linthresh=10)
            axes.xaxis.set_major_formatter("{x:g}")
        axes.set(title=count(k, "latent"), xlabel="rate: KL, sum over latents (nats)")
        axes.margins(x=0.08)
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("squared error / total variance")
    legend(figure, results, sizes, dots=False, linear="linear maps")
    known = results.eigenvalues is not None
    yield Plot(
        "beta-rate-distortion",
        "Rate and distortion",
        sentences(
            "Squared error decoded from samples of the posterior, as a share of the total variance,"
            " against the KL divergence, both of the last epoch of the training; numbers are β.",
            marks(results),
            logarithmic(figure, 10),
            "Grey: the best that linear maps with as many latents can do, R = Σ ½ ln(λᵢ/τ), D = Σ"
            " min(λᵢ, τ), from the eigenvalues of POD; a network below it gains from being"
            " nonlinear." * known,
        ),
        figure,
    )


def _rates(results: Results, method: Method) -> np.ndarray:
    """(n_runs, 2): KL and error share of the last epoch; empty where the loss is no squared
    error.
    """
    found = []
    for run in method.runs:
        history = results.store.history(run)
        if (
            history is not None
            and len(history)
            and run.parameters.get("reconstruction", "squared") == "squared"
        ):
            last = history.iloc[-1]
            found.append((last["train_kl"], last["train_reconstruction"] / results.total_variance))
    return np.array(found)


def _plane(axes: Axes, results: Results, methods: list[Method]) -> None:
    style: dict[str, Any] = {
        "color": reducer_colour(results, methods[0]),
        "marker": marker(methods[0].key),
    }
    drawn = [(method, rates) for method in methods if (rates := _rates(results, method)).size]
    means = np.array([rates.mean(axis=0) for _, rates in drawn])
    axes.plot(*means.T, ms=5, **style)
    place: dict[str, Any] = {
        "xytext": (5, 4),
        "textcoords": "offset points",
        "fontsize": 7,
        "color": "#444444",
    }
    said: list[str] = []
    for i, (method, rates) in enumerate(drawn):
        if len(rates) > 1:
            axes.plot(*rates.T, ls="", ms=3, alpha=0.55, **style)
        said.append(short(results.beta_in_force(method), results.digits))
        if i + 1 == len(drawn) or not _same(means[i], means[i + 1], np.ptp(means[:, 0])):
            text = ", ".join(said)
            axes.annotate(
                text,
                means[i],
                path_effects=[withStroke(linewidth=2, foreground="white")],
                zorder=4,
                **place,
            )
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
