"""Stored: models, latents and fields of a store, read when they are first needed and kept."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from rom.data.layout import FieldLayout
from rom.errors import InputError
from rom.reducers.field_model import FieldModel
from rom.study.matrix import Run
from rom.study.store import Store


class Stored:
    """What runs left in a store.

    Attributes
    ----------
    store : Store
    study : dict, the content of study.json
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.study: dict[str, Any] = store.study()
        self._models: dict[str, FieldModel] = {}

    def model(self, run: Run) -> FieldModel:
        if run.id not in self._models:
            self._models[run.id] = self.store.model(run)
        return self._models[run.id]

    def latents(self, run: Run, part: str = "test") -> np.ndarray:
        return self.store.latents(run, part)

    def order(self, run: Run) -> list[int]:
        """The numbers of the latents of a run: the active ones, the most important first, then the
        others.
        """
        info = self.store.run_info(run)
        return sorted(info["order"], key=lambda i: i not in info["active"])

    def active_latents(self, run: Run) -> np.ndarray:
        """The active latents of a run on the test set, the most important first."""
        return self.latents(run)[:, self.order(run)[: len(self.store.run_info(run)["active"])]]

    @cached_property
    def layout(self) -> FieldLayout:
        return self.model(self.store.finished()[0]).layout_

    @cached_property
    def originals(self) -> np.ndarray:
        """The example snapshots of the test set as fields (n, n_variables, *grid), NaN in the
        mask.
        """
        return self.layout.to_fields(self._data("examples/rows"))

    @cached_property
    def positions(self) -> np.ndarray:
        """Where the examples stand in the test set."""
        return self._data("examples/positions").astype(int)

    def reconstructions(self, run: Run) -> np.ndarray:
        """The examples, encoded and decoded by a run's model."""
        return self.model(run).decode_fields(self.latents(run)[self.positions])

    @cached_property
    def train_mean(self) -> np.ndarray:
        """The mean field of the training snapshots: (n_variables, *grid)."""
        return np.asarray(self.layout.pack().to_fields(self._data("train_mean")[None])[0])

    def times(self, part: str = "test") -> np.ndarray | None:
        return self.store.data(f"{part}/times")

    def trajectories(self, part: str = "test") -> np.ndarray | None:
        """Which trajectory each snapshot of a part belongs to, None where all are of one."""
        return self.store.data(f"{part}/trajectories")

    def parameters(self, part: str = "test") -> dict[str, np.ndarray]:
        """The parameters of a part with one number per snapshot."""
        found = {
            name: self.store.data(f"{part}/parameters/{name}")
            for name in self.store.parameter_names(part)
        }
        return {
            k: v
            for k, v in found.items()
            if v is not None and v.ndim == 1 and v.dtype.kind in "iufb"
        }

    @property
    def time_unit(self) -> str:
        return str(self.study["data"].get("time_unit") or "")

    def _data(self, name: str) -> np.ndarray:
        values = self.store.data(name)
        if values is None:
            raise InputError(
                f"{self.store.path / 'data.h5'}: {name} is missing; run the comparison again"
            )
        return values
