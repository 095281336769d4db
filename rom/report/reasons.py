"""The sentences of the answer: reasons, cautions, and what the confidence rests on."""

from __future__ import annotations

import numpy as np

from rom.evaluation.convergence import UNDERTRAINED, headline
from rom.evaluation.learning import advice
from rom.report.candidates import NEGLIGIBLE, SAME, Candidate, compared, pod_curve, pod_modes
from rom.report.dependence import UNKNOWN, YES, dependence_of
from rom.results import Results
from rom.results.words import count, number, size

#: A control with an error lower by less is not worth a word.
LOWER = 0.05
#: Below this error of the nearest training snapshot the data repeats itself.
REPEATS = 0.5
ENOUGH_SEEDS, ENOUGH_SPLITS = 3, 3
#: How a sentence begins with a number.
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def error_percent(value: float) -> str:
    """An error in percent, with two significant digits.

    >>> error_percent(0.00473), error_percent(0.236), error_percent(1.0)
    ('0.47 %', '24 %', '100 %')
    """
    if not np.isfinite(value):
        return "–"
    percent = 100 * value
    text = f"{percent:.0f}" if percent >= 99.5 else f"{percent:.2g}"
    return f"{number(percent, digits=2) if percent and percent < 1e-3 else text} %"


def name_of(results: Results, chosen: Candidate) -> str:
    """``the AE with 2 latents``, ``POD with 9 modes``."""
    called = results.name((chosen.reducer, chosen.beta))
    if chosen.reducer == "pod":
        return f"{called} with {count(chosen.n_components, 'mode')}"
    return f"the {called} with {count(chosen.n_components, 'latent')}"


def headline_of(results: Results, chosen: Candidate, target: float, *, given: bool) -> str:
    """The recommendation, a sentence without a full stop."""
    name = name_of(results, chosen)
    if any(found.condition in UNDERTRAINED for found in results.findings):
        return f"The ranking is made by the training, not by the methods; the best so far is {name}"
    if _far(results) or advice(results.store).startswith("More snapshots"):
        return f"More snapshots are needed; the best so far is {name}"
    if given and chosen.error > target:
        return (
            f"Nothing that was compared has an error of at most {error_percent(target)}; the best"
            f" is {name}"
        )
    return f"Use {name}"


def reasons_of(
    results: Results, chosen: Candidate, target: float, goal: str, *, relative: bool
) -> list[str]:
    """The goal, accuracy, number of latents, independence: a sentence or two each."""
    found = [_accuracy(results, chosen, goal), _size(results, chosen, target, relative=relative)]
    return [*_of_goal(results, chosen, goal), *found, _independence(results, chosen)]


def _of_goal(results: Results, chosen: Candidate, goal: str) -> list[str]:
    """What the goal asked for, compared with the method of fewest latents."""
    if goal == "compression":
        return [
            "Model and latents of all snapshots take the fewest bytes:"
            f" {size(chosen.stored_bytes)}."
        ]
    if goal == "speed":
        return [f"It decodes fastest: {number(1000 * chosen.decode_seconds)} ms a snapshot."]
    return []


def _accuracy(results: Results, chosen: Candidate, goal: str) -> str:
    seeds = len(chosen.method.runs) if chosen.method and results.has_seeds(chosen.method) else 0
    mean = f" (mean of {seeds} seeds)" if seeds > 1 else ""
    said = f"It reproduces unseen snapshots with an error of {error_percent(chosen.error)}{mean}."
    curve = pod_curve(results)
    if chosen.reducer == "pod":
        return said + (_networks(results, chosen) if goal == "accuracy" else "")
    same = pod_modes(curve, chosen.error)
    equal = next((one for one in curve if one.n_components == chosen.n_components), None)
    if same is not None:
        said += f" POD needs {count(same.n_components, 'mode')} for the same accuracy"
    elif curve:
        said += f" POD does not reach it with {count(curve[-1].n_components, 'mode')}"
    if equal is not None:
        said += f"; with {chosen.n_components} its error is {error_percent(equal.error)}"
    return said + ("." if curve else "")


def _networks(results: Results, chosen: Candidate) -> str:
    """What the other methods would save."""
    others = [one for one in compared(results, results.methods) if one.reducer != "pod"]
    good = [one for one in others if one.error <= (1 + SAME) * chosen.error + NEGLIGIBLE]
    if not others:
        return ""
    if not good:
        best = min(others, key=lambda one: one.error)
        return (
            f" No other method is as accurate: the best is {name_of(results, best)}, with"
            f" {error_percent(best.error)}."
        )
    fewest = min(good, key=lambda one: one.n_components)
    if fewest.n_components >= chosen.n_components:
        return " No other method needs fewer latents for it, and POD needs no training."
    return (
        f" {_upper(name_of(results, fewest))} is as accurate, which saves too little to be worth"
        " its training."
    )


