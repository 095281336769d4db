"""Rate and distortion of a sweep of beta."""

from __future__ import annotations

from collections.abc import Iterator

from rom import plot
from rom.plot._rate_distortion import rated_sizes, rates
from rom.plot._sweeps import swept
from rom.report.figures.beta import logarithmic
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import seeds_marked, sentences
from rom.results import Results
from rom.results.words import count, number


def rate_distortion(results: Results) -> Iterator[Plot]:
    """Squared error against KL at the end of the training, with the bound of linear maps."""
    sizes = rated_sizes(results)
    if not sizes:
        return
    figure = figure_of(plot.rate_distortion(results))
    methods = swept(results, sizes[-1])[0]
    ends = []
    for method in (methods[0], methods[-1]):
        rate, distortion = (
            number(value, digits=2) for value in rates(results, method).mean(axis=0)
        )
        ends.append(f"{method.name}: {rate} nats and {distortion} of the variance")
    yield Plot(
        "beta-rate-distortion",
        "Rate and distortion",
        sentences(
            "Squared error decoded from samples of the posterior, as a share of the total variance,"
            " against the KL divergence. Both are of the last epoch. Numbers are β.",
            seeds_marked(results),
            logarithmic(figure, 10),
            "Grey: the best that linear maps with as many latents can do, R = Σ ½ ln(λᵢ/τ) and"
            " D = Σ min(λᵢ, τ), from the eigenvalues of POD. A network below it gains from being"
            " nonlinear." * (results.eigenvalues is not None),
        ),
        figure,
        f"Rate and distortion with {count(sizes[-1], 'latent')}, {'; '.join(ends)}.",
    )
