"""What the weight beta does: accuracy, independence and activity over a sweep of it, beside linear theory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from rom.metrics import LinearBetaVAE, convert_beta, linear_beta_vae
from rom.report.results import Method, Results
from rom.report.style import GREY, WIDTH, Plot, colour, marker, new_figure, plain_log_ticks
from rom.report.words import count
from rom.study.matrix import short

MAX_NAMED = 8  # latents that a legend names
MANY_NATS = 60  # a range beyond which few nats could not be read on a linear axis
THEORY: dict[str, Any] = {"color": GREY, "lw": 0.9, "zorder": 1}

#: Drawn as what is missing, on a logarithmic axis whose ticks say what is captured.
ENERGY = "energy captured (%)"
#: Rows of the sweep: label -> value of each run, and what linear theory says (None: nothing).
Values = Callable[[Results, Method], np.ndarray]
MEASURES: dict[str, tuple[Values, Callable[[float, LinearBetaVAE], float] | None]] = {
    ENERGY: (
        lambda results, method: 1 - results.values(method, "energy_captured"),
        lambda variance, best: best.distortion_mean / variance,
    ),
    "det R": (lambda results, method: results.values(method, "det_correlation_active"), None),
    "1 − mean |r|": (lambda results, method: 1 - results.values(method, "mean_abs_correlation_active"), None),
    "active latents": (
        lambda results, method: results.values(method, "active_components"),
        lambda _, best: best.n_active,
    ),
}


def sweep(results: Results) -> Iterator[Plot]:
    """Energy captured, correlation and number of active latents against beta: a column for each shown latent size."""
    sizes = _sizes(results)
    if not sizes:
        return
    figure = new_figure(1.55 * len(MEASURES) + 0.9, _width(sizes))
    grid = figure.subplots(len(MEASURES), len(sizes), squeeze=False, sharex="col", sharey="row")
    for column, k in enumerate(sizes):
        for row, (label, (values, theory)) in enumerate(MEASURES.items()):
            axes = grid[row, column]
            if theory is not None:
                _curve(axes, results, k, partial(theory, results.total_variance))
            for method in results.at(k):
                if method.beta is None:
                    _reference(axes, results, method, values(results, method))
            for methods in _swept(results, k):
                _line(axes, results, methods, values)
            if column == 0:
                axes.set_ylabel(label)
        grid[0, column].set_title(count(k, "latent"), pad=8)
        _beta_axis(grid[-1, column], grid[0, column], results)
    for axes in grid[:, 0]:  # which shares its range with its row
        _value_axis(axes)
    figure.align_ylabels(grid[:, 0])
    _legend(figure, results, sizes, dots=True, theory="linear β-VAE, training data")
    known = results.eigenvalues is not None
    yield Plot(
        "beta",
        "Accuracy and independence against the weight β",
        _sentences(
            f"Of the {results.n('test')} held-out snapshots, against the weight β of the KL divergence (above: τ = β/2 "
            "as a share of the total variance): energy captured, determinant of the correlation matrix and mean "
            "magnitude of the correlations of the active latents, both as 1 for uncorrelated latents, and the number "
            "of active latents.",
            _marks(results),
            "Methods without β are horizontal lines. Gaps: fewer than two active latents have no correlation.",
            "Grey: the best linear β-VAE on the training data, in closed form from the eigenvalues of POD." * known,
            "β = 0 is not drawn, the axis is logarithmic." * any(method.beta == 0 for method in results.methods),
        ),
        figure,
    )


def kl_per_latent(results: Results) -> Iterator[Plot]:
    """The KL divergence of each latent, largest first, against beta."""
    sizes = _sizes(results)
    if not sizes:
        return
    figure = new_figure(3.1, _width(sizes))
    for axes, k in zip(figure.subplots(1, len(sizes), squeeze=False, sharey=True)[0], sizes, strict=True):
        colours = mpl.colormaps["viridis"](np.linspace(0, 0.85, k))
        for i in range(k):
            _curve(axes, results, k, partial(_kl_of, i), color=colours[i], ls="--")
        for methods in _swept(results, k):
            betas = [results.beta_in_force(method) for method in methods]
            sorted_kl = [_sorted_kl(results, method) for method in methods]
            for i in range(k):
                means = [kl[:, i].mean() for kl in sorted_kl]
                axes.plot(betas, means, color=colours[i], marker="o", ms=4)
                for beta, kl in zip(betas, sorted_kl, strict=True):
                    if len(kl) > 1:
                        axes.plot([beta] * len(kl), kl[:, i], ls="", marker="o", ms=2.5, alpha=0.5, color=colours[i])
        axes.set_title(count(k, "latent"), pad=8)
        _beta_axis(axes, axes, results)
        if axes.get_ylim()[1] > MANY_NATS:
            axes.set_yscale("symlog", linthresh=1)
            axes.yaxis.set_major_formatter("{x:g}")
        if axes.get_subplotspec().is_first_col():
            axes.set_ylabel("KL per latent (nats)")
        if k <= MAX_NAMED:
            handles = [Line2D([], [], color=c, marker="o", ms=4, label=f"{i + 1}") for i, c in enumerate(colours)]
            if results.eigenvalues is not None:
                handles.append(Line2D([], [], label="linear theory", **(THEORY | {"ls": "--"})))
            axes.legend(handles=handles, title="rank by KL", loc="upper right", ncols=1 + (k > 4))
    known = results.eigenvalues is not None
    yield Plot(
        "beta-kl",
        "KL divergence of each latent against the weight β",
        _sentences(
            "KL divergence of the posterior from the prior for each latent, mean over the training snapshots, the "
            "latents of each run sorted by it.",
            _marks(results),
            "A latent at zero is switched off.",
            _logarithmic(figure, 1),
            "Dashed: linear theory, ½ ln(λᵢ/τ) where the eigenvalue λᵢ of POD exceeds τ, else 0." * known,
        ),
        figure,
    )


def rate_distortion(results: Results) -> Iterator[Plot]:
    """Squared error against KL at the end of the training, beside the bound of linear maps."""
    sizes = [k for k in _sizes(results) if any(_rates(results, m).size for ms in _swept(results, k) for m in ms)]
    if not sizes:
        return
    figure = new_figure(3.2, _width(sizes))
    for axes, k in zip(figure.subplots(1, len(sizes), squeeze=False, sharey=True)[0], sizes, strict=True):
        for methods in _swept(results, k):
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
    _legend(figure, results, sizes, dots=False, theory="linear maps")
    known = results.eigenvalues is not None
    yield Plot(
        "beta-rate-distortion",
        "Rate and distortion",
        _sentences(
            "Squared error decoded from samples of the posterior, as a share of the total variance, against the KL "
            "divergence, both of the last epoch of the training; numbers are β.",
            _marks(results),
            _logarithmic(figure, 10),
            (
                "Grey: the best that linear maps with as many latents can do, R = Σ ½ ln(λᵢ/τ), D = Σ min(λᵢ, τ), from "
                "the eigenvalues of POD; a network below it gains from being nonlinear."
            )
            * known,
        ),
        figure,
    )


# ---- what is drawn ---------------------------------------------------------------------------------


def _sizes(results: Results) -> list[int]:
    return [k for k in results.shown_sizes if _swept(results, k)]


def _swept(results: Results, k: int) -> list[list[Method]]:
    """For each reducer with at least two positive betas at this latent size: its methods by beta."""
    found: dict[str, list[Method]] = {}
    for method in results.at(k):
        if method.beta and results.beta_in_force(method) > 0:
            found.setdefault(method.reducer, []).append(method)
    return [sorted(methods, key=results.beta_in_force) for methods in found.values() if len(methods) > 1]


def _sorted_kl(results: Results, method: Method) -> np.ndarray:
    """(n_runs, n_components), each row from the largest: latents of different seeds have no common order."""
    columns = [results.values(method, f"kl_component[{i}]", "train") for i in range(method.n_components)]
    return np.sort(np.stack(columns, axis=1), axis=1)[:, ::-1]


def _rates(results: Results, method: Method) -> np.ndarray:
    """(n_runs, 2): KL and error share of the last epoch; empty where the loss is no squared error."""
    found = []
    for run in method.runs:
        history = results.store.history(run)
        if history is not None and len(history) and run.parameters.get("reconstruction", "squared") == "squared":
            last = history.iloc[-1]
            found.append((last["train_kl"], last["train_reconstruction"] / results.total_variance))
    return np.array(found)


def _line(axes: Axes, results: Results, methods: list[Method], values: Values) -> None:
    style: dict[str, Any] = {"color": _colour(results, methods[0]), "marker": marker(methods[0].key)}
    betas = [results.beta_in_force(method) for method in methods]
    found = [values(results, method) for method in methods]
    axes.plot(betas, [v.mean() if v.size else np.nan for v in found], ms=5, **style)
    for beta, several in zip(betas, found, strict=True):
        if len(several) > 1:
            axes.plot([beta] * len(several), several, ls="", ms=3, alpha=0.55, **style)


def _reference(axes: Axes, results: Results, method: Method, values: np.ndarray) -> None:
    if values.size and np.isfinite(values).all():
        axes.axhline(float(values.mean()), **_level(results, method))


def _level(results: Results, method: Method) -> dict[str, Any]:
    """How the horizontal line of a method without beta looks."""
    return {"color": _colour(results, method), "lw": 1.0, "ls": ":" if method.reducer == "pod" else "-."}


def _curve(axes: Axes, results: Results, k: int, value: Callable[[LinearBetaVAE], float], **style: Any) -> None:
    """What linear theory says over the range of beta."""
    betas = [results.beta_in_force(method) for methods in _swept(results, k) for method in methods]
    grid = np.geomspace(min(betas), max(betas), 400)
    best = _theory(results, grid, k)
    if best:
        axes.plot(grid, [value(one) for one in best], **(THEORY | style))


def _kl_of(i: int, best: LinearBetaVAE) -> float:
    return float(best.kl[i])


def _theory(results: Results, betas: np.ndarray, k: int) -> list[LinearBetaVAE]:
    if results.eigenvalues is None or len(results.eigenvalues) < k:
        return []
    total = results.total_variance
    return [linear_beta_vae(results.eigenvalues, float(beta), k, total_variance=total) for beta in betas]


def _plane(axes: Axes, results: Results, methods: list[Method]) -> None:
    style: dict[str, Any] = {"color": _colour(results, methods[0]), "marker": marker(methods[0].key)}
    drawn = [(method, rates) for method in methods if (rates := _rates(results, method)).size]
    means = np.array([rates.mean(axis=0) for _, rates in drawn])
    axes.plot(*means.T, ms=5, **style)
    place: dict[str, Any] = {"xytext": (5, 4), "textcoords": "offset points", "fontsize": 7, "color": "#444444"}
    said: list[str] = []
    for i, (method, rates) in enumerate(drawn):
        if len(rates) > 1:
            axes.plot(*rates.T, ls="", ms=3, alpha=0.55, **style)
        said.append(short(results.beta_in_force(method), results.digits))
        if i + 1 == len(drawn) or not _same(means[i], means[i + 1], np.ptp(means[:, 0])):
            text = ", ".join(said)
            axes.annotate(text, means[i], path_effects=[withStroke(linewidth=2, foreground="white")], zorder=4, **place)
            said = []


def _same(one: np.ndarray, other: np.ndarray, span: float) -> bool:
    """Whether two points cannot be told apart: betas that all switch everything off."""
    return bool(abs(one[0] - other[0]) <= 0.01 * span and abs(one[1] - other[1]) <= 0.05 * one[1])


def _bound(axes: Axes, results: Results, k: int) -> None:
    """The linear curve as far right as the points go."""
    farthest, total = axes.get_xlim()[1], results.total_variance
    # one latent alone gets a rate of 1/2 ln(lambda / tau)
    shares = np.geomspace(max(np.exp(-2 * farthest), 1e-100), 1, 1000)
    best = [one for one in _theory(results, 2 * total * shares, k) if one.rate <= farthest]
    axes.plot([one.rate for one in best], [one.distortion_sampled / total for one in best], **THEORY)


# ---- axes and words --------------------------------------------------------------------------------


def _width(sizes: list[int]) -> float:
    return WIDTH if len(sizes) > 1 else 4.4


def _value_axis(axes: Axes) -> None:
    """The range and the ticks of a row of the sweep."""
    label = axes.get_ylabel()
    if label == ENERGY:
        axes.set_yscale("log")
        axes.invert_yaxis()
        high, low = axes.get_ylim()
        steps = (1,) if high / low > 300 else (1, 2, 5)
        ticks = [m * 10.0**e for e in range(-15, 4) for m in steps]
        axes.yaxis.set_major_locator(FixedLocator([tick for tick in ticks if low <= tick <= high]))
        axes.yaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(lambda missing, _: f"{100 * (1 - missing):.10g}".replace("-", "−"))
    elif label.startswith("active"):
        axes.set_ylim(bottom=-0.2)
        axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    else:
        axes.set_ylim(0, 1.05)
        axes.yaxis.set_major_locator(FixedLocator([0, 0.25, 0.5, 0.75, 1]))


def _beta_axis(bottom: Axes, top: Axes, results: Results) -> None:
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


def _colour(results: Results, method: Method) -> str:
    """One colour for all betas of a reducer."""
    return colour(results, next(key for key in results.keys if key[0] == method.reducer))


def _legend(figure: Figure, results: Results, sizes: list[int], *, dots: bool, theory: str) -> None:
    swept = {ms[0].reducer: ms[0] for k in sizes for ms in _swept(results, k)}
    handles = [
        Line2D([], [], color=_colour(results, m), marker=marker(m.key), label=m.name.split(" (")[0])
        for m in swept.values()
    ]
    if dots:
        others = {m.reducer: m for k in sizes for m in results.at(k) if m.beta is None}
        handles += [Line2D([], [], label=m.name, **_level(results, m)) for m in others.values()]
    if results.eigenvalues is not None:
        handles.append(Line2D([], [], label=theory, **THEORY))
    figure.legend(handles=handles, loc="outside upper center", ncols=4 if len(sizes) > 1 else 2)


def _sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _marks(results: Results) -> str:
    n = max(len(method.runs) for method in results.methods)
    return f"Small marks are seeds ({count(n, 'seed')} at most), lines their mean." if n > 1 else ""


def _logarithmic(figure: Figure, above: int) -> str:
    scales = [scale for axes in figure.axes for scale in (axes.get_xscale(), axes.get_yscale())]
    return f"The axis of the KL is logarithmic above {count(above, 'nat')}." if "symlog" in scales else ""
