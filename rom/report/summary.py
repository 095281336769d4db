"""The answer in words, from the numbers and no further than they go."""

from __future__ import annotations

import math

import numpy as np

from rom.metrics import det_correlation_null
from rom.report.results import Results
from rom.report.words import count, count_range, listing, mean_sd, number, percent

FEW_SEEDS = 5
CAUTION = (
    "det R is the determinant of the correlation matrix, 1 for uncorrelated latents. Uncorrelated is not independent: "
    "the informational correlation is 1 where one latent is a function of the other, and no more than the value in "
    "brackets for latents that have nothing to do with each other."
)
INFORMATION = "informational_correlation_active[mean]"


def summary(results: Results) -> list[str]:
    """Paragraphs on accuracy, correlation and how sure they are, for the smallest and the largest latent size."""
    if not results.methods:
        return ["No run has finished: there is nothing to compare yet."]
    accuracy = [_accuracy(results, k, first=k == results.sizes[0]) for k in results.shown_sizes]
    correlation = [_correlation(results, k) for k in results.shown_sizes if k > 1]
    paragraphs = (accuracy, [*correlation, CAUTION] if correlation else [], _certainty(results))
    return [_unbroken(" ".join(sentences)) for sentences in paragraphs if sentences]


def _unbroken(sentence: str) -> str:
    """No line breaks within numbers and names."""
    for text in ("± ", "× ", "β = "):
        sentence = sentence.replace(text, text.replace(" ", "\u00a0"))
    for text in (" ±", " ×", " %", " (β"):
        sentence = sentence.replace(text, text.replace(" ", "\u00a0"))
    return sentence


def _accuracy(results: Results, k: int, *, first: bool) -> str:
    said = [f"{m.name} {percent(results.values(m, 'energy_captured'))}" for m in results.at(k)]
    if not first:
        return f"With {count(k, 'latent')}: {listing(said)}."
    return (
        f"With {count(k, 'latent')} on {results.n('test')} held-out snapshots, the share of the energy (about the mean "
        f"of the training snapshots) that is captured is: {listing(said)}."
    )


def _correlation(results: Results, k: int) -> str:
    n = results.size("test")
    if n <= k:
        return f"With {k} latents and {n} test snapshots, correlations say nothing."
    groups: dict[str, list[str]] = {"near that value": [], "below it": [], "not defined": []}
    for method in results.at(k):
        values, active = results.values(method, "det_correlation_active"), results.values(method, "active_latents")
        fewer = "" if (active == k).all() else f" ({count_range(active)} of {k} active)"
        if not values.size or np.isnan(values).any() or active.min() < 2:
            groups["not defined"].append(f"{method.name}{fewer}")
            continue
        floors = [det_correlation_null(n, int(d)) - 2 * null_spread(n, int(d)) for d in active]
        where = "near that value" if (values >= np.array(floors)).all() else "below it"
        groups[where].append(f"{method.name} {mean_sd(values)}{fewer}")
    found = listing([f"{where} for {listing(methods)}" for where, methods in groups.items() if methods])
    null = number(det_correlation_null(n, k))
    said = f"det R of {k} latents on these snapshots (independent latents: {null} on average) is {found}."
    return said + _dependence(results, k)


def _dependence(results: Results, k: int) -> str:
    """The informational correlation of each method with the value of unrelated latents."""
    said = []
    for method in results.at(k):
        values, nulls = (results.values(method, INFORMATION, column=column) for column in ("value", "null"))
        if values.size and np.isfinite(values).all() and np.isfinite(nulls).all():
            said.append(f"{method.name} {mean_sd(values)} ({number(float(nulls.mean()))})")
    return f" Their informational correlation is {listing(said)}." if said else ""


def null_spread(n: int, k: int) -> float:
    """Standard deviation of det R for k independent Gaussian latents and n independent snapshots.

    det R is a product of independent Beta(a, b), a = (n - 1 - i) / 2, b = i / 2, i = 1 .. k - 1 (Anderson 2003,
    chapter 9), each with E[B] = a / (a + b) and E[B^2] = E[B] (a + 1) / (a + b + 1).

    >>> round(null_spread(38, 2), 4)
    0.0367
    """
    total = (n - 1) / 2
    first, second = 1.0, 1.0
    for i in range(1, k):
        a = total - i / 2
        first *= a / total
        second *= a / total * (a + 1) / (total + 1)
    return math.sqrt(max(second - first**2, 0.0))


def _certainty(results: Results) -> list[str]:
    seeds = sorted({len(m.runs) for m in results.methods if results.is_trained(m)})
    if not seeds:
        return []
    if seeds[-1] == 1:
        return ["Each network was trained with one seed only: how much the numbers depend on it is not known."]
    said = f"{seeds[0]} to {seeds[-1]} seeds" if seeds[0] != seeds[-1] else f"{seeds[-1]} seeds"
    few = ", too few to call a difference significant" if seeds[0] < FEW_SEEDS else ""
    return [f"± is the standard deviation observed over {said} of the networks{few}."]
