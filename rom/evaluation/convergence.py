"""The audit: is a network where its training could bring it? A pure function of a store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rom.registry import reducer_class
from rom.study.matrix import short
from rom.study.results_table import error_of_run
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd

#: Errors, and differences of errors, below this are not judged: they are about three times the gain
#: at which training ends (rom.training.objective.LEAST_SHARE).
NEGLIGIBLE = 1e-3
#: More than POD's training error, relative to it; the linear control may be so far from POD.
ABOVE_POD, CONTROL = 0.01, 0.02
#: Learned is what lowers POD's training error by so much; it should lower the test error too.
LEARNED = 0.2
#: POD's error has to fall by so much from one number of latents to the next for a network's to have
#: to.
FALLS = 0.1
#: What a restart with twice the steps may gain.
RESTART = 0.1
MORE_STEPS = "leave out epochs, or give a larger max_steps or another learning_rate"
#: Condition -> what to do.
ADVICE = {
    "not converged": MORE_STEPS,
    "above POD": f"{MORE_STEPS}; the architecture 'pod' starts at POD",
    "does not fall": (
        f"unless noise is all that is left: {MORE_STEPS}, or wider layers (hidden=...)"
    ),
    "above the nearest neighbour": f"{MORE_STEPS}, or give more latents",
    "far behind": "tune it (learning_rate, hidden, max_steps), or take the other method",
    "does not carry over": (
        "give more training snapshots; where it ran in POD coordinates, try the architecture"
        " 'fields'"
    ),
    "linear control": f"what the control lacks the networks may lack as well: {MORE_STEPS}",
    "restart": MORE_STEPS,
}
#: Conditions that say that the ranking is made by the training.
UNDERTRAINED = ("not converged", "above POD", "linear control", "restart")


@dataclass(frozen=True)
class Finding:
    """What speaks against the training of a method: `text` says what was found, `advice` what to
    do.
    """

    condition: str
    reducer: str
    n_components: int
    beta: float | None
    text: str

    @property
    def advice(self) -> str:
        return ADVICE[self.condition]

    @property
    def label(self) -> str:
        """Short words, as in progress lines."""
        beta = "" if self.beta is None else f" beta={short(self.beta)}"
        return f"{self.reducer} k={self.n_components}{beta}"


@dataclass(frozen=True)
class Fitted:
    """The runs of a method with their errors, means over the seeds."""

    reducer: str
    n_components: int
    beta: float | None
    runs: tuple[str, ...]
    train: float
    test: float

    def found(self, condition: str, text: str) -> Finding:
        return Finding(condition, self.reducer, self.n_components, self.beta, text)

    @property
    def is_judged(self) -> bool:
        """Whether its error is to be the least: trained, and no divergence added to the error."""
        reducer = reducer_class(self.reducer)
        return bool(reducer.has_epochs and not reducer.has_beta)


def audit(store: Store) -> list[Finding]:
    """What speaks against the training runs of a comparison; empty where they reached what they
    could.

    The errors of a beta-VAE are the price of its divergence: of them only what needs no other
    method is said.
    """
    table = store.table()
    if table.empty:
        return []
    methods = _methods(table)
    found = [
        *_not_converged(table, methods),
        *_above_pod(methods),
        *_not_falling(methods),
        *_not_carried(methods),
    ]
    found += [
        *_above_neighbour(store, methods),
        *_far_behind(store, methods),
        *_restarted(store, methods),
    ]
    return found


def headline(findings: list[Finding]) -> str:
    """The first sentence of a report, without a full stop; nothing where the audit finds
    nothing.
    """
    if not findings:
        return ""
    names = ", ".join(
        dict.fromkeys(finding.reducer for finding in findings if _undertrained(finding))
    )
    if names:
        return (
            f"The ranking below is made by the training, not by the methods: {names} could be"
            " better than shown"
        )
    names = ", ".join(dict.fromkeys(finding.reducer for finding in findings))
    return f"Take the ranking with care: the audit of the training runs has findings on {names}"


def _undertrained(finding: Finding) -> bool:
    return finding.condition in UNDERTRAINED


def _methods(table: pd.DataFrame) -> list[Fitted]:
    errors = table[table.metric == "relative_error"]
    columns = (errors.reducer, errors.n_components, errors.beta)
    keys = [
        (str(name), int(k), None if np.isnan(beta) else float(beta))
        for name, k, beta in zip(*columns, strict=True)
    ]
    found = []
    for key in dict.fromkeys(keys):
        rows = errors[[one == key for one in keys]]
        train, test = (
            float(rows[rows["split"] == part]["value"].mean()) for part in ("train", "test")
        )
        found.append(Fitted(*key, tuple(dict.fromkeys(rows.run)), train, test))
    return found


def _not_converged(table: pd.DataFrame, methods: list[Fitted]) -> Iterator[Finding]:
    rows = table[table.metric == "converged"].set_index("run")
    for method in methods:
        if max(method.train, method.test) < NEGLIGIBLE:
            continue
        ended = rows.loc[[run for run in method.runs if run in rows.index]]
        early = ended[ended.value == 0]
        if len(early):
            why = "; ".join(dict.fromkeys(early.reason.astype(str)))
            of = (
                f"{len(early)} of {len(ended)} training runs"
                if len(ended) > 1
                else "the training run"
            )
            yield method.found("not converged", f"{of} did not converge: {why}")


def _above_pod(methods: list[Fitted]) -> Iterator[Finding]:
    pods = {method.n_components: method.train for method in methods if method.reducer == "pod"}
    for method in methods:
        pod = pods.get(method.n_components)
        if pod is None:
            continue
        excess = method.train - pod
        said = f"the training error is {method.train:.3g}, that of POD {pod:.3g}"
        if reducer_class(method.reducer).has_linear_decoder and method.is_judged:
            if abs(excess) > max(CONTROL * pod, NEGLIGIBLE):
                yield method.found("linear control", f"{said}: they should be the same")
        elif method.is_judged and excess > max(ABOVE_POD * pod, NEGLIGIBLE):
            yield method.found("above POD", f"{said}: a network can do all that POD does")


def _not_falling(methods: list[Fitted]) -> Iterator[Finding]:
    pods = {method.n_components: method.train for method in methods if method.reducer == "pod"}
    for method in methods:
        smaller = [
            m
            for m in methods
            if m.reducer == method.reducer and m.n_components < method.n_components
        ]
        if not smaller or not method.is_judged:
            continue
        before = max(smaller, key=lambda m: m.n_components)
        pod, pod_before = (pods.get(m.n_components, np.nan) for m in (method, before))
        has_to = pod < (1 - FALLS) * pod_before and before.train > NEGLIGIBLE
        if has_to and method.train >= before.train:
            said = f"with {before.n_components} latents the training error is {before.train:.3g}"
            yield method.found(
                "does not fall", f"{said}, with {method.n_components} it is {method.train:.3g}"
            )


def _not_carried(methods: list[Fitted]) -> Iterator[Finding]:
    pods = {method.n_components: method for method in methods if method.reducer == "pod"}
    for method in methods:
        pod = pods.get(method.n_components)
        if pod is None or not method.is_judged or reducer_class(method.reducer).has_linear_decoder:
            continue
        if method.train < (1 - LEARNED) * pod.train and method.test > pod.test - NEGLIGIBLE:
            said = (
                f"the training error is {method.train:.3g}, that of POD {pod.train:.3g}, but on the"
                " test snapshots "
            )
            yield method.found(
                "does not carry over", f"{said}it is {method.test:.3g}, that of POD {pod.test:.3g}"
            )


def _above_neighbour(store: Store, methods: list[Fitted]) -> Iterator[Finding]:
    nearest = float(store.leakage().get("memoriser") or np.nan)
    for method in methods:
        nonlinear = not reducer_class(method.reducer).has_linear_decoder
        if method.is_judged and nonlinear and method.test > max(nearest, NEGLIGIBLE):
            said = f"the test error is {method.test:.3g}"
            yield method.found(
                "above the nearest neighbour", f"{said}, that of the nearest snapshot {nearest:.3g}"
            )


def _far_behind(store: Store, methods: list[Fitted]) -> Iterator[Finding]:
    factor = float(store.study()["study"].get("audit_factor", 2.0))
    for method in methods:
        if not method.is_judged or reducer_class(method.reducer).has_linear_decoder:
            continue
        best = min(
            (m for m in methods if m.n_components == method.n_components), key=lambda m: m.test
        )
        if method.test > max(factor * best.test, NEGLIGIBLE):
            said = (
                f"the test error is {method.test:.3g}, that of {best.reducer} with as many latents"
                f" {best.test:.3g}"
            )
            yield method.found("far behind", said)


def _restarted(store: Store, methods: list[Fitted]) -> Iterator[Finding]:
    by_run = {run: method for method in methods for run in method.runs}
    for run, longer in store.restarts():
        if run.id not in by_run or not store.is_measured(longer):
            continue
        before, after = (error_of_run(store.metrics(one)) for one in (run, longer))
        if before - after > max(RESTART * before, NEGLIGIBLE / 3):
            said = (
                f"trained for twice as many steps (seed {run.seed}) the test error is {after:.3g},"
                f" not {before:.3g}"
            )
            yield by_run[run.id].found("restart", said)
