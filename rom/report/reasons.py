"""The sentences of the answer: reasons, cautions, and what the confidence rests on."""

from __future__ import annotations

import numpy as np

from rom.evaluation.convergence import UNDERTRAINED
from rom.evaluation.learning import advice
from rom.report.candidates import NEGLIGIBLE, SAME, Candidate, compared, pod_curve, pod_modes
from rom.report.cautions import better_control, is_far
from rom.report.dependence import UNKNOWN, YES, dependence_of
from rom.results import Results
from rom.results.words import count, error_percent, listing, number, size, upper

#: How a sentence begins with a number.
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def name_of(results: Results, chosen: Candidate) -> str:
    """``the AE with 2 latents``, ``POD with 9 modes``."""
    called = results.name((chosen.reducer, chosen.beta))
    if chosen.reducer == "pod":
        return f"{called} with {count(chosen.n_components, 'mode')}"
    article = "" if "POD" in called else "the "
    return f"{article}{called} with {count(chosen.n_components, 'latent')}"


def headline_of(results: Results, chosen: Candidate, target: float, *, given: bool) -> str:
    """The recommendation, a sentence without a full stop."""
    name = name_of(results, chosen)
    if any(found.condition in UNDERTRAINED for found in results.findings):
        return f"The ranking is made by the training, not by the methods; the best so far is {name}"
    if is_far(results) or advice(results.store).startswith("More snapshots"):
        return f"More snapshots are needed; the best so far is {name}"
    if given and chosen.error > target:
        return (
            f"Nothing that was compared has an error of at most {error_percent(target)}; the best"
            f" is {name}"
        )
    better = better_control(results, chosen)
    if better is None:
        return f"Use {name}"
    control = results.name((better.reducer, better.beta))
    return f"Use {name}, or {control}, which needs no training and has less error"


def reasons_of(
    results: Results, chosen: Candidate, target: float, goal: str, *, relative: bool
) -> list[str]:
    """The goal, accuracy, number of latents, independence: a sentence or two each."""
    found = [_accuracy(results, chosen, goal), _size(results, chosen, target, relative=relative)]
    return [*_of_goal(chosen, goal), *found, _independence(results, chosen)]


def _of_goal(chosen: Candidate, goal: str) -> list[str]:
    """What the chosen method reaches of the goal: its bytes or its time; none for the others."""
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
    mean = f" (mean of {seeds} seeds{_spread(results, chosen)})" if seeds > 1 else ""
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
    return said + "." * bool(curve) + _nearly(results, chosen)


def _spread(results: Results, chosen: Candidate) -> str:
    """The range over the seeds, where it is worth a word."""
    assert chosen.method is not None
    errors = results.values(chosen.method, "relative_error")
    if np.ptp(errors) < SAME * errors.mean():
        return ""
    return f", {error_percent(float(errors.min()))} to {error_percent(float(errors.max()))}"


def _nearly(results: Results, chosen: Candidate) -> str:
    """Other methods of this size that come near it."""
    there = [
        results.name((one.reducer, one.beta))
        for one in compared(results, results.at(chosen.n_components))
        if one.method is not chosen.method and one.error <= (1 + SAME) * chosen.error
    ]
    return f" Nearly as accurate: {listing(there)}." if there else ""


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
        f" {upper(name_of(results, fewest))} is as accurate, which saves too little to be worth"
        " its training."
    )


def _size(results: Results, chosen: Candidate, target: float, *, relative: bool) -> str:
    noun = "mode" if chosen.reducer == "pod" else "latent"
    n = chosen.n_components
    word = WORDS[n] if n < len(WORDS) else str(n)
    number_of = f"{upper(word)} {noun if n == 1 else noun + 's'}"
    if relative:  # good is only what comes near the best of the comparison
        largest = n >= max(results.sizes)
        end = "the most that was compared" if largest else "the fewest that come near its best"
        said = [f"{number_of} {_are(n)} {end}."]
    else:
        end = "enough" if chosen.error <= target else "not enough"
        said = [f"{number_of} {_are(n)} {end} for an error of at most {error_percent(target)}."]
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
        error = f"With {last.n_components} its error is {error_percent(last.error)}"
        said.append(
            f"{error}. It still falls: compare more with --components." if falls else (f"{error}.")
        )
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
    if best is None or best.method is None:
        return ""
    weak = " (a weak test)" if dependence_of(results, best.method).weak else ""
    return (
        f" If they have to be, look at {name_of(results, best)}: no dependence was found{weak}, and"
        f" the error is {error_percent(best.error)}."
    )


def _are(n: int) -> str:
    return "is" if n == 1 else "are"
