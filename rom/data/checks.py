"""What has to fit together in snapshots: a source and its layout, rows and what belongs to each."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.sources import RowSource
from rom.errors import InputError


def check_source(name: str, source: RowSource, layout: FieldLayout) -> None:
    """Refuse a source without rows, and one whose rows are not what the layout describes."""
    if not source.shape[0]:
        raise InputError(f"{name}: no snapshots")
    if source.shape[1] != layout.n_features:
        raise InputError(
            f"{name}: rows have {source.shape[1]} values, but the layout describes"
            f" {layout.n_features} ({layout.n_variables} variables on a grid of shape"
            f" {layout.grid_shape})"
        )


def check_columns(name: str, n: int, columns: Iterable[tuple[str, np.ndarray | None]]) -> None:
    """Refuse times, trajectories or parameters that are not one value for each of n snapshots."""
    for what, values in columns:
        if values is not None and values.shape != (n,):
            raise InputError(f"{name}: {what} has shape {values.shape}, there are {n} snapshots")
