"""The canonical HDF5 layout of this package: written by the data sets, read without any option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.errors import InputError

FORMAT = "rom-snapshots"
VERSION = 1


def write_canonical(
    path: str | Path,
    fields: Mapping[str, np.ndarray],
    *,
    axes: Sequence[str],
    units: Mapping[str, str] | None = None,
    coordinates: Mapping[str, np.ndarray] | None = None,
    coordinate_units: Mapping[str, str] | None = None,
    times: np.ndarray | None = None,
    time_unit: str = "",
    weights: np.ndarray | None = None,
    mask: np.ndarray | None = None,
    parameters: Mapping[str, np.ndarray] | None = None,
    attributes: Mapping[str, Any] | None = None,
    chunk_rows: int = 16,
) -> None:
    """Write snapshots in the canonical layout (docs/canonical-layout.md).

    Parameters
    ----------
    path : path of the HDF5 file to write; an existing file is replaced.
    fields : variable name -> (n_snapshots, *grid) array.
    axes : names of the grid axes, slowest first, e.g. ``("y", "x")``; ``("point",)`` for no grid.
    units, coordinate_units : name -> unit; ``"1"`` is dimensionless.
    coordinates : axis name -> (n,) cell centres.
    times, time_unit : (n_snapshots,) times of the snapshots and their unit.
    weights : (*grid) cell areas or volumes.
    mask : (*grid) bool, True where a cell holds no data; written as NaN in the fields.
    parameters : name -> (n_snapshots,) values that differ between snapshots.
    attributes : scalars and strings for the root of the file.
    chunk_rows : whole snapshots per compressed chunk.

    Raises
    ------
    InputError
        If the fields differ in shape or do not fit the axes.
    """
    shapes = {np.shape(values) for values in fields.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != len(axes) + 1:
        raise InputError(f"fields must share one shape (n_snapshots, {', '.join(axes)}), got {sorted(shapes)}")
    shape = shapes.pop()
    with h5py.File(path, "w") as file:
        file.attrs.update({"rom_format": FORMAT, "rom_version": VERSION, "axes": " ".join(axes)})
        file.attrs["variables"] = list(fields)
        file.attrs.update(dict(attributes or {}))
        chunks = (min(chunk_rows, shape[0]), *shape[1:])
        for name, values in fields.items():
            data = np.array(values)
            if mask is not None:
                data[:, np.asarray(mask, dtype=bool)] = np.nan
            dataset = file.create_dataset(
                f"fields/{name}", data=data, chunks=chunks, compression="gzip", compression_opts=9, shuffle=True
            )
            dataset.attrs["units"] = (units or {}).get(name, "")
        for axis, values in (coordinates or {}).items():
            file[f"coordinates/{axis}"] = values
            file[f"coordinates/{axis}"].attrs["units"] = (coordinate_units or {}).get(axis, "")
        for name, optional in {"time": times, "weights": weights, "mask": mask}.items():
            if optional is not None:
                file[name] = np.asarray(optional, dtype=np.uint8 if name == "mask" else np.float64)
        if times is not None:
            file["time"].attrs["units"] = time_unit
        for name, values in (parameters or {}).items():
            file[f"parameters/{name}"] = values
