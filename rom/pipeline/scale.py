"""Scale: divide every variable by its own standard deviation over the training rows."""

from typing import final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.moments import Moments
from rom.data.sources import ALL, Features
from rom.errors import InputError
from rom.pipeline.base import Step


@final
class Scale(Step):
    """``x / s_v`` with one number s_v per variable, so that variables of different units can be
    added.

    ``s_v^2 = sum_cells w (x - mean)^2 / sum_cells w``, averaged over the training rows: the
    weighted variance of the fluctuations. One number per variable, not per cell: the shape of the
    field, and with it what is a mode, stays.
    """

    learned = ("scales", "variable")

    def fit(self, layout: FieldLayout, moments: Moments) -> None:
        layout = layout.pack()
        self.variable = layout.variable_index
        weights, variance = layout.feature_weights, moments.variance
        sums = np.bincount(self.variable, weights * variance, layout.n_variables)
        self.scales = np.sqrt(sums / np.bincount(self.variable, weights, layout.n_variables))
        for name, scale in zip(layout.variables, self.scales, strict=True):
            if not 0 < scale < np.inf:
                raise InputError(
                    f"variable {name} cannot be scaled: its standard deviation over the training"
                    f" snapshots is {scale:g}; leave it out with variables=[...], or use other"
                    " units"
                )

    def apply(self, rows: np.ndarray, features: Features = ALL) -> np.ndarray:
        return rows / self._of(features, rows.dtype)

    def undo(self, rows: np.ndarray) -> np.ndarray:
        return rows * self._of(ALL, rows.dtype)

    def _of(self, features: Features, dtype: np.dtype) -> np.ndarray:
        """The scale of each feature; of one variable, one number."""
        scales = self.scales.astype(dtype)
        return scales if len(scales) == 1 else scales[self.variable[features]]
