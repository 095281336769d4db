"""Mesh: where the cells of a layout lie that has no rectilinear coordinates, so that fields can go
back to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from rom.errors import InputError


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Mesh:
    """Points, and cells between them where there are any.

    Parameters
    ----------
    points : (n_points, 3) array
        Positions of the nodes, in the order of the values where these lie at the nodes. Of a
        curvilinear grid: in C order of the grid.
    connectivity : (m,) int array, default empty
        Numbers of the points of each cell, cell after cell, in VTK's order. Empty: a cloud of
        points, or a curvilinear grid.
    offsets : (n_cells + 1,) int array, default empty
        Where in `connectivity` each cell begins and ends.
    types : (n_cells,) int array, default empty
        VTK cell types (5 triangle, 9 quadrilateral, 10 tetrahedron, 12 hexahedron, ...).
    values_at : {"points", "cells"}, default "points"
        What the values of a field belong to.

    Raises
    ------
    InputError
        If the numbers do not fit together.

    Examples
    --------
    >>> corners, offsets = np.array([0, 1, 2, 1, 2, 3]), np.array([0, 3, 6])
    >>> mesh = Mesh(np.zeros((4, 3)), corners, offsets, np.array([5, 5]), "cells")
    >>> mesh.n_values
    2
    """

    points: np.ndarray
    connectivity: np.ndarray = field(default_factory=_none)
    offsets: np.ndarray = field(default_factory=_none)
    types: np.ndarray = field(default_factory=_none)
    values_at: str = "points"

    def __post_init__(self) -> None:
        if np.ndim(self.points) != 2 or np.shape(self.points)[1] != 3:
            raise InputError(f"points of a mesh have shape (n, 3), got {np.shape(self.points)}")
        if len(self.offsets) != (len(self.types) + 1 if len(self.types) else 0):
            raise InputError(
                f"a mesh of {len(self.types)} cells has {len(self.offsets)} offsets, one more"
                " expected"
            )
        if self.values_at not in ("points", "cells") or (
            self.values_at == "cells" and not len(self.types)
        ):
            raise InputError(
                f"values of a mesh of {len(self.types)} cells lie at 'points' or 'cells'"
            )
        if len(
            self.connectivity
        ) and not 0 <= self.connectivity.min() <= self.connectivity.max() < len(self.points):
            raise InputError(
                f"a cell of the mesh names a point that is not one of {len(self.points)}"
            )

    @property
    def n_values(self) -> int:
        """Values of one variable on the mesh."""
        return len(self.types) if self.values_at == "cells" else len(self.points)

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What :meth:`from_state` needs: a JSON-able dict and the arrays."""
        names = ("points", "connectivity", "offsets", "types")
        return {"values_at": self.values_at}, {
            name: np.asarray(getattr(self, name)) for name in names
        }

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Mesh:
        """The mesh that :meth:`state` described."""
        return cls(**dict(meta, **arrays))
