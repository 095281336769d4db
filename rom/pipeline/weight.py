"""Weight: multiply by the square root of the cell weights."""

from typing import final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.sources import ALL, Features
from rom.errors import InputError
from rom.pipeline.base import Step


@final
class Weight(Step):
    """``x sqrt(w)``: the plain Euclidean norm of the result is the weighted norm of the field.

    This is what makes plain SVD the weighted POD and a network's squared error the same norm.
    """

    learned = ("root",)

    def fit(self, layout: FieldLayout, moments: Moments) -> None:
        self.root = np.sqrt(layout.pack().feature_weights)
        if not self.root.min() > 0:
            raise InputError(
                "cell weights must be positive outside the mask; put cells without weight into the"
                " mask"
            )

    def apply(self, rows: np.ndarray, features: Features = ALL) -> np.ndarray:
        return rows * self.root[features].astype(rows.dtype, copy=False)

    def undo(self, rows: np.ndarray) -> np.ndarray:
        return rows / self.root.astype(rows.dtype, copy=False)
