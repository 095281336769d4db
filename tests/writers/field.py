"""The field that is written in every layout: two variables that travel, on a grid of unequal
sizes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import rom

NT, NY, NX = 40, 5, 7


def _values() -> tuple[np.ndarray, np.ndarray]:
    t, y, x = np.meshgrid(
        0.25 * np.arange(NT), 0.5 * np.arange(NY), 0.2 * np.arange(NX), indexing="ij"
    )
    u = (
        np.sin(2 * x - t) * np.cos(y)
        + 0.3 * np.cos(3 * t) * (x + 2 * y)
        + 0.1 * np.sin(5 * t) * x * y
    )
    v = 10 * np.cos(2 * x - t) * np.sin(y) + np.cos(3 * t) * (x - y)
    # what every layout can hold without rounding
    return u.astype(np.float32), v.astype(np.float32)


@dataclass(frozen=True)
class Field:
    """``u`` and ``v`` of shape (t, y, x) = (40, 5, 7), float32; everything is uniform, so that
    weights are equal.
    """

    u: np.ndarray = field(default_factory=lambda: _values()[0])
    v: np.ndarray = field(default_factory=lambda: _values()[1])
    times: np.ndarray = field(default_factory=lambda: 0.25 * np.arange(NT))
    y: np.ndarray = field(default_factory=lambda: 0.5 * np.arange(NY))
    x: np.ndarray = field(default_factory=lambda: 0.2 * np.arange(NX))


@dataclass(frozen=True)
class Written:
    """What a writer wrote: `data` opens it, `variables` are those of the field that the layout can
    hold, in order.

    `times`, `coordinates`: whether the layout holds them, so that they must come back. `names`:
    what the layout calls the variables, in the same order. `options`: what has to be said of a
    file that does not say it. `held`: the values of a variable where the layout rounds them.
    """

    data: Path | str | list[Path]
    variables: tuple[str, ...]
    names: tuple[str, ...]
    times: bool = True
    coordinates: bool = True
    options: Mapping[str, Any] = field(default_factory=dict)
    held: Mapping[str, np.ndarray] = field(default_factory=dict)

    def open(self, **options: Any) -> rom.Snapshots:
        """The snapshots, with further options."""
        return rom.open_snapshots(self.data, **{**self.options, **options})

    def values(self, name: str, field: Field) -> np.ndarray:
        """What the layout holds of a variable of the field."""
        return self.held.get(name, getattr(field, name))
