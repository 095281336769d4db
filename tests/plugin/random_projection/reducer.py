"""Projection on random directions: what latents give that know nothing of the data."""

from typing import ClassVar

import numpy as np

from rom.data.snapshots import Snapshots
from rom.reducers.base import Reducer
from rom.reducers.context import FitContext


class RandomProjection(Reducer):
    """z = Qᵀ(x - x̄) with k random orthonormal directions Q, decoded by x̄ + Q z."""

    registry_name = "random-projection"
    title, short_title = "projection on random directions", "random"
    has_seeds = True
    has_linear_decoder = True
    learned: ClassVar = {"mean_": "p", "directions_": "k p"}

    def __init__(self, n_components=2, *, memory_limit=None, random_state=None):
        self.n_components = n_components
        self.memory_limit = memory_limit
        self.random_state = random_state

    def _fit(self, rows: Snapshots, context: FitContext) -> None:
        self.mean_ = rows[:].mean(axis=0)
        rng = np.random.default_rng(self.random_state)
        directions = rng.normal(size=(rows.shape[1], self.n_components))
        self.directions_ = np.linalg.qr(directions)[0].T
        self.n_components_ = self.n_components

    def _encode(self, rows: np.ndarray) -> np.ndarray:
        return (rows - self.mean_) @ self.directions_.T

    def _decode(self, latents: np.ndarray) -> np.ndarray:
        return self.mean_ + latents @ self.directions_
