"""What is gathered of rows and their reconstructions while they pass, block by block; the field is never whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np

from rom.data.layout import FieldLayout
from rom.metrics import SpatialMoments, SquaredErrors, spatial_moments, squared_errors
from rom.study.prepare import Prepared


class Accumulator(Protocol):
    """Takes packed rows and their reconstructions, both (n, n_valid_features) in physical units, in any blocks."""

    def add(self, rows: np.ndarray, decoded: np.ndarray) -> None:
        """Take in a block."""

    def result(self) -> Any:
        """Of all blocks so far, as if they had been one."""


class PerSnapshot:
    """Numbers of each snapshot: a function of a block, and one that joins what it gave for several."""

    def __init__(self, of_block: Callable[[np.ndarray, np.ndarray], Any], join: Callable[[list[Any]], Any]) -> None:
        self._of_block, self._join, self._found = of_block, join, list[Any]()

    def add(self, rows: np.ndarray, decoded: np.ndarray) -> None:
        self._found.append(self._of_block(rows, decoded))

    def result(self) -> Any:
        return self._join(self._found)


def errors_of(prepared: Prepared) -> PerSnapshot:
    """Squared errors, with the mean of the training rows as the reference."""
    layout = prepared.snapshots.layout.pack()
    options: dict[str, Any] = {
        **_norm(layout),
        "reference": prepared.train_mean,
        "scales": prepared.pipeline.scales,
        "names": layout.variables,
    }
    return PerSnapshot(lambda rows, decoded: squared_errors(rows, decoded, **options), SquaredErrors.concatenate)


def moments_of(prepared: Prepared) -> PerSnapshot:
    """Mean squares and variances in space of the snapshots themselves."""
    norm = _norm(prepared.snapshots.layout.pack())
    return PerSnapshot(lambda rows, decoded: spatial_moments(rows, **norm), SpatialMoments.concatenate)


def accumulators(prepared: Prepared, part: str) -> dict[str, Accumulator]:
    """By name, what is gathered of a part: more of the test part."""
    found: dict[str, Accumulator] = {"errors": errors_of(prepared)}
    if part == "test":
        found["moments"] = moments_of(prepared)
    return found


def _norm(layout: FieldLayout) -> dict[str, Any]:
    return {
        "weights": layout.feature_weights,
        "variable_index": layout.variable_index,
        "n_variables": layout.n_variables,
    }
