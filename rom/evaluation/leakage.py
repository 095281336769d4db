"""Train/test leakage: the error of the nearest-neighbour baseline, which answers with the
nearest training snapshot.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rom.data.memory import pass_bytes
from rom.data.order import NEAR_COPY
from rom.spaced import evenly_spaced
from rom.study.prepare import Prepared

#: Test snapshots that are looked up, evenly spaced; fewer where they would not fit into the memory
#: of a pass.
MOST_TESTED = 500
#: The same where order means nothing: only what is (almost) the same snapshot again.
DUPLICATE = 0.1


@dataclass(frozen=True)
class Leakage:
    """How near the test snapshots lie to training snapshots.

    Attributes
    ----------
    memoriser : float
        Relative error of the nearest-neighbour baseline: each test snapshot is answered with the
        nearest training snapshot, in the norm of the comparison. About 1 or more for data that
        never comes back; small for near-copies, and for a flow that repeats itself.
    next_in_time : float
        The same with the better of the training snapshots just before and just after it, in the
        same trajectory. NaN where the order of the snapshots means nothing, or no test snapshot has
        such a neighbour.
    n_tested : int
        Test snapshots that were looked up.
    split : str
        Kind of the split.
    """

    memoriser: float
    next_in_time: float
    n_tested: int
    split: str

    @property
    def leaks(self) -> bool:
        """Whether the test set holds near-copies of training snapshots.

        Where snapshots follow each other in time, closeness in time decides: a flow that repeats
        itself has near neighbours under any split, and is no leak. Elsewhere the nearest neighbour
        decides.
        """
        if np.isfinite(self.next_in_time):
            return self.next_in_time < NEAR_COPY
        return self.memoriser < DUPLICATE

    @property
    def text(self) -> str:
        """What it means, in words."""
        said = f"the nearest-neighbour baseline has a relative error of {self.memoriser:.2g}"
        ordered = bool(np.isfinite(self.next_in_time))
        if ordered:
            said += f", {self.next_in_time:.2g} with the neighbour in time"
        if self.leaks:
            if ordered and self.split == "blocks":
                remedy = (
                    "a longer series, or a wider gap ([split] gap in study.toml), keeps them apart"
                )
            else:
                kinds = (
                    ("blocks", "trajectories") if ordered else ("interpolation", "extrapolation")
                )
                remedy = f"--split {kinds[0]} or --split {kinds[1]} keeps them apart"
            return (
                "train/test leakage: the test snapshots are near-copies of training snapshots"
                f" ({said}), so a small test error may be memory; {remedy}"
            )
        if self.memoriser >= NEAR_COPY:
            return f"no train/test leakage: the test snapshots are new ({said})"
        if ordered:
            return (
                "no train/test leakage, but the data repeats itself: the test snapshots are states"
                f" of the training set ({said})"
            )
        return (
            "no train/test leakage: the test snapshots lie between training snapshots, so"
            f" interpolation is measured ({said})"
        )

    def to_dict(self) -> dict[str, Any]:
        """What study.json says; a number that is NaN is null there."""
        found = asdict(self)
        found |= {key: None for key in ("memoriser", "next_in_time") if np.isnan(found[key])}
        return found | {"leaks": self.leaks, "text": self.text}


def measure_leakage(prepared: Prepared) -> Leakage:
    """Look up the nearest training snapshot of at most MOST_TESTED test snapshots: one pass over
    the training rows.

    Distances are those of the comparison: cells weighted, variables scaled. Energies are about the
    mean of the training snapshots.
    """
    size = pass_bytes(prepared.study.memory_limit)
    most = max(2, min(MOST_TESTED, size // (8 * len(prepared.train_mean))))
    test = prepared.split.test[evenly_spaced(len(prepared.split.test), most)]
    rows = _fluctuations(prepared, prepared.snapshots.select(test).pack()[:])
    squares = np.square(rows).sum(axis=1)
    neighbours = _next_in_time(prepared, test)
    nearest, in_time = np.full(len(test), np.inf), np.full(len(test), np.inf)
    train = prepared.part("train").pack()
    for part in train.block_slices(size):
        block = _fluctuations(prepared, train[part])
        # |a|^2 + |b|^2 - 2 a.b may be negative by rounding where rows are the same
        distances = np.maximum(
            squares[:, None] + np.square(block).sum(axis=1) - 2 * rows @ block.T, 0.0
        )
        nearest = np.minimum(nearest, distances.min(axis=1))
        for side in neighbours:
            inside = (side >= part.start) & (side < part.start + len(block))
            in_time[inside] = np.minimum(
                in_time[inside], distances[inside, side[inside] - part.start]
            )
    beside = np.isfinite(in_time)
    errors = _relative(nearest, squares), _relative(in_time[beside], squares[beside])
    return Leakage(*errors, len(test), prepared.split.kind)


def _fluctuations(prepared: Prepared, rows: NDArray[Any]) -> NDArray[np.float64]:
    return (rows.astype(np.float64) - prepared.train_mean) * prepared.pipeline.factors


def _next_in_time(
    prepared: Prepared, test: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each test row the places in the training set of the rows before and after it, -1 where
    there is none.
    """
    snapshots, train = prepared.snapshots, prepared.split.train
    if not snapshots.ordered:
        return (np.full(len(test), -1),) * 2
    # row numbers follow time; neighbours are sought by number, in the sorted training rows
    order = np.argsort(train)
    after = np.searchsorted(train[order], test)
    places = []
    for number in (after - 1, after):
        exists = (number >= 0) & (number < len(train))
        place = np.where(exists, order[np.clip(number, 0, len(train) - 1)], -1)
        if snapshots.trajectories is not None:
            place = np.where(
                snapshots.trajectories[train[place]] == snapshots.trajectories[test], place, -1
            )
        places.append(place)
    return places[0], places[1]


def _relative(errors: NDArray[np.float64], squares: NDArray[np.float64]) -> float:
    """Pooled relative error; NaN without a snapshot, or without energy."""
    energy = float(squares.sum())
    return float(np.sqrt(errors.sum() / energy)) if energy > 0 else float("nan")
