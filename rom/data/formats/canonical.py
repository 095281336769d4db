"""The canonical HDF5 layout of this package: written by the data sets, read without any option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.parts import Part
from rom.data.write.canonical import CHUNK_ROWS, FORMAT, VERSION, Contents, write_file
from rom.errors import InputError

TITLE = "the canonical layout"
OPTIONS: dict[str, str] = {}
MESH = ("points", "connectivity", "offsets", "types")


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
    trajectories: np.ndarray | None = None,
    mesh: Mesh | None = None,
    periodic: Sequence[str] = (),
    attributes: Mapping[str, Any] | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> None:
    """Write arrays in memory in the canonical layout (docs/layouts/canonical.md).

    :meth:`rom.Snapshots.write` does the same for snapshots of any size.

    Parameters
    ----------
    path : path of the HDF5 file to write; an existing file is replaced.
    fields : variable name -> (n_snapshots, *grid) array.
    axes : names of the grid axes, slowest first, e.g. ``("y", "x")``; ``("point",)`` for no grid.
    units, coordinate_units : name -> unit; ``"1"`` is dimensionless.
    coordinates : axis name -> (n,) cell centres.
    times, time_unit : (n_snapshots,) times of the snapshots and their unit.
    weights : (*grid) cell areas or volumes.
    mask : (*grid) or (n_variables, *grid) bool, True where a cell holds no data; written as NaN in
        the fields.
    parameters : name -> (n_snapshots,) values that differ between snapshots.
    trajectories : (n_snapshots,) number of the trajectory each snapshot belongs to.
    mesh : where the cells lie, if not on a grid of rectilinear coordinates.
    periodic : axes whose last cell is a neighbour of the first.
    attributes : scalars and strings for the root of the file.
    chunk_rows : whole snapshots per compressed chunk.

    Raises
    ------
    InputError
        If the fields differ in shape or do not fit the axes or the rest.
    """
    shapes = {np.shape(values) for values in fields.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != len(axes) + 1:
        raise InputError(
            f"fields must share one shape (n_snapshots, {', '.join(axes)}), got {sorted(shapes)}"
        )
    shape = shapes.pop()
    if 0 in shape:
        raise InputError(f"fields of shape {shape} are empty")
    layout = FieldLayout(
        tuple(fields),
        shape[1:],
        tuple(axes),
        units=tuple((units or {}).get(name, "") for name in fields),
        coordinates=coordinates or {},
        coordinate_units=coordinate_units or {},
        weights=weights,
        mask=mask,
        mesh=mesh,
        periodic=tuple(periodic),
    )
    contents = Contents(
        layout, shape[0], times, time_unit, trajectories, parameters or {}, attributes or {}
    )
    arrays = [np.asarray(values) for values in fields.values()]
    dtypes = [
        a.dtype if mask is None else np.result_type(a.dtype, np.float32) for a in arrays
    ]  # NaN in the mask
    write_file(Path(path), contents, [arrays], dtypes, chunk_rows=chunk_rows, compression=9)


def recognise(path: Path) -> str:
    """Why this file is in the canonical layout, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        return "root attribute rom_format" if hdf5.text(file, "rom_format") == FORMAT else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Everything is said in the file."""
    with open_hdf5(path) as file:
        axes, names = _header(file, path)
        fields = [hdf5.dataset(file, f"fields/{name}", path) for name in names]
        shapes = {field.shape for field in fields}
        if len(shapes) != 1 or fields[0].ndim != len(axes) + 1:
            raise InputError(
                f"{path}: fields must share one shape (n_snapshots, {', '.join(axes)}), got "
                + ", ".join(
                    f"{name} {field.shape}" for name, field in zip(names, fields, strict=True)
                )
            )
        centres = {axis: name for axis in axes if (name := f"coordinates/{axis}") in file}
        weights, mask, times, trajectories = (
            hdf5.optional(file, n if n in file else None, path)
            for n in ("weights", "mask", "time", "trajectories")
        )
        return Proposal(
            [{name: Part(path, f"fields/{name}", ("t", *axes)) for name in names}],
            axes,
            units={
                name: str(f.attrs.get("units", "")) for name, f in zip(names, fields, strict=True)
            },
            coordinates=hdf5.coordinates(file, centres, path),
            coordinate_units=hdf5.units(file, centres),
            weights=weights,
            mask=mask,
            mesh=_mesh(file, path),
            periodic=tuple(str(file.attrs.get("periodic", "")).split()),
            times=times,
            time_unit=str(file["time"].attrs.get("units", "")) if "time" in file else "",
            trajectories=trajectories,
            parameters=hdf5.parameters(file),
            ordered=True if "time" in file else None,
        )


def _header(file: h5py.File, path: Path) -> tuple[tuple[str, ...], list[str]]:
    """Names of the grid axes and of the variables."""
    version, axes, variables = (file.attrs.get(key) for key in ("rom_version", "axes", "variables"))
    if not isinstance(version, int | np.integer):
        raise InputError(
            f"{path}: damaged: the root attribute rom_version is {version!r}, not a number"
        )
    if version > VERSION:
        raise InputError(
            f"{path}: written by a newer version of this package, update it to read the file"
        )
    if not isinstance(axes, str):
        raise InputError(
            f"{path}: damaged: the root attribute axes is {axes!r}, not the names of the grid axes"
        )
    variables = np.array(variables.split()) if isinstance(variables, str) else variables
    if (
        not isinstance(variables, np.ndarray)
        or not variables.size
        or not all(isinstance(v, str) for v in variables)
    ):
        raise InputError(
            f"{path}: damaged: the root attribute variables is {variables!r}, not a list of names"
        )
    if {"t", "c"} & set(axes.split()) or len(set(axes.split())) != len(axes.split()):
        raise InputError(
            f"{path}: damaged: grid axes {axes!r} must be unique and neither 't' nor 'c'"
        )
    if len(set(variables)) != len(variables):
        raise InputError(f"{path}: damaged: variable names must be unique, got {variables}")
    return tuple(axes.split()), [str(name) for name in variables]


def _mesh(file: h5py.File, path: Path) -> Mesh | None:
    group = file.get("mesh")
    if not isinstance(group, h5py.Group):
        return None
    known = {name: hdf5.read(file, f"mesh/{name}", path) for name in MESH if name in group}
    if "points" not in known:
        raise InputError(f"{path}: damaged: the group mesh has no dataset points")
    return Mesh.from_state({"values_at": str(group.attrs.get("values_at", "points"))}, known)
