"""FieldModel: a fitted pipeline and a fitted reducer with the verbs of a reducer, in physical units."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, final

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.errors import InputError
from rom.pipeline import Pipeline
from rom.reducers.base import Reducer
from rom.reducers.coding import modes
from rom.reducers.persistence import below, reducer_from_state, reducer_state, write


@final
class FieldModel:
    """What a run of a comparison saves: physical fields <-> latents.

    Parameters
    ----------
    pipeline : fitted Pipeline
    reducer : Reducer, fitted on the preprocessed rows

    Attributes
    ----------
    layout : FieldLayout of the rows it takes and gives.
    """

    def __init__(self, pipeline: Pipeline, reducer: Reducer) -> None:
        self.pipeline, self.reducer = pipeline, reducer

    @property
    def layout(self) -> FieldLayout:
        return self.pipeline.layout_

    def transform(self, X: np.ndarray | Snapshots) -> np.ndarray:
        """Latents (n, n_components) of rows (n, n_features), fields (n, n_variables, *grid) or Snapshots."""
        if isinstance(X, Snapshots):
            return self.reducer.transform(self.pipeline.transform(X))
        X = np.asarray(X)
        rows = self.layout.to_rows(X) if X.ndim > 2 else X
        if rows.ndim != 2:
            raise InputError(f"rows (n, {self.layout.n_features}) expected, got an array of shape {X.shape}")
        return self.reducer.transform(self.pipeline.apply(rows))

    def inverse_transform(self, Z: np.ndarray) -> np.ndarray:
        """Rows (n, n_features) in physical units, NaN in masked cells."""
        return self.pipeline.inverse_transform(self.reducer.inverse_transform(Z))

    def decode_fields(self, Z: np.ndarray) -> np.ndarray:
        """Fields (n, n_variables, *grid) in physical units, NaN in masked cells."""
        return self.layout.to_fields(self.inverse_transform(Z))

    def modes(self) -> np.ndarray:
        """One field per latent, (n_components, n_features) in physical units; see :func:`rom.reducers.coding.modes`."""
        return modes(self)[:]

    def save(self, path: str | Path) -> None:
        """Write pipeline and reducer to one file; :func:`rom.load` reads it."""
        pipeline, arrays = self.pipeline.state()
        reducer, reducer_arrays = reducer_state(self.reducer)
        arrays = {f"pipeline/{k}": v for k, v in arrays.items()}
        arrays |= {f"reducer/{k}": v for k, v in reducer_arrays.items()}
        write(path, {"kind": "field-model", "pipeline": pipeline, "reducer": reducer}, arrays)

    @classmethod
    def from_state(cls, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Self:
        """The model of a saved file's header and arrays."""
        pipeline = Pipeline.from_state(header["pipeline"], below(arrays, "pipeline/"))
        return cls(pipeline, reducer_from_state(header["reducer"], below(arrays, "reducer/")))
