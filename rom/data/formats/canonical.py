"""The canonical HDF5 layout of this package: written by the data sets, read without any option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats.options import choose_variables, one_path, only_options
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots
from rom.data.sources import DatasetAxes, H5Source
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


def recognise(path: Path) -> str:
    """Why this file is in the canonical layout, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with h5py.File(path, "r") as file:
        return "root attribute rom_format" if file.attrs.get("rom_format") == FORMAT else ""


def open_files(paths: Sequence[Path], mapping: Mapping[str, Any]) -> Snapshots:
    """Open a canonical file; the one option is ``variables``, a choice of them."""
    only_options(mapping, ["variables"], "the canonical layout")
    path = one_path(paths, "the canonical layout")
    with h5py.File(path, "r") as file:
        if int(file.attrs.get("rom_version", 0)) > VERSION:
            raise InputError(f"{path}: written by a newer version of this package, update it to read the file")
        axes = tuple(str(file.attrs["axes"]).split())
        present = [str(name) for name in file.attrs["variables"]]
        names = choose_variables(mapping.get("variables"), present, path)
        fields = [file[f"fields/{name}"] for name in names]
        layout = FieldLayout(
            tuple(names),
            fields[0].shape[1:],
            axes,
            units=tuple(str(f.attrs.get("units", "")) for f in fields),
            coordinates={a: file[f"coordinates/{a}"][()] for a in axes if f"coordinates/{a}" in file},
            weights=file["weights"][()] if "weights" in file else None,
            mask=file["mask"][()].astype(bool) if "mask" in file else None,
        )
        times = file["time"][()] if "time" in file else None
        time_unit = str(file["time"].attrs.get("units", "")) if "time" in file else ""
        parameters = {k: v[()] for k, v in file["parameters"].items()} if "parameters" in file else None
    source = H5Source(path, [DatasetAxes(f"fields/{name}", ("t", *axes)) for name in names], axes)
    return Snapshots(source, layout, times=times, time_unit=time_unit, parameters=parameters, name=Path(path).stem)
