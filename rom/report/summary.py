"""The answer in words, from the numbers and no further than they go."""

from __future__ import annotations

import numpy as np

from rom.evaluation.learning import advice
from rom.report.figures_cost import same_bytes
from rom.report.results import Results
from rom.report.words import count, count_range, listing, mean_sd, number, percent

FEW_SEEDS = 5
CAUTION = (
    "det R is the determinant of the correlation matrix, 1 for uncorrelated latents. Uncorrelated is not independent: "
    "the informational correlation is 1 where one latent is a function of the other. In brackets: the mean for latents "
    "that keep their course in time and have nothing to do with each other. Below or above chance: beyond 95 % of "
    "these, in every seed if nothing else is said."
)
SIGNIFICANT = 0.05
#: Metric of the active latents -> where dependence drives it.
DEPENDENCE = {
    "det_correlation_active": "below chance",
    "informational_correlation_active[mean]": "above chance",
}


def summary(results: Results) -> list[str]:
    """Paragraphs on accuracy, correlation and how sure they are, for the smallest and the largest latent size."""
    if not results.methods:
        return ["No run has finished: there is nothing to compare yet."]
    accuracy = [_accuracy(results, k, first=k == results.sizes[0]) for k in results.shown_sizes]
    correlation = [_correlation(results, k) for k in results.shown_sizes if k > 1]
    accuracy.append(same_bytes(results))
    if enough := advice(results.store):
        accuracy.append(f"{enough}.")
    paragraphs = (
        [said for said in accuracy if said],
        [*correlation, CAUTION] if correlation else [],
        _certainty(results),
    )
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
    (det, below), (information, above) = DEPENDENCE.items()
    return (
        f"det R of {k} latents is {_against_chance(results, k, det, below)}. "
        f"Their informational correlation is {_against_chance(results, k, information, above)}."
    )


def _against_chance(results: Results, k: int, metric: str, far: str) -> str:
    """The methods with their numbers, and those of chance in brackets, by what chance alone could do."""
    some = f"{far} in some seeds"
    groups: dict[str, list[str]] = {kind: [] for kind in ("within chance", some, far, "not tested", "not defined")}
    for method in results.at(k):
        values, nulls, p = (results.values(method, metric, column=column) for column in ("value", "null", "p_value"))
        active = results.values(method, "active_latents")
        beside = [] if (active == k).all() else [f"{count_range(active)} of {k} active"]
        if not values.size or np.isnan(values).any():
            groups["not defined"].append(method.name + (f" ({beside[0]})" if beside else ""))
            continue
        beside = ([number(float(nulls.mean()))] if np.isfinite(nulls).all() else []) + beside
        beyond = p < SIGNIFICANT
        tested = far if beyond.all() else some if beyond.any() else "within chance"
        where = tested if np.isfinite(p).all() else "not tested"
        groups[where].append(f"{method.name} {mean_sd(values)}" + (f" ({'; '.join(beside)})" if beside else ""))
    return listing([f"{where} for {listing(methods)}" for where, methods in groups.items() if methods])


def _certainty(results: Results) -> list[str]:
    seeds = sorted({len(m.runs) for m in results.methods if results.has_seeds(m)})
    if not seeds:
        return []
    if seeds[-1] == 1:
        return ["Each network was trained with one seed only: how much the numbers depend on it is not known."]
    said = f"{seeds[0]} to {seeds[-1]} seeds" if seeds[0] != seeds[-1] else f"{seeds[-1]} seeds"
    few = ", too few to call a difference significant" if seeds[0] < FEW_SEEDS else ""
    return [f"± is the standard deviation observed over {said} of the networks{few}."]
