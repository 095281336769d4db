"""Which options to try next, from the losses of those that were tried."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, Protocol

from rom.reducers.search import Between, OneOf, SearchSpace, number_of_points
from rom.registry import reducer_class
from rom.study.matrix import Run

SEED = 0


class Proposals(Protocol):
    """Asked for n points, then told their losses in the same order."""

    @property
    def is_empty(self) -> bool: ...

    def ask(self, n: int) -> list[dict[str, Any]]: ...

    def tell(self, losses: Sequence[float]) -> None: ...


def proposals(default: Run, space: SearchSpace, most: float) -> Proposals:
    """All combinations where there are no more than may be tried, else what Optuna suggests."""
    points = number_of_points(space)
    return Grid(default, space) if math.isfinite(points) and points <= most else Parzen(space)


class Grid:
    """All combinations, where there are few."""

    def __init__(self, default: Run, space: SearchSpace) -> None:
        now = reducer_class(default.reducer)().get_params(deep=False) | default.parameters
        values = [found.values for found in space.values() if isinstance(found, OneOf)]
        points = [dict(zip(space, point, strict=True)) for point in itertools.product(*values)]
        self._left = [
            point for point in points if any(now[name] != value for name, value in point.items())
        ]

    @property
    def is_empty(self) -> bool:
        return not self._left

    def ask(self, n: int) -> list[dict[str, Any]]:
        asked, self._left = self._left[:n], self._left[n:]
        return asked

    def tell(self, losses: Sequence[float]) -> None: ...


class Parzen:
    """Optuna's tree-structured Parzen estimator (Bergstra et al., NIPS 2011)."""

    is_empty = False

    def __init__(self, space: SearchSpace) -> None:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        self._space = space
        sampler = optuna.samplers.TPESampler(seed=SEED, constant_liar=True)
        self._study = optuna.create_study(sampler=sampler)
        self._state = optuna.trial.TrialState
        self._asked: list[Any] = []

    def ask(self, n: int) -> list[dict[str, Any]]:
        self._asked = [self._study.ask() for _ in range(n)]
        return [
            {name: _suggested(trial, name, found) for name, found in self._space.items()}
            for trial in self._asked
        ]

    def tell(self, losses: Sequence[float]) -> None:
        for trial, loss in zip(self._asked, losses, strict=True):
            if math.isfinite(loss):
                self._study.tell(trial, loss)
            else:
                self._study.tell(trial, state=self._state.FAIL)


def _suggested(trial: Any, name: str, found: Between | OneOf) -> Any:
    if isinstance(found, Between):
        return trial.suggest_float(name, found.low, found.high, log=found.log)
    # by their numbers: a choice may be a tuple
    return found.values[trial.suggest_categorical(name, range(len(found.values)))]
