"""The answer: what to use, with how many latents, why, and how sure that is.

The rules are written down in docs/verdict.md. Page, terminal and Python use this, nothing else
decides.
"""

from __future__ import annotations

from dataclasses import dataclass

from rom.errors import InputError, nearest
from rom.report.candidates import SAME, Candidate, compared, pod_curve, same_error
from rom.report.cautions import cautions_of, confidence_of
from rom.report.dependence import NO, UNKNOWN, YES, dependence_of
from rom.report.reasons import headline_of, reasons_of
from rom.results import Results
from rom.results.boundary import showing
from rom.strings import in_html, one_line
from rom.study.store import Store

GOALS = ("accuracy", "compression", "independence", "speed")
#: Errors up to this are good enough, unless the user says otherwise.
TOLERANCE = 0.01
#: Without a method that good: errors up to this factor above the lowest one count as good as it.
SLACK = 1.25
#: A method other than POD has to do with this share of the modes that POD needs.
WORTH = 2 / 3
#: Answer on independence -> its rank.
ORDER = {YES: 0, UNKNOWN: 1, NO: 2}


@dataclass(frozen=True)
class Verdict:
    """What to use, and why.

    Attributes
    ----------
    goal : "accuracy", "compression", "independence" or "speed"
    target : relative error that counted as good enough
    reducer, n_components, beta : the recommended method; None where nothing has finished
    error : its relative error on the test set, mean over the seeds
    headline : the recommendation, a sentence without a full stop
    reasons : accuracy, number of latents, independence
    cautions : what to know before the numbers are used
    confidence : "high", "moderate" or "low"
    basis : what the confidence rests on
    """

    goal: str
    target: float
    reducer: str | None
    n_components: int | None
    beta: float | None
    error: float
    headline: str
    reasons: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()
    confidence: str = "low"
    basis: str = ""

    def __str__(self) -> str:
        lines = [f"{self.headline}.", *(f"- {reason}" for reason in self.reasons)]
        lines += [f"- Caution: {caution}" for caution in self.cautions]
        lines.append(f"Confidence: {self.confidence}. {self.basis}")
        return "\n".join(map(one_line, lines))

    def _repr_html_(self) -> str:
        items = [*self.reasons, *(f"Caution: {caution}" for caution in self.cautions)]
        listed = "".join(f"<li>{in_html(item)}</li>" for item in items)
        basis = in_html(f"Confidence: {self.confidence}. {self.basis}")
        return f"<p><b>{in_html(self.headline)}.</b></p><ul>{listed}</ul><p>{basis}</p>"


def verdict(
    store: Store | Results, *, goal: str | None = None, tolerance: float | None = None
) -> Verdict:
    """What to use: a pure function of a store.

    Parameters
    ----------
    store : of a comparison
    goal : what counts among models that are good enough: "accuracy" (fewest latents, then lowest
        error), "compression" (fewest stored bytes), "independence", "speed" (of decoding); default:
        what the study says, else "accuracy"
    tolerance : relative error that is good enough; default: what the study says, else 0.01 or,
        where
        no compared method is that good, 1.25 times the lowest error

    Raises
    ------
    InputError
        If there is no such goal, or the tolerance is not between 0 and 1.
    """
    with showing(store.store if isinstance(store, Results) else store):
        results = store if isinstance(store, Results) else Results(store)
        return _decided(results, goal, tolerance)


def _decided(results: Results, goal: str | None, tolerance: float | None) -> Verdict:
    said = results.study["study"]
    goal = goal or said.get("goal") or "accuracy"
    tolerance = tolerance if tolerance is not None else said.get("tolerance")
    if goal not in GOALS:
        raise InputError(f"goal={goal!r}: {nearest(goal, GOALS)}")
    if tolerance is not None and not 0 < tolerance < 1:
        raise InputError(f"tolerance={tolerance}: must be between 0 and 1")
    candidates = compared(results, results.methods)
    if not candidates:
        text = "No run has finished: there is nothing to compare yet"
        return Verdict(goal, float("nan"), None, None, None, float("nan"), text)
    target = _target(candidates, tolerance)
    # where nothing is good enough, what counts as good only follows the best that was compared
    relative = tolerance is None and target > TOLERANCE
    chosen = _choose(results, candidates, target, goal, relative=relative)
    given = tolerance is not None
    cautions = cautions_of(results, chosen)
    confidence, basis = confidence_of(results, chosen)
    return Verdict(
        goal,
        target,
        chosen.reducer,
        chosen.n_components,
        chosen.beta,
        chosen.error,
        headline_of(results, chosen, target, given=given),
        tuple(reasons_of(results, chosen, target, goal, relative=relative)),
        tuple(cautions),
        confidence,
        basis,
    )


def _target(candidates: list[Candidate], tolerance: float | None) -> float:
    lowest = min(one.error for one in candidates)
    return max(TOLERANCE, SLACK * lowest) if tolerance is None else tolerance


def _choose(
    results: Results, candidates: list[Candidate], target: float, goal: str, *, relative: bool
) -> Candidate:
    """The best of those that reach the target; where none does, of those near the lowest error."""
    others = [one for one in candidates if one.reducer != "pod" and one.error <= target]
    pods = [one for one in pod_curve(results) if one.error <= target]
    if goal == "independence":  # POD with modes that were not compared has no latents to judge
        pods = [one for one in pods if one.method is not None]
    if not others and not pods:
        lowest = min(one.error for one in [*candidates, *pod_curve(results)])
        return _choose(results, candidates, SLACK * lowest, goal, relative=True)
    if goal == "compression":
        return min([*others, *pods], key=lambda one: one.stored_bytes)
    if goal == "speed":
        return min([*others, *pods], key=lambda one: one.decode_seconds)
    if goal == "independence":
        rank = {id(one): ORDER[_answer(results, one)] for one in [*others, *pods]}
        best = min(rank.values())
        others, pods = ([one for one in found if rank[id(one)] == best] for found in (others, pods))
    return _fewest(results, others, pods, relative=relative)


def _answer(results: Results, candidate: Candidate) -> str:
    return UNKNOWN if candidate.method is None else dependence_of(results, candidate.method).answer


def _fewest(
    results: Results, others: list[Candidate], pods: list[Candidate], *, relative: bool
) -> Candidate:
    """The fewest latents; POD unless another method needs clearly fewer; of equals the cheaper.

    With a `relative` target POD has to reach the other method's error, not the target only.
    """
    if not others:
        return min(pods, key=lambda one: one.n_components)
    k = min(one.n_components for one in others)
    of_size = [one for one in others if one.n_components == k]
    lowest = min(of_size, key=lambda one: one.error)
    equal = [one for one in of_size if one is lowest or same_error(results, one, lowest)]
    # what is not trained is cheaper, and so is what was fitted in less time
    best = min(equal, key=lambda one: (one.is_trained, one.fit_seconds))
    if relative:
        pods = [one for one in pods if one.error <= (1 + SAME) * best.error]
    pod = min(pods, key=lambda one: one.n_components, default=None)
    return best if pod is None or k <= WORTH * pod.n_components else pod
