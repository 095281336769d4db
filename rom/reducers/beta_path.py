"""The largest beta that costs nothing to speak of: a walk over energy shares, each from the network
before it.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from rom.data.memory import pass_bytes
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.metrics.activity import active_components, kl_per_component
from rom.metrics.correlation import mean_abs_correlation
from rom.reducers.context import FitContext
from rom.reducers.material import Material
from rom.reducers.neural import NeuralReducer
from rom.reducers.neural_options import recipe_of
from rom.reducers.rows import as_rows

if TYPE_CHECKING:
    import pandas as pd

#: The first energy share costs nothing; each other one is STEP times the one before it.
FIRST, STEP = 1e-5, 10**0.5
LAST = 1.0
#: The share is known to this factor in the end.
RESOLUTION = 1.16
#: Steps after the first share, as a part of those of a first stage.
STEPS_SHARE = 0.3
#: An energy within so much of the largest may be given up for independence, by default.
TOLERANCE = 0.01


@dataclass(frozen=True)
class Point:
    """One network of the walk; its energy is that of the rows that judge.

    `energy` is the share of the variance that is captured. Over the training rows: `kl`, the
    divergence in nats, `active`, the number of latents that carry something, and `dependence`, the
    mean |r| of these (NaN below two).
    """

    energy_share: float
    beta: float
    energy: float
    kl: float
    active: int
    dependence: float


@dataclass(frozen=True)
class BetaPath:
    """The points in the order of beta, and the one that was chosen."""

    points: tuple[Point, ...]
    chosen: Point
    tolerance: float

    def table(self) -> pd.DataFrame:
        """One row for each point; `chosen`, and `front`: no other point has more energy and less
        dependence.
        """
        import pandas as pd

        table = pd.DataFrame([asdict(point) for point in self.points])
        return table.assign(chosen=[p == self.chosen for p in self.points], front=front(table))


def front(table: pd.DataFrame) -> np.ndarray:
    """Which points no other one beats in both energy and dependence; those without a dependence are
    not on it.
    """
    energy, dependence = (table[name].to_numpy(dtype=float) for name in ("energy", "dependence"))
    better = (energy[:, None] >= energy) & (dependence[:, None] <= dependence)
    better &= (energy[:, None] > energy) | (dependence[:, None] < dependence)
    return np.isfinite(dependence) & ~better.any(axis=0)


def walk(
    reducer: NeuralReducer,
    rows: Snapshots,
    validation: Snapshots | None,
    tolerance: float = TOLERANCE,
) -> BetaPath:
    """Choose the energy share of a reducer whose divergence has a weight; the reducer itself is
    left as it is.

    A network is trained at a share that costs nothing, then continues at shares that grow by half a
    decade, with its weights, until the energy is more than `tolerance` below the largest that was
    seen; between the last that is good and the first that is not the share is bisected to a factor
    of 1.16. Judged on the validation rows, without them on the training rows.

    Raises
    ------
    InputError
        If the objective has a capacity, a learned variance or another loss, where a share says
        nothing.
    """
    if not 0 < tolerance < 1:
        raise InputError(f"beta_tolerance={tolerance!r} must lie in (0, 1)")
    rows = as_rows(reducer, rows, reset=True)
    held_out = None if validation is None else as_rows(reducer, validation, reset=False)

    trained = _Walker(reducer, rows, held_out)
    points = [trained.begin(FIRST)]
    # `share` is the largest that is good, of the network `good`; `bad` the smallest that is not
    good, share, bad = trained.network(), FIRST, np.inf
    while bad / share > RESOLUTION and share < LAST:
        # never from a network that lost energy: it might not find it again at a smaller share
        trained.set(good)
        following = share * STEP if bad == np.inf else float(np.sqrt(share * bad))
        point = trained.go_on(following)
        points.append(point)
        # the largest so far: with more steps a later network may have more energy than the first
        largest = max(p.energy for p in points)
        if point.energy >= largest - tolerance:
            good, share = trained.network(), point.energy_share
        else:
            bad = point.energy_share

    points.sort(key=lambda p: p.energy_share)
    # equality is safe: `share` is that of a point, not computed a second time
    chosen = next(point for point in points if point.energy_share == share)
    return BetaPath(tuple(points), chosen, tolerance)


class _Walker:
    """A copy of the reducer whose network goes from one beta to the next."""

    def __init__(self, reducer: NeuralReducer, rows: Snapshots, held_out: Snapshots | None) -> None:
        self._rows, self._judging = rows, rows if held_out is None else held_out
        self._reducer: Any = clone(reducer)
        self._reducer.layout_, self._reducer.n_features_in_ = rows.layout, rows.shape[1]
        self._material: Material = self._reducer._material(rows, held_out)
        self._mean = rows.mean()

    def begin(self, share: float) -> Point:
        self._reducer._start(self._material)
        return self._train(share, 1.0)

    def go_on(self, share: float) -> Point:
        self._reducer.set_params(annealing="none")
        return self._train(share, STEPS_SHARE)

    def network(self) -> dict[str, Any]:
        return copy.deepcopy(self._reducer.network_.state_dict())

    def set(self, weights: dict[str, Any]) -> None:
        self._reducer.network_.load_state_dict(weights)

    def _train(self, share: float, part: float) -> Point:
        reducer, known = self._reducer, self._material.known
        reducer.set_params(beta=1.0, energy_share=share)
        objective = reducer._objective(known.variance)
        whole = recipe_of(reducer, objective)
        first = min(whole.first_steps, whole.max_steps)
        steps = max(1, round(part * first / len(self._material.batches)))
        recipe = replace(whole, epochs=steps, patience=None, max_seconds=None)
        reducer._learn(self._material, objective, recipe, FitContext())
        return self._measure(share)

    def _measure(self, share: float) -> Point:
        reducer, size = self._reducer, pass_bytes(self._reducer.memory_limit)
        error = total = 0.0
        for block in self._judging.blocks(size):
            means = reducer._posterior(block)[0]
            rebuilt = reducer._decode(means)
            error += float(np.square(block - rebuilt, dtype=np.float64).sum())
            # about the training mean, of other rows too: what is left if nothing is encoded
            total += float(np.square(block - self._mean, dtype=np.float64).sum())

        # over the training rows, whoever judges: the others may be too few for a correlation
        parts = [reducer._posterior(block) for block in self._rows.blocks(size)]
        mean, log_variance = (np.concatenate(found) for found in zip(*parts, strict=True))
        active = active_components(mean, log_variance)
        several = active.sum() > 1
        return Point(
            energy_share=share,
            # what the energy share amounts to, as in BetaOptions
            beta=2 * share * self._material.known.variance,
            energy=1 - error / total,
            kl=float(kl_per_component(mean, log_variance).sum()),
            active=int(active.sum()),
            dependence=mean_abs_correlation(mean[:, active]) if several else float("nan"),
        )
