"""FieldModel: a fitted pipeline and a fitted reducer with the verbs of a reducer, in physical
units.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Self, final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.pipeline import Pipeline
from rom.reducers import persistence
from rom.reducers.base import Reducer
from rom.reducers.coding import modes
from rom.reducers.learned import Arrays, Values, above, below


@final
class FieldModel:
    """What a run of a comparison saves: physical fields <-> latents.

    Parameters
    ----------
    pipeline : fitted Pipeline
    reducer : Reducer, fitted on the preprocessed rows

    Attributes
    ----------
    layout_ : FieldLayout of the rows it takes and gives.
    n_components_ : int
    registry_name : that of the reducer
    """

    #: The kind of a saved model, see :data:`rom.registry.MODELS`.
    kind: ClassVar[str] = "field-model"

    def __init__(self, pipeline: Pipeline, reducer: Reducer) -> None:
        self.pipeline, self.reducer = pipeline, reducer

    @property
    def layout_(self) -> FieldLayout:
        return self.pipeline.layout_

    @property
    def n_components_(self) -> int:
        return self.reducer.n_components_

    @property
    def registry_name(self) -> str:
        return self.reducer.registry_name

    def transform(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """Latents (n, n_components) of rows (n, n_features), fields (n, n_variables, *grid) or
        Snapshots.
        """
        return self.reducer.transform(self._preprocessed(X))

    def posterior(self, X: np.ndarray | Snapshots) -> tuple[np.ndarray, np.ndarray] | None:
        """Mean and log-variance of q(z|x), None where z is a function of x; of what
        :meth:`transform` takes.
        """
        if not self.reducer.has_posterior:
            return None  # of rows in memory, preprocessing is half of the work
        return self.reducer.posterior(self._preprocessed(X))

    def _preprocessed(self, X: np.ndarray | Snapshots) -> np.ndarray | Snapshots:
        if isinstance(X, Snapshots):
            return self.pipeline.transform(X)
        X = np.asarray(X)
        rows = self.layout_.to_rows(X) if X.ndim > 2 else X
        if rows.ndim != 2:
            raise InputError(
                f"rows (n, {self.layout_.n_features}) expected, got an array of shape {X.shape}"
            )
        return self.pipeline.apply(rows)

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Rows (n, n_features) in physical units, NaN in masked cells."""
        return self.pipeline.inverse_transform(self.reducer.inverse_transform(Z))

    def decode_fields(self, Z: np.ndarray) -> np.ndarray:
        """Fields (n, n_variables, *grid) in physical units, NaN in masked cells."""
        return self.layout_.to_fields(self.inverse_transform(Z))

    def amplitudes(self) -> np.ndarray:
        """By how much to move each latent to show what it does: (n_components,)."""
        return self.reducer.amplitudes()

    def modes(self) -> np.ndarray:
        """One field per latent, (n_components, n_features) in physical units; see
        :func:`rom.reducers.coding.modes`.
        """
        return modes(self)[:]

    def record(self) -> dict[str, Any]:
        """What the reducer says of its fit."""
        return self.reducer.record()

    def save(self, path: str | Path) -> None:
        """Write pipeline and reducer to one file; :func:`rom.load` reads it."""
        persistence.save(self, path)

    def state(self) -> tuple[Values, Arrays]:
        """Pipeline and reducer as plain values and arrays; :meth:`from_state` makes them again."""
        pipeline, pipeline_arrays = self.pipeline.state()
        reducer, reducer_arrays = self.reducer.state()
        values = {"pipeline": pipeline, "reducer": reducer}
        return values, above(pipeline_arrays, "pipeline/") | above(reducer_arrays, "reducer/")

    @classmethod
    def from_state(cls, values: Values, arrays: Arrays) -> Self:
        """The model that :meth:`state` described.

        Raises
        ------
        InputError
            If pipeline and reducer do not fit each other, or one of them its arrays.
        """
        pipeline = Pipeline.from_state(values["pipeline"], below(arrays, "pipeline/"))
        reducer = Reducer.from_state(values["reducer"], below(arrays, "reducer/"))
        if pipeline.layout_.pack().n_features != reducer.n_features_in_:
            raise InputError("the pipeline and the reducer are of different numbers of features")
        return cls(pipeline, reducer)
