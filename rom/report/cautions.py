"""What speaks against the answer, and what its confidence rests on."""

from __future__ import annotations

import numpy as np

from rom.evaluation.convergence import UNDERTRAINED, Finding, headline
from rom.evaluation.tuning import tuning
from rom.report.candidates import Candidate, compared
from rom.results import Results
from rom.results.words import count, error_percent, integer, listing, upper

#: A control with an error lower by less is not worth a word.
LOWER = 0.01
#: Below this error of the nearest training snapshot the data repeats itself.
REPEATS = 0.5
LEAST_SEEDS, ENOUGH_SPLITS = 3, 3


def cautions_of(results: Results, chosen: Candidate) -> list[str]:
    """What to know before the numbers are used, the gravest first."""
    findings = results.findings
    said = [_audited(results, findings)] if findings else []
    said += [f"{upper(text)}." for text in results.cautions]
    leakage = results.store.leakage()
    nearest = leakage.get("memoriser")
    repeats = nearest is not None and nearest < REPEATS and not leakage["leaks"]
    if repeats and leakage.get("next_in_time") is not None:
        said.append(
            "The test snapshots revisit states of the training set. These errors say nothing about"
            " other states or parameters."
        )
    if nearest is not None and nearest <= chosen.error:
        said.append(
            f"The nearest training snapshot alone has an error of {error_percent(nearest)}, no more"
            " than the best model."
        )
    if (better := better_control(results, chosen)) is not None:
        said.append(
            f"{upper(results.name((better.reducer, better.beta)))}, a control, has an error of"
            f" {error_percent(better.error)} with {count(better.n_components, 'latent')}. To have"
            f" it judged as the others are, add {better.reducer} to --reducers."
        )
    return said


def _audited(results: Results, findings: list[Finding]) -> str:
    """What the audit found: that the ranking is undecided, or the first finding."""
    if any(found.condition in UNDERTRAINED for found in findings):
        return f"{headline(findings)}."
    first, more = findings[0], len(findings) - 1
    name = results.name((first.reducer, first.beta))
    said = f"{name}, {count(first.n_components, 'latent')}: {first.text}."
    return said + f" The audit has {count(more, 'more finding')}." * bool(more)


def better_control(results: Results, chosen: Candidate) -> Candidate | None:
    """A control of this size with clearly less error."""
    at = [
        one
        for one in compared(results, results.controls)
        if one.n_components == chosen.n_components
    ]
    best = min(at, key=lambda one: one.error, default=None)
    lower = best is not None and best.error < (1 - LOWER) * chosen.error - 1e-12
    return best if lower else None


def confidence_of(results: Results, chosen: Candidate) -> tuple[str, str]:
    """ "high", "moderate" or "low", and what it rests on."""
    seeds = len(chosen.method.runs) if chosen.method else 1
    has_seeds = bool(chosen.method and results.has_seeds(chosen.method))
    splits = 1 + len(results.store.variants("splits"))
    undertrained = any(found.condition in UNDERTRAINED for found in results.findings)
    doubts = ["A network is undertrained."] * undertrained
    if results.cautions:
        doubts += ["The test set is too near to the training set, or too far from it."]
    if has_seeds and seeds < LEAST_SEEDS:
        doubts += [
            f"Fewer than {count(LEAST_SEEDS, 'seed')} say little of the scatter of training."
        ]
    if not doubts and splits < ENOUGH_SPLITS:
        doubts += ["More splits would say how much the answer depends on them (--splits 5)."]
        level = "moderate"
    else:
        level = "low" if doubts else "high"
    facts = [count(seeds, "seed")] if has_seeds else []
    facts += [
        count(splits, "split"),
        f"{results.n('test')} test snapshots{_worth(results, chosen)}",
    ]
    said = " ".join([*doubts, f"It rests on {listing(facts)}."])
    if any(reducer.is_trained for reducer in compared(results, results.methods)):
        said += f" Options are defaults{_tuned(results, chosen)}."
    return level, said


def _tuned(results: Results, chosen: Candidate) -> str:
    """What tuned options would change."""
    study = results.study["study"]
    if not (study.get("tune") or study.get("tune_seconds")):
        return ": --tune 20 tunes them"
    found, method = tuning(results.store), chosen.method
    if method is not None:
        same = (found.reducer == method.reducer) & (found.n_components == method.n_components)
        same &= found.beta.isna() if method.beta is None else found.beta == method.beta
        errors = found[same & found.tuned_error.notna()].tuned_error
        if len(errors):
            return f"; with tuned ones the error is {error_percent(float(errors.iloc[0]))}"
    return "; what tuning changes is in tuning.csv"


def _worth(results: Results, chosen: Candidate) -> str:
    if chosen.method is None:
        return ""
    n_eff = results.values(chosen.method, "relative_error", column="n_eff")
    if not n_eff.size or not np.isfinite(n_eff).all():
        return ""
    return f" (effective sample size {integer(n_eff.mean())})"


def is_far(results: Results) -> bool:
    """Whether the test set is far from all training snapshots."""
    leakage = results.store.leakage()
    return len(results.cautions) > bool(leakage["leaks"])
