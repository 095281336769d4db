"""A mesh with its fields at one time, as plain arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom.data.mesh import Mesh


@dataclass(frozen=True, eq=False)
class Step:
    """What VTK read.

    Attributes
    ----------
    points, connectivity, offsets, types : as of a :class:`rom.data.mesh.Mesh`
    fields : "points" | "cells" -> fields of real numbers by name
    said : values that belong to the whole, by name
    """

    points: np.ndarray
    connectivity: np.ndarray
    offsets: np.ndarray
    types: np.ndarray
    fields: dict[str, dict[str, np.ndarray]]
    said: dict[str, np.ndarray]

    @property
    def n_points(self) -> int:
        return len(self.points)

    @property
    def n_cells(self) -> int:
        return len(self.types)

    def mesh(self, at: str) -> Mesh:
        """Points and cells; values lie at "points" or "cells"."""
        return Mesh(self.points, self.connectivity, self.offsets, self.types, at)
