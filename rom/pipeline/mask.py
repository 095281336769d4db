"""Mask: leave out the cells that hold no data."""

from typing import final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.snapshots import Snapshots
from rom.data.sources import ALL, Features
from rom.pipeline.base import Step


@final
class Mask(Step):
    """Keep the features with data; they come back as NaN around the decoded ones."""

    learned = ("valid",)

    def fit(self, layout: FieldLayout, moments: Moments) -> None:
        self.valid = layout.valid

    def apply(self, rows: np.ndarray, features: Features = ALL) -> np.ndarray:
        kept = self.valid[features]
        return rows if kept.all() else rows[:, kept]

    def undo(self, rows: np.ndarray) -> np.ndarray:
        if self.valid.all():
            return rows
        full = np.full((len(rows), len(self.valid)), np.nan, dtype=rows.dtype)
        full[:, self.valid] = rows
        return full

    def view(self, snapshots: Snapshots) -> Snapshots:
        return snapshots.map(None, self.layout(snapshots.layout), keep=self.valid)

    def layout(self, layout: FieldLayout) -> FieldLayout:
        return layout.pack()
