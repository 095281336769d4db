"""The canonical HDF5 layout of this package: written by the data sets, read without any option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats import hdf5
from rom.data.formats.proposal import Proposal
from rom.data.h5source import Part
from rom.errors import InputError

TITLE = "the canonical layout"
OPTIONS: dict[str, str] = {}

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
    """Write snapshots in the canonical layout (docs/layouts/canonical.md).

    Parameters
    ----------
    path : path of the HDF5 file to write; an existing file is replaced.
    fields : variable name -> (n_snapshots, *grid) array.
    axes : names of the grid axes, slowest first, e.g. ``("y", "x")``; ``("point",)`` for no grid.
    units, coordinate_units : name -> unit; ``"1"`` is dimensionless.
    coordinates : axis name -> (n,) cell centres.
    times, time_unit : (n_snapshots,) times of the snapshots and their unit.
    weights : (*grid) cell areas or volumes.
    mask : (*grid) or (n_variables, *grid) bool, True where a cell holds no data; written as NaN in the fields.
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
    if 0 in shape:
        raise InputError(f"fields of shape {shape} are empty")
    with h5py.File(path, "w") as file:
        file.attrs.update({"rom_format": FORMAT, "rom_version": VERSION, "axes": " ".join(axes)})
        file.attrs["variables"] = list(fields)
        file.attrs.update(dict(attributes or {}))
        chunks = (min(chunk_rows, shape[0]), *shape[1:])
        masks = np.broadcast_to(False if mask is None else np.asarray(mask, dtype=bool), (len(fields), *shape[1:]))
        for (name, values), masked in zip(fields.items(), masks, strict=True):
            data = np.array(values)
            if masked.any():
                data[:, masked] = np.nan
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


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Everything is said in the file."""
    with h5py.File(path, "r") as file:
        axes, names = _header(file, path)
        fields = [hdf5.dataset(file, f"fields/{name}", path) for name in names]
        shapes = {field.shape for field in fields}
        if len(shapes) != 1 or fields[0].ndim != len(axes) + 1:
            raise InputError(
                f"{path}: fields must share one shape (n_snapshots, {', '.join(axes)}), got "
                + ", ".join(f"{name} {field.shape}" for name, field in zip(names, fields, strict=True))
            )
        centres = {axis: name for axis in axes if (name := f"coordinates/{axis}") in file}
        weights, mask, times = (
            hdf5.optional(file, n if n in file else None, path) for n in ("weights", "mask", "time")
        )
        return Proposal(
            [{name: Part(path, f"fields/{name}", ("t", *axes)) for name in names}],
            axes,
            units={name: str(f.attrs.get("units", "")) for name, f in zip(names, fields, strict=True)},
            coordinates=hdf5.coordinates(file, centres, path),
            coordinate_units=hdf5.units(file, centres),
            weights=weights,
            mask=mask,
            times=times,
            time_unit=str(file["time"].attrs.get("units", "")) if "time" in file else "",
            parameters=_parameters(file),
            ordered="time" in file,
        )


def _header(file: h5py.File, path: Path) -> tuple[tuple[str, ...], list[str]]:
    """Names of the grid axes and of the variables."""
    version, axes, variables = (file.attrs.get(key) for key in ("rom_version", "axes", "variables"))
    if not isinstance(version, int | np.integer):
        raise InputError(f"{path}: damaged: the root attribute rom_version is {version!r}, not a number")
    if version > VERSION:
        raise InputError(f"{path}: written by a newer version of this package, update it to read the file")
    if not isinstance(axes, str):
        raise InputError(f"{path}: damaged: the root attribute axes is {axes!r}, not the names of the grid axes")
    variables = np.array(variables.split()) if isinstance(variables, str) else variables
    if not isinstance(variables, np.ndarray) or not variables.size or not all(isinstance(v, str) for v in variables):
        raise InputError(f"{path}: damaged: the root attribute variables is {variables!r}, not a list of names")
    if {"t", "c"} & set(axes.split()) or len(set(axes.split())) != len(axes.split()):
        raise InputError(f"{path}: damaged: grid axes {axes!r} must be unique and neither 't' nor 'c'")
    if len(set(variables)) != len(variables):
        raise InputError(f"{path}: damaged: variable names must be unique, got {variables}")
    return tuple(axes.split()), [str(name) for name in variables]


def _parameters(file: h5py.File) -> dict[str, np.ndarray]:
    """Values that belong to the snapshots; they may be text."""
    group = file.get("parameters")
    items = group.items() if isinstance(group, h5py.Group) else ()
    return {name: item[()] for name, item in items if isinstance(item, h5py.Dataset)}
