"""Snapshots and latents as Datasets of xarray."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data.extras import extra

if TYPE_CHECKING:
    import xarray

    from rom.data.snapshots import Snapshots

#: The dimension of snapshots with times, and of others.
TIME, ROW = "time", "snapshot"


def snapshots_dataset(snapshots: Snapshots) -> xarray.Dataset:
    """The fields by variable, with coordinates, units, times and parameters; all rows are read."""
    layout = snapshots.layout
    fields = layout.to_fields(snapshots[:])
    along, coordinates = row_coordinates(
        len(snapshots), snapshots.times, snapshots.time_unit, snapshots.trajectories,
        snapshots.parameters,
    )  # fmt: skip
    axes = tuple(axis + "_" if axis == along else axis for axis in layout.axes)
    for axis, name in zip(layout.axes, axes, strict=True):
        if axis in layout.coordinates:
            unit = layout.coordinate_units.get(axis, "")
            coordinates[name] = (name, layout.coordinates[axis], _units(unit))
    mesh = layout.mesh
    if mesh is not None and mesh.values_at == "points":
        for i, name in enumerate(("x", "y", "z")):
            if name not in coordinates:
                coordinates[name] = (axes, mesh.points[:, i].reshape(layout.grid_shape))
    if layout.weights is not None:
        coordinates["cell_weight"] = (axes, layout.weights)
    variables = {
        name: ((along, *axes), fields[:, i], _units(unit))
        for i, (name, unit) in enumerate(zip(layout.variables, layout.units, strict=True))
    }
    return dataset(variables, coordinates)


def row_coordinates(
    n: int,
    times: np.ndarray | None,
    time_unit: str,
    trajectories: np.ndarray | None,
    parameters: Mapping[str, np.ndarray],
) -> tuple[str, dict[str, Any]]:
    """The dimension of the rows, and the coordinates along it."""
    along = ROW if times is None else TIME
    found: dict[str, Any] = {along: (along, np.arange(n))}
    if times is not None:
        unit, _, calendar = time_unit.partition(" (")
        attrs = _units(unit) | ({"calendar": calendar.rstrip(")")} if calendar else {})
        found[along] = (along, times, attrs)
    if trajectories is not None:
        found["trajectory"] = (along, trajectories)
    return along, found | {name: (along, values) for name, values in parameters.items()}


def dataset(variables: Mapping[str, Any], coordinates: Mapping[str, Any]) -> xarray.Dataset:
    """A Dataset whose numbers that count from a date are dates."""
    xarray = extra("xarray", "xarray", "to_xarray")
    found = xarray.Dataset(dict(variables), dict(coordinates))
    has_date = TIME in found and " since " in found[TIME].attrs.get("units", "")
    return xarray.decode_cf(found) if has_date else found


def _units(unit: str) -> dict[str, str]:
    return {"units": unit} if unit else {}
