"""Center: subtract the mean of the training rows."""

from typing import final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.sources import ALL, Features
from rom.pipeline.base import Step


@final
class Center(Step):
    """``x - mean(x_train)``, feature by feature, accumulated in float64."""

    learned = ("mean",)

    def fit(self, layout: FieldLayout, moments: Moments) -> None:
        self.mean = moments.mean

    def apply(self, rows: np.ndarray, features: Features = ALL) -> np.ndarray:
        return rows - self.mean[features].astype(rows.dtype, copy=False)

    def undo(self, rows: np.ndarray) -> np.ndarray:
        return rows + self.mean.astype(rows.dtype, copy=False)
