"""The Well: a collection of simulations in one schema, each file with several trajectories."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.common.curvilinear import curvilinear_weights
from rom.data.hdf5_open import open_hdf5
from rom.data.limits import check_values
from rom.data.parts import Part
from rom.data.slab import read_all
from rom.errors import InputError

TITLE = "The Well"
OPTIONS: dict[str, str] = {}

SIGNATURE = ("dataset_name", "grid_type", "n_spatial_dims", "n_trajectories")
FIELD_GROUPS = ("t0_fields", "t1_fields", "t2_fields")  # scalars, vectors, tensors of rank two


def recognise(path: Path) -> str:
    """Why this file is one of The Well, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        groups = "dimensions" in file and any(group in file for group in FIELD_GROUPS)
        known = groups and all(name in file.attrs for name in SIGNATURE)
        return f"root attributes {', '.join(SIGNATURE)} and groups of fields" if known else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """All fields that vary in time and along every axis; a trajectory is a segment."""
    with open_hdf5(path) as file:
        n_trajectories = int(file.attrs["n_trajectories"])
        axes = tuple(_names(_group(file, "dimensions", path), "spatial_dims", path))
        time = hdf5.dataset(file, "dimensions/time", path)
        times = read_all(time).astype(np.float64)
        # each is described by itself, in about a kilobyte
        check_values((n_trajectories, times.shape[-1] + 128), 8, "all trajectories")
        if _flag(time, "sample_varying", path):
            _check_shape(time, (n_trajectories, times.shape[-1]), path)
        else:
            _check_shape(time, (times.size,), path)
            times = np.tile(times, (n_trajectories, 1))
        sizes = {axis: hdf5.dataset(file, f"dimensions/{axis}", path).shape[-1] for axis in axes}
        assumptions: list[str] = []
        parts = _parts(file, path, (n_trajectories, times.shape[1]), sizes, assumptions)
        coordinates = _coordinates(file, axes, path, assumptions)
        weights = None
        if str(file.attrs["grid_type"]).lower() != "cartesian":
            weights, words = curvilinear_weights(axes, coordinates)
            assumptions += words
        return Proposal(
            [
                {name: _of_trajectory(part, i) for name, part in parts.items()}
                for i in range(n_trajectories)
            ],
            axes,
            coordinates=coordinates,
            weights=weights,
            periodic=_periodic(file, axes, assumptions),
            times=times.ravel(),
            trajectories=np.repeat(np.arange(n_trajectories), times.shape[1]),
            parameters=_parameters(file, path, times.shape, assumptions),
            assumptions=assumptions,
        )


def _parts(
    file: h5py.File,
    path: Path,
    rows: tuple[int, int],
    sizes: Mapping[str, int],
    assumptions: list[str],
) -> dict[str, Part]:
    """Variable -> its part; `rows` are the numbers of trajectories and times."""
    parts: dict[str, Part] = {}
    constant, thin = [], []
    for order, group in enumerate(FIELD_GROUPS):
        for field in _names(file[group], "field_names", path) if group in file else []:
            dataset = hdf5.dataset(file, f"{group}/{field}", path)
            if not _flag(dataset, "time_varying", path):
                constant.append(field)
            elif not np.all(_attribute(dataset, "dim_varying", path)):
                thin.append(field)
            else:
                found = _components(dataset, field, order, path, rows, sizes, assumptions)
                if twice := parts.keys() & found.keys():
                    raise InputError(
                        f"{path}: two fields give variables of one name: {', '.join(sorted(twice))}"
                    )
                parts |= found
    left_out = {"constant in time": constant, "not varying along every axis": thin}
    words = [f"left out, {why}: {', '.join(fields)}" for why, fields in left_out.items() if fields]
    if not parts:
        raise InputError(
            f"{path}: no field varies in time and along every axis;"
            f" {'; '.join(words) or 'there is none'}"
        )
    assumptions += words
    return parts