def _size(results: Results, chosen: Candidate, target: float, *, relative: bool) -> str:
    noun = "mode" if chosen.reducer == "pod" else "latent"
    n = chosen.n_components
    word = WORDS[n] if n < len(WORDS) else str(n)
    number_of = f"{_upper(word)} {noun if n == 1 else noun + 's'}"
    if relative:  # good is only what comes near the best of the comparison
        largest = n >= max(results.sizes)
        end = "the most that was compared" if largest else "the fewest that come near its best"
        said = [f"{number_of} {_are(n)} {end}."]
    else:
        end = "enough" if chosen.error <= target else "not enough for the target"
        said = [f"{number_of} {_are(n)} {end}."]
    family = compared(results, results.of((chosen.reducer, chosen.beta)))
    if chosen.reducer == "pod":
        family = pod_curve(results)
    more = [one for one in family if one.n_components > chosen.n_components]
    fewer = [one for one in family if one.n_components < chosen.n_components]
    if more and chosen.reducer != "pod":
        said.append(_with(more[0], chosen))
    if fewer:
        last = fewer[-1]
        falls = relative and not more and chosen.error < (1 - SAME) * last.error
        end = ": it still falls, compare more (--components)" * falls
        said.append(f"With {last.n_components} the error is {error_percent(last.error)}{end}.")
    found = results.study.get("dimension") or {}
    if found.get("many_neighbours") is not None:
        said.append(f"The intrinsic dimension of the data is about {found['many_neighbours']:.1f}.")
    return " ".join(said)


def _with(more: Candidate, chosen: Candidate) -> str:
    if more.error >= (1 - SAME) * chosen.error:
        return f"{more.n_components} do not lower the error ({error_percent(more.error)})."
    return f"{more.n_components} lower the error to {error_percent(more.error)}."


def _independence(results: Results, chosen: Candidate) -> str:
    if chosen.method is None:
        return "POD's coefficients are uncorrelated on the training set by construction."
    found = dependence_of(results, chosen.method)
    if found.answer == UNKNOWN:
        return f"Whether the latents are independent cannot be judged: {found.reason}."
    if found.answer == YES:
        weak = f" {found.weak}." if found.weak else ""
        return f"No dependence between the latents was found: {found.reason}.{weak}"
    return f"The latents are not independent: {found.reason}.{_independent_ones(results)}"


def _independent_ones(results: Results) -> str:
    """The most accurate model between whose latents no dependence was found, if there is one."""
    found = [
        one
        for one in compared(results, results.methods)
        if one.n_components > 1
        and one.method is not None
        and dependence_of(results, one.method).answer == YES
    ]
    best = min(found, key=lambda one: one.error, default=None)
    if best is None:
        return ""
    return (
        f" No dependence was found between those of {name_of(results, best)}, whose error is"
        f" {error_percent(best.error)}."
    )


# ---- cautions and confidence --------------------


def cautions_of(results: Results, chosen: Candidate) -> list[str]:
    """What to know before the numbers are used, the gravest first."""
    findings = results.findings
    said = [f"{headline(findings)}."] if findings else []
    said += [f"{_upper(text)}." for text in results.cautions]
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
    return said + _better_control(results, chosen)


def _better_control(results: Results, chosen: Candidate) -> list[str]:
    at = [
        one
        for one in compared(results, results.controls)
        if one.n_components == chosen.n_components
    ]
    best = min(at, key=lambda one: one.error, default=None)
    if best is None or not best.error < (1 - LOWER) * chosen.error - 1e-12:
        return []
    return [
        f"The control {results.name((best.reducer, best.beta))}, which needs no training, has a"
        f" lower error: {error_percent(best.error)}. To have it judged as a method, add"
        f" {best.reducer} to --reducers."
    ]


def confidence_of(results: Results, chosen: Candidate) -> tuple[str, str]:
    """ "high", "moderate" or "low", and what it rests on."""
    study = results.study["study"]
    seeds = len(chosen.method.runs) if chosen.method else 1
    has_seeds = bool(chosen.method and results.has_seeds(chosen.method))
    splits = 1 + len(results.store.variants("splits"))
    undertrained = any(found.condition in UNDERTRAINED for found in results.findings)
    doubtful = undertrained or bool(results.cautions) or (has_seeds and seeds < ENOUGH_SEEDS)
    # over several splits it is known how much the answer depends on which snapshots were seen
    sure = splits >= ENOUGH_SPLITS and not doubtful
    level = "low" if doubtful else "high" if sure else "moderate"
    facts = [count(seeds, "seed")] if has_seeds else []
    facts += [
        count(splits, "split"),
        f"{results.n('test')} test snapshots{_worth(results, chosen)}",
    ]
    if any(reducer.is_trained for reducer in compared(results, results.methods)):
        facts.append("training not converged" if undertrained else "training converged")
        tuned = study.get("tune") or study.get("tune_seconds")
        facts.append("options tuned" if tuned else "options not tuned (--tune 20)")
    more = (
        " More splits (--splits 5) would say how much it depends on them."
        if level == "moderate"
        else ""
    )
    return level, f"It rests on {', '.join(facts)}.{more}"


def _worth(results: Results, chosen: Candidate) -> str:
    if chosen.method is None:
        return ""
    n_eff = results.values(chosen.method, "relative_error", column="n_eff")
    return f" (n_eff = {n_eff.mean():.0f})" if n_eff.size and np.isfinite(n_eff).all() else ""


def _far(results: Results) -> bool:
    leakage = results.store.leakage()
    return len(results.cautions) > bool(leakage["leaks"])


def _are(n: int) -> str:
    return "is" if n == 1 else "are"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
