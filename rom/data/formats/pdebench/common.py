"""What the layouts of PDEBench share: fields (batch, t, x[, y[, z]]), coordinates and attributes at
the root.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.parts import Part
from rom.errors import InputError

GRID = ("x", "y", "z")


def batched(file: h5py.File, path: Path, fields: Sequence[str]) -> Proposal:
    """Fields that share one shape (batch, t, x[, y[, z]]): every entry of the batch is a
    trajectory.
    """
    datasets = [hdf5.dataset(file, name, path) for name in fields]
    shape = datasets[0].shape
    axes = grid_axes(len(shape) - 2, path, fields[0], shape)
    for dataset in datasets:
        if dataset.shape != shape:
            raise InputError(
                f"{path}: damaged: {dataset.name.lstrip('/')!r} has shape {dataset.shape},"
                f" {fields[0]!r} {shape}"
            )
    n_batch, n_times = shape[:2]
    assumptions: list[str] = []
    names, sizes = (
        {axis: f"{axis}-coordinate" for axis in axes},
        dict(zip(axes, shape[2:], strict=True)),
    )
    times = _times(file, path, n_times, assumptions)
    return Proposal(
        [
            {name: Part(path, name, ("batch", "t", *axes), {"batch": i}) for name in fields}
            for i in range(n_batch)
        ],
        axes,
        coordinates=coordinates(file, path, names, sizes, assumptions),
        times=np.tile(times, n_batch),
        trajectories=np.repeat(np.arange(n_batch), n_times),
        parameters=parameters(file, n_batch * n_times),
        assumptions=assumptions,
    )


def grid_axes(n: int, path: Path, name: str, shape: tuple[int, ...]) -> tuple[str, ...]:
    """The first of x, y and z; InputError for none or more than three."""
    if not 1 <= n <= len(GRID):
        raise InputError(
            f"{path}: {name!r} has shape {shape}, one to three grid axes expected; name them, e.g."
            f" --dataset {name} --axes 't y x' (in Python: dataset={name!r}, axes='t y x')"
        )
    return GRID[:n]


def coordinates(
    file: h5py.File,
    path: Path,
    names: dict[str, str],
    sizes: dict[str, int],
    assumptions: list[str],
) -> dict[str, np.ndarray]:
    """Axis -> cell centres, from axis -> dataset; what has another length than the field is left
    out and said.
    """
    found = {}
    for axis, name in names.items():
        if name not in file:
            assumptions.append(f"no {name!r}: cells along {axis} weigh equally")
            continue
        values = np.asarray(hdf5.read(file, name, path), dtype=np.float64)
        if values.shape == (sizes[axis],):
            found[axis] = values
        else:
            assumptions.append(
                f"left out: {name} of shape {values.shape}, the fields have {sizes[axis]} cells"
            )
    return found


def parameters(file: h5py.File, n_rows: int) -> dict[str, np.ndarray]:
    """Numbers among the attributes of the root (beta, Nu, rho, eta, zeta, M), the same for every
    row.
    """
    return {
        name: np.full(n_rows, np.ravel(value)[0])
        for name, value in file.attrs.items()
        if np.size(value) == 1 and np.asarray(value).dtype.kind in "fiu"
    }


def _times(file: h5py.File, path: Path, n_times: int, assumptions: list[str]) -> np.ndarray:
    """The first times of t-coordinate, which may have one more than there are snapshots: the end of
    the last step.
    """
    if "t-coordinate" not in file:
        if n_times > 1:
            assumptions.append("no 't-coordinate': times are the numbers of the steps")
        return np.arange(n_times, dtype=np.float64)
    times = np.ravel(hdf5.read(file, "t-coordinate", path)).astype(np.float64)
    if len(times) not in (n_times, n_times + 1):
        raise InputError(
            f"{path}: damaged: t-coordinate has {len(times)} times for {n_times} snapshots"
        )
    if len(times) > n_times:
        assumptions.append(
            f"t-coordinate has {len(times)} times for {n_times} snapshots: the last is left out"
        )
    return times[:n_times]
