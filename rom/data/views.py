"""Lazy views: what is done to rows while they are read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rom.data.sources import ALL, Features

#: A function of rows and of the numbers of the features they hold.
Apply = Callable[[np.ndarray, Features], np.ndarray]


@dataclass(frozen=True)
class Map:
    """One step of a lazy view: leave out the features that are not in `keep`, then apply."""

    apply: Apply | None = None
    keep: np.ndarray | None = None

    @cached_property
    def position(self) -> np.ndarray:
        """Number of each kept feature among the kept ones."""
        assert self.keep is not None
        return np.cumsum(self.keep) - 1

    def __call__(self, block: np.ndarray, features: Features) -> tuple[np.ndarray, Features]:
        if self.keep is not None:
            inside = self.keep[features]
            if not inside.all():
                block = block[:, inside]
            everything = isinstance(features, slice) and features == ALL
            features = ALL if everything else self.position[features][inside]
        return (block if self.apply is None else self.apply(block, features)), features