def _components(
    dataset: h5py.Dataset,
    field: str,
    order: int,
    path: Path,
    rows: tuple[int, int],
    sizes: Mapping[str, int],
    assumptions: list[str],
) -> dict[str, Part]:
    """The components of a field, named after the axes: ``velocity_x``, ``stress_xy``."""
    sampled = _flag(dataset, "sample_varying", path)
    axes = (*(("sample",) if sampled else ()), "t", *sizes)
    shape = (*(rows if sampled else rows[1:]), *sizes.values())
    n, name = len(sizes), dataset.name.lstrip("/")
    if order == 0:
        _check_shape(dataset, shape, path)
        return {field: Part(path, name, axes)}
    if order == 1:
        _check_shape(dataset, (*shape, n), path)
        return {
            f"{field}_{a}": Part(path, name, (*axes, "c"), {"c": i}) for i, a in enumerate(sizes)
        }
    flat = (
        dataset.ndim == len(shape) + 1
    )  # the specification says D^2 components, its reader expects D x D: both occur
    _check_shape(dataset, (*shape, n * n) if flat else (*shape, n, n), path)
    found = {}
    symmetric, antisymmetric = (
        bool(dataset.attrs.get(key, False)) for key in ("symmetric", "antisymmetric")
    )
    for (i, a), (j, b) in itertools.product(enumerate(sizes), repeat=2):
        if (i > j and (symmetric or antisymmetric)) or (i == j and antisymmetric):
            continue
        take = {"c": n * i + j} if flat else {"row": i, "c": j}
        found[f"{field}_{a}{b}"] = Part(
            path, name, (*axes, "c") if flat else (*axes, "row", "c"), take
        )
    if symmetric or antisymmetric:
        kind, also = ("antisymmetric", " and on") if antisymmetric else ("symmetric", "")
        assumptions.append(
            f"{field} is {kind}: components below{also} the diagonal are left out, each value"
            " counts once"
        )
    return found


def _of_trajectory(part: Part, number: int) -> Part:
    return replace(part, take={**part.take, "sample": number}) if "sample" in part.axes else part


def _coordinates(
    file: h5py.File, axes: tuple[str, ...], path: Path, assumptions: list[str]
) -> dict[str, np.ndarray]:
    found = {}
    for axis in axes:
        dataset = hdf5.dataset(file, f"dimensions/{axis}", path)
        if dataset.ndim == 1 and not dataset.attrs.get("sample_varying", False):
            found[axis] = read_all(dataset).astype(np.float64)
        else:
            assumptions.append(
                f"coordinates along {axis} differ between trajectories: left out, cells weigh"
                " equally"
            )
    return found


def _periodic(file: h5py.File, axes: tuple[str, ...], assumptions: list[str]) -> tuple[str, ...]:
    """Axes with a periodic boundary; one that belongs to several axes at once is none of an
    axis.
    """
    found = set()
    for name, condition in file.get("boundary_conditions", {}).items():
        if str(condition.attrs.get("bc_type", "")).lower() != "periodic":
            continue
        of = np.atleast_1d(condition.attrs.get("associated_dims", []))
        if len(of) == 1 and of[0] in axes:
            found.add(str(of[0]))
        else:
            assumptions.append(
                f"periodic boundary {name} of axes {', '.join(map(str, of))}: not used"
            )
    return tuple(axis for axis in axes if axis in found)


def _parameters(
    file: h5py.File, path: Path, rows: tuple[int, ...], assumptions: list[str]
) -> dict[str, np.ndarray]:
    """Simulation parameters and scalars, one value per row; the scalars may vary."""
    found = {}
    for name in (
        _names(file, "simulation_parameters", path) if "simulation_parameters" in file.attrs else []
    ):
        stored = _attribute(file, name, path)
        value = np.ravel([] if isinstance(stored, h5py.Empty) else stored)
        if value.size == 1:
            found[name] = np.full(int(np.prod(rows)), value[0])
        else:
            assumptions.append(f"simulation parameter {name} has {value.size} values: left out")
    scalars = file.get("scalars")
    for name in _names(scalars, "field_names", path) if scalars is not None else []:
        dataset = scalars[name]
        varying = (_flag(dataset, "sample_varying", path), _flag(dataset, "time_varying", path))
        shape = tuple(n if varies else 1 for n, varies in zip(rows, varying, strict=True))
        if dataset.size != np.prod(shape):
            raise InputError(
                f"{path}: damaged: scalars/{name} has shape {dataset.shape}, expected {shape}"
            )
        found[name] = np.broadcast_to(np.reshape(read_all(dataset), shape), rows).ravel()
    return found


def _group(file: h5py.File, name: str, path: Path) -> h5py.Group:
    """A group; InputError where there is none of that name."""
    item = file.get(name)
    if not isinstance(item, h5py.Group):
        raise InputError(f"{path}: damaged: no group {name!r}")
    return item


def _attribute(item: h5py.Group | h5py.Dataset, name: str, path: Path) -> Any:
    if name not in item.attrs:
        raise InputError(f"{path}: damaged: {item.name!r} has no attribute {name!r}")
    return item.attrs[name]


def _flag(item: h5py.Dataset, name: str, path: Path) -> bool:
    return bool(_attribute(item, name, path))


def _names(item: h5py.Group, attribute: str, path: Path) -> list[str]:
    return [str(name) for name in np.atleast_1d(_attribute(item, attribute, path))]


def _check_shape(dataset: h5py.Dataset, expected: tuple[int, ...], path: Path) -> None:
    if dataset.shape != expected:
        raise InputError(
            f"{path}: damaged: {dataset.name!r} has shape {dataset.shape}, expected {expected}"
        )
