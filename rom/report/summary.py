"""The answer in words, from the numbers and no further than they go."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.evaluation.convergence import UNDERTRAINED, audit
from rom.evaluation.learning import advice
from rom.metrics.verdict import CANNOT, DEPENDENT, NO_DEPENDENCE, dependence_verdict
from rom.report.figures.cost import same_bytes
from rom.report.results import Results
from rom.report.tables.tuning import tuned_sentence
from rom.report.words import count, count_range, listing, mean_sd, number, percent

FEW_SEEDS = 5
CAUTION = (
    "det R is the determinant of the correlation matrix, 1 for uncorrelated latents. Uncorrelated"
    " is not independent: the informational correlation is 1 where one latent is a function of the"
    " other. In brackets: the mean for latents that keep their course in time and have nothing to"
    " do with each other. Dependent: beyond 95 % of these. What is worth fewer than ten independent"
    " snapshots, as one that goes round a few times, cannot be tested, whatever its numbers."
)
#: A control that has an error lower by less is not worth a word.
WORTH = 0.05
#: Measures of the active latents that the answer speaks of.
DEPENDENCE: tuple[dict[str, Any], ...] = (
    {"measure": "det_correlation", "latents": "active"},
    {"measure": "informational_correlation", "key": "mean", "latents": "active"},
)


def summary(results: Results) -> list[str]:
    """Paragraphs on accuracy, correlation and how sure they are, for the smallest and the largest
    latent size.
    """
    if not results.methods:
        return ["No run has finished: there is nothing to compare yet."]
    accuracy = [_accuracy(results, k, first=k == results.sizes[0]) for k in results.shown_sizes]
    correlation = [_correlation(results, k) for k in results.shown_sizes if k > 1]
    accuracy += [same_bytes(results), tuned_sentence(results)]
    enough = advice(results.store)
    # of trainings that have not ended nothing follows for the number of snapshots
    if enough and not any(found.condition in UNDERTRAINED for found in audit(results.store)):
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
    said = listing(
        [f"{m.name} {percent(results.values(m, 'energy_captured'))}" for m in results.at(k)]
    )
    better = _better_control(results, k)
    if not first:
        return f"With {count(k, 'latent')}: {said}.{better}"
    return (
        f"With {count(k, 'latent')} on {results.n('test')} held-out snapshots, the share of the"
        f" energy (about the mean of the training snapshots) that is captured is: {said}.{better}"
    )


def _better_control(results: Results, k: int) -> str:
    """A control that has less error than all that is compared: its user should know."""
    at = [method for method in results.controls if method.n_components == k]
    if not at or not results.at(k):
        return ""
    error = {method.name: results.mean(method, "relative_error") for method in at}
    name = min(error, key=lambda name: error[name])
    least = min(results.mean(method, "relative_error") for method in results.at(k))
    if not error[name] < (1 - WORTH) * least:
        return ""
    return (
        f" The control {name} has a lower error than all of these: {number(error[name])} beside"
        f" {number(least)}."
    )


def _correlation(results: Results, k: int) -> str:
    n = results.size("test")
    if n <= k:
        return f"With {k} latents and {n} test snapshots, correlations say nothing."
    det, information = DEPENDENCE
    return (
        f"{k} latents by det R: {_verdicts(results, k, det)}. "
        f"By their informational correlation: {_verdicts(results, k, information)}."
    )


def _verdicts(results: Results, k: int, metric: dict[str, Any]) -> str:
    """The methods with their numbers, and those of chance in brackets, by what a test says of their
    latents.
    """
    some = f"{DEPENDENT} in some seeds"
    groups: dict[str, list[str]] = {
        kind: [] for kind in (DEPENDENT, some, NO_DEPENDENCE, CANNOT, "not defined")
    }
    reasons: list[str] = []
    for method in results.at(k):
        columns = ("value", "null", "p_value", "n_eff")
        values, nulls, p, n_eff = (
            results.values(method, **metric, column=column) for column in columns
        )
        active = results.values(method, "active_latents")
        beside = [] if (active == k).all() else [f"{count_range(active)} of {k} active"]
        if not values.size or np.isnan(values).any():
            groups["not defined"].append(method.name + (f" ({beside[0]})" if beside else ""))
            continue
        beside = ([number(float(nulls.mean()))] if np.isfinite(nulls).all() else []) + beside
        verdicts = [dependence_verdict(*pair) for pair in zip(p, n_eff, strict=True)]
        found = {verdict.verdict for verdict in verdicts}
        where = CANNOT if CANNOT in found else found.pop() if len(found) == 1 else some
        reasons += [verdict.reason for verdict in verdicts if verdict.verdict == CANNOT]
        groups[where].append(
            f"{method.name} {mean_sd(values)}" + (f" ({'; '.join(beside)})" if beside else "")
        )
    said = listing(
        [f"{where} for {listing(methods)}" for where, methods in groups.items() if methods]
    )
    return said + (f" ({reasons[0]})" if reasons else "")


def _certainty(results: Results) -> list[str]:
    seeds = sorted({len(m.runs) for m in results.methods if results.has_seeds(m)})
    if not seeds:
        return []
    if seeds[-1] == 1:
        return [
            "Each network was trained with one seed only: how much the numbers depend on it is not"
            " known."
        ]
    said = f"{seeds[0]} to {seeds[-1]} seeds" if seeds[0] != seeds[-1] else f"{seeds[-1]} seeds"
    is_tuned = results.study["study"].get("tune") or results.study["study"].get("tune_seconds")
    untuned = "" if is_tuned else " Their options were not tuned (--tune 20)."
    few = ", too few to rank the methods by" if seeds[0] < FEW_SEEDS else ""
    return [f"± is the standard deviation observed over {said} of the networks{few}.{untuned}"]
