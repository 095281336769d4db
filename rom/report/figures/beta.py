"""What the weight beta does: accuracy, independence and activity over a sweep of it."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.figure import Figure

from rom import plot
from rom.plot._sweeps import swept, swept_sizes
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import seeds_marked, sentences
from rom.results import Results
from rom.results.words import count, number


def sweep(results: Results) -> Iterator[Plot]:
    """Energy captured, correlation and number of active latents against beta."""
    sizes = swept_sizes(results)
    if not sizes:
        return
    zero = any(method.beta == 0 for method in results.methods)
    yield Plot(
        "beta",
        "Accuracy and independence against the weight β",
        sentences(
            f"From the {results.n('test')} test snapshots, against the weight β of the KL"
            " divergence. The scale above is τ = β/2 as a share of the total variance.",
            "Rows: energy captured; determinant of the correlation matrix of the active latents,"
            " 1 if uncorrelated; one minus their mean informational correlation, 1 if independent;"
            " number of active latents.",
            seeds_marked(results),
            "Methods without β are horizontal lines.",
            "There is a gap where fewer than two latents are active.",
            "Grey: the best linear β-VAE on the training set, in closed form from the eigenvalues"
            " of POD." * (results.eigenvalues is not None),
            "β = 0 is not drawn: the axis is logarithmic." * zero,
        ),
        figure_of(plot.beta_sweep(results)),
        _from_to(results, sizes[-1]),
    )


def kl_per_latent(results: Results) -> Iterator[Plot]:
    """The KL divergence of each latent, largest first, against beta."""
    sizes = swept_sizes(results)
    if not sizes:
        return
    figure = figure_of(plot.kl_per_latent(results))
    methods = swept(results, sizes[-1])[0]
    low, high = (
        number(results.mean(method, "kl", "train"), digits=2)
        for method in (methods[0], methods[-1])
    )
    yield Plot(
        "beta-kl",
        "KL divergence of each latent against the weight β",
        sentences(
            "KL divergence of the posterior from the prior for each latent, mean over the training"
            " set. The latents of each run are ranked by it.",
            seeds_marked(results),
            "A latent at zero is switched off.",
            logarithmic(figure, 1),
            "Dashed: linear theory, ½ ln(λᵢ/τ) where the eigenvalue λᵢ of POD exceeds τ, else 0."
            * (results.eigenvalues is not None),
        ),
        figure,
        f"Total KL divergence of {methods[0].name} with {count(sizes[-1], 'latent')}: {low} nats."
        f" Of {methods[-1].name}: {high} nats.",
    )


def logarithmic(figure: Figure, above: int) -> str:
    """Says that the axis of the KL is logarithmic beyond this number of nats, where it is."""
    scales = [scale for axes in figure.axes for scale in (axes.get_xscale(), axes.get_yscale())]
    if "symlog" not in scales:
        return ""
    return f"The axis of the KL divergence is logarithmic above {count(above, 'nat')}."


def _from_to(results: Results, k: int) -> str:
    """What the smallest and the largest beta give."""
    parts = []
    for methods in swept(results, k):
        for method in (methods[0], methods[-1]):
            energy = number(100 * results.mean(method, "energy_captured"))
            active = number(results.mean(method, "active_latents"), digits=2)
            parts.append(f"{method.name} captures {energy} % with {active} active latents")
    return f"Of {count(k, 'latent')}: {'; '.join(parts)}."
