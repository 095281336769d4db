"""Mask: leave out the cells that hold no data."""

from typing import final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.pipeline.base import Step


@final
class Mask(Step):
    """Keep the features with data; they come back as NaN around the decoded ones."""

    learned = ("valid",)

    def fit(self, snapshots: Snapshots) -> None:
        self.valid = snapshots.layout.valid

    def apply(self, rows: np.ndarray) -> np.ndarray:
        return rows if self.valid.all() else rows[:, self.valid]

    def undo(self, rows: np.ndarray) -> np.ndarray:
        if self.valid.all():
            return rows
        full = np.full((len(rows), len(self.valid)), np.nan, dtype=rows.dtype)
        full[:, self.valid] = rows
        return full

    def layout(self, layout: FieldLayout) -> FieldLayout:
        return layout.pack()
