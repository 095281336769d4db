"""The contract of a preprocessing step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.snapshots import Snapshots
from rom.data.sources import ALL, Features


class Step(ABC):
    """One reversible map of rows. What it learned are plain arrays, listed in `learned`."""

    learned: ClassVar[tuple[str, ...]] = ()

    def fit(self, layout: FieldLayout, moments: Moments) -> None:  # noqa: B027  (a step may have nothing to learn)
        """Learn from the layout of the training rows (not packed), and the moments of their cells
        with data.
        """

    @abstractmethod
    def apply(self, rows: np.ndarray, features: Features = ALL) -> np.ndarray:
        """Some features of rows (default: all) -> preprocessed rows; the input is not modified."""

    @abstractmethod
    def undo(self, rows: np.ndarray) -> np.ndarray:
        """Preprocessed rows -> rows; the input is not modified."""

    def view(self, snapshots: Snapshots) -> Snapshots:
        """A lazy view of snapshots with this step applied."""
        return snapshots.map(self.apply, self.layout(snapshots.layout))

    def layout(self, layout: FieldLayout) -> FieldLayout:
        """The layout of the preprocessed rows."""
        return layout
