"""The checkpoint of a run: the state of its training, and what the run's record says of its
interruptions.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rom.training.checkpoint import Checkpoint, State


class RunCheckpoint(Checkpoint):
    """A checkpoint that also carries after which epochs the run was continued, and the time of the
    fit so far.

    Parameters
    ----------
    path, seconds, context : as for :class:`rom.training.checkpoint.Checkpoint`

    Attributes
    ----------
    resumed_epochs : list of int. The epochs after which what is now there was continued, oldest
        first.
    """

    def __init__(self, path: str | Path, *, seconds: float, context: Mapping[str, Any]) -> None:
        super().__init__(path, seconds=seconds, context=context)
        self.resumed_epochs: list[int] = []
        self._before, self._start = 0.0, time.perf_counter()

    @property
    def fit_seconds(self) -> float:
        """Time of the fit: what was done before it was interrupted, up to the checkpoint, and
        since.
        """
        return self._before + time.perf_counter() - self._start

    def load(self, context: Mapping[str, Any]) -> State | None:
        found = super().load(context)
        if found is not None:
            header = found[0]
            self.resumed_epochs = [*header["resumed_epochs"], self.resumed_epoch]
            self._before = header["fit_seconds"]
        return found

    def save(
        self,
        epoch: int,
        context: Mapping[str, Any],
        arrays: Mapping[str, np.ndarray],
        **header: Any,
    ) -> None:
        header |= {"resumed_epochs": self.resumed_epochs, "fit_seconds": self.fit_seconds}
        super().save(epoch, context, arrays, **header)
