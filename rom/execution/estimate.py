"""What a comparison will take, said before its first run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rom.data.memory import free_bytes, machine_bytes
from rom.errors import InputError
from rom.reducers.context import StepCost
from rom.registry import reducer_class
from rom.study.matrix import Run

KIND = {
    "pod": "in POD coordinates",
    "conv": "with convolutions",
    "mlp": "with dense layers",
    "linear": "linear",
}


@dataclass(frozen=True)
class Estimate:
    """The costs of the largest fit of a reducer: of its training, for each architecture that it may
    choose, none of a reducer without epochs; and the bytes of the model of a trial, 0 without one.
    """

    run: Run
    costs: tuple[StepCost, ...]
    stored_bytes: int = 0

    @property
    def text(self) -> str:
        """One line for users."""
        k = self.run.n_components
        name = f"{self.run.reducer}, {k} latent{'' if k == 1 else 's'}"
        return f"estimate: {name}: {'; '.join(_said(cost) for cost in self.costs)}"


def _said(cost: StepCost) -> str:
    kind = KIND[cost.architecture]
    size = (
        f"{cost.n_bytes / 1e9:.2g} GB"
        if cost.n_bytes > 1e9
        else f"{max(1, cost.n_bytes / 1e6):.0f} MB"
    )
    if math.isnan(cost.seconds):
        return f"{kind} {size}, more than this machine has"
    low, high = (steps * cost.seconds for steps in cost.steps)
    steps = f"{1000 * cost.seconds:.2g} ms" if cost.seconds < 1 else f"{cost.seconds:.2g} s"
    lasts = duration(high) if low == high else f"{duration(low)} to {duration(high)}"
    return f"{kind} {steps} a step, {lasts} a training run, {size}"


def duration(seconds: float) -> str:
    """Seconds in the unit that reads best.

    >>> duration(0.3), duration(42), duration(130), duration(9000), duration(400_000)
    ('1 s', '42 s', '2 min', '2.5 h', '4.6 days')
    """
    if seconds < 100:
        return f"{max(1, round(seconds))} s"
    if seconds < 6000:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.2g} h" if seconds < 48 * 3600 else f"{seconds / 86400:.2g} days"


def notes(estimates: Sequence[Estimate], runs: Sequence[Run], jobs: int) -> Iterator[str]:
    """Lines on each reducer with epochs, on all training runs, and on memory that will not be
    enough.

    Raises
    ------
    InputError
        If no architecture that a reducer may choose fits in the memory.
    """
    memory = machine_bytes()
    estimates = [estimate for estimate in estimates if estimate.costs]
    for estimate in estimates:
        if all(math.isnan(cost.seconds) for cost in estimate.costs):
            raise InputError(
                f"{estimate.run.label}: {_said(estimate.costs[0])} ({memory / 1e9:.2g} GB); give"
                " fewer or smaller layers (channels, hidden, depth), or the architecture 'pod'"
            )
        yield estimate.text
    trainings = [run for run in runs if reducer_class(run.reducer).has_epochs]
    if len(trainings) > 1 and estimates:  # without them nothing is known of the costs
        low, high = (_all(estimates, trainings, end, jobs) for end in (0, 1))
        at_once = min(jobs, len(trainings))
        yield (
            f"estimate: {len(trainings)} training runs, {at_once} at a time: {duration(low)} to"
            f" {duration(high)}"
        )
        needed = at_once * max(_first(estimate).n_bytes for estimate in estimates)
        free = free_bytes()
        if needed > min(memory, free):
            there = "the machine has" if needed > memory else "now free are"
            yield (
                f"warning: {at_once} training runs at a time need {needed / 1e9:.2g} GB, {there}"
                f" {min(memory, free) / 1e9:.2g} GB; give fewer --jobs, or a memory limit"
            )


def _first(estimate: Estimate) -> StepCost:
    """Of the architecture that is tried first and fits."""
    return next(cost for cost in estimate.costs if not math.isnan(cost.seconds))


def _all(estimates: Sequence[Estimate], runs: Sequence[Run], end: int, jobs: int) -> float:
    """Seconds of all training runs: each as the largest of its reducer, spread over the jobs."""
    cost = {estimate.run.reducer: _first(estimate) for estimate in estimates}
    total = sum(
        cost[run.reducer].steps[end] * cost[run.reducer].seconds
        for run in runs
        if run.reducer in cost
    )
    return total / min(jobs, len(runs))
