"""Dedalus, versions 2 and 3: groups ``tasks`` and ``scales``, axes named by HDF5 dimension labels
and scales.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.options import choose_variables
from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.common.curvilinear import curvilinear_weights
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "Dedalus"
OPTIONS: dict[str, str] = {}


@dataclass(frozen=True)
class Task:
    """A task on a grid: its parts by variable, and the grid as (axis, name of the scale, cells)."""

    name: str
    parts: Mapping[str, Part]
    grid: tuple[tuple[str, str, int], ...]
    n_writes: int

    @property
    def n_cells(self) -> int:
        return math.prod(n for _, _, n in self.grid)


def recognise(path: Path) -> str:
    """Why this file was written by Dedalus, or "" if it was not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        known = isinstance(file.get("tasks"), h5py.Group) and "scales/sim_time" in file
        return "groups tasks and scales with sim_time" if known else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """The tasks on the largest grid; with the option ``variables`` those of the wanted
    variables.
    """
    with open_hdf5(path) as file:
        times = np.ravel(hdf5.read(file, "scales/sim_time", path)).astype(np.float64)
        tasks, left_out = _tasks(file, path)
        chosen = _on_one_grid(tasks, options.get("variables"), path)
        left_out |= {
            t.name: f"on the grid {_describe(t)}" for t in tasks if t.grid != chosen[0].grid
        }
        assumptions = (
            [f"left out: {', '.join(f'{name} ({why})' for name, why in left_out.items())}"]
            if left_out
            else []
        )
        n_writes = min(len(times), *(task.n_writes for task in chosen))
        if n_writes < max(len(times), *(task.n_writes for task in chosen)):
            assumptions.append(f"the last write is not complete: {n_writes} writes are read")
        coordinates = _coordinates(file, chosen[0], path)
    axes = tuple(axis for axis, _, _ in chosen[0].grid)
    weights = None
    if {"phi", "theta"} & set(axes):
        weights, how = curvilinear_weights(axes, coordinates)
        assumptions += how
    return Proposal(
        [
            {
                variable: _first(part, n_writes)
                for task in chosen
                for variable, part in task.parts.items()
            }
        ],
        axes,
        coordinates=coordinates,
        weights=weights,
        times=times[:n_writes],
        assumptions=assumptions,
    )


def _tasks(file: h5py.File, path: Path) -> tuple[list[Task], dict[str, str]]:
    """The tasks on grids, and why the others are none."""
    tasks, others = [], {}
    for name in hdf5.dataset_names(file["tasks"]):
        task = _read(name, file["tasks"][name], path)
        if isinstance(task, Task):
            tasks.append(task)
        else:
            others[name] = task
    if not tasks:
        words = "; ".join(f"{name}: {why}" for name, why in others.items()) or "there is no task"
        raise InputError(
            f"{path}: no task is a field on a grid ({words}); give --dataset tasks/NAME --axes 't x"
            " y' --time scales/sim_time (in Python: dataset='tasks/NAME', axes='t x y',"
            " time='scales/sim_time')"
        )
    return tasks, others


def _labels(dataset: h5py.Dataset) -> list[str]:
    """Labels of the axes, "" where there is none; HDF5's own function crashes on an attribute of
    another type.
    """
    stored = np.ravel(dataset.attrs.get("DIMENSION_LABELS", []))
    if stored.dtype.kind != "O" or len(stored) != dataset.ndim:
        return [""] * dataset.ndim
    return [
        label.decode("utf-8", "replace") if isinstance(label, bytes) else str(label)
        for label in stored
    ]


def _read(name: str, dataset: h5py.Dataset, path: Path) -> Task | str:
    """A task, or in words why it is none on a grid."""
    if dataset.dtype.kind not in "fiu":
        return f"of type {dataset.dtype}"
    _check_whole(name, dataset, path)
    labels = _labels(dataset)
    first = next((i for i in range(1, len(labels)) if labels[i]), len(labels))
    if not all(labels[first:]) or first == len(labels):
        return "its axes have no labels"
    if not np.all(dataset.attrs.get("grid_space", True)) and any(
        label != "constant" for label in labels[first:]
    ):
        return "in coefficient space"
    # components come directly after the writes and have no labels; constant axes have one cell
    rank, spatial = first - 1, labels[first:]
    axes = ("t", *(f"component{i}" for i in range(rank - 1)), *("c",) * (rank > 0))
    axes += tuple(
        f"constant{i}" if label == "constant" else label for i, label in enumerate(spatial)
    )
    constant = {
        axis: 0 for axis, label in zip(axes[first:], spatial, strict=True) if label == "constant"
    }
    grid = tuple(
        (label, _scale(dataset, first + i), dataset.shape[first + i])
        for i, label in enumerate(spatial)
        if label != "constant"
    )
    if not grid:
        return "no field, one value a write"
    parts = {}
    for component in itertools.product(*(range(n) for n in dataset.shape[1:first])):
        take = dict(zip(axes[1:first], component, strict=True))
        suffix = _suffix(component, dataset.shape[1:first], spatial)
        parts[name + suffix] = Part(path, f"tasks/{name}", axes, {**constant, **take})
    return Task(name, parts, grid, len(dataset))


def _check_whole(name: str, dataset: h5py.Dataset, path: Path) -> None:
    """Raise InputError for the file of one process, and for a joint file whose process files are
    not there.
    """
    whole = tuple(dataset.attrs.get("global_shape", dataset.shape[1:]))
    if whole != dataset.shape[1:]:
        raise InputError(
            f"{path}: task {name!r} is the part {dataset.shape[1:]} that one process wrote of"
            f" {whole}; merge the files of the processes first (dedalus.tools.post)"
        )
    for source in dataset.virtual_sources() if dataset.is_virtual else ():
        if source.file_name != "." and not (path.parent / source.file_name).is_file():
            raise InputError(
                f"{path}: the values of task {name!r} lie in {source.file_name}, which is not"
                " next to it"
            )


def _scale(dataset: h5py.Dataset, number: int) -> str:
    """Name of the dimension scale of an axis, "" where there is none."""
    scales = dataset.dims[number].values()
    return str(scales[0].name) if scales else ""


def _suffix(component: Sequence[int], sizes: Sequence[int], spatial: Sequence[str]) -> str:
    """``_x``, ``_xz`` after the coordinates where these are as many as the components, else ``_0``,
    ``_0_2``.
    """
    if not component:
        return ""
    if all(n == len(spatial) for n in sizes) and "constant" not in spatial:
        return "_" + "".join(spatial[i] for i in component)
    return "_" + "_".join(str(i) for i in component)


def _on_one_grid(
    tasks: Sequence[Task], wanted: Sequence[str] | str | None, path: Path
) -> list[Task]:
    """The tasks on the largest grid, or those of the wanted variables; InputError where that is no
    single grid.
    """
    if wanted is not None:
        names = choose_variables(
            wanted, [variable for task in tasks for variable in task.parts], path
        )
        tasks_wanted = [task for task in tasks if not task.parts.keys().isdisjoint(names)]
        grids = {task.grid for task in tasks_wanted}
    else:
        largest = max(task.n_cells for task in tasks)
        grids = {task.grid for task in tasks if task.n_cells == largest}
    if len(grids) > 1:
        first = {task.grid: task for task in reversed(tasks) if task.grid in grids}
        listed = "; ".join(
            f"{', '.join(t.name for t in tasks if t.grid == grid)} on {_describe(first[grid])}"
            for grid in reversed(first)
        )
        raise InputError(
            f"{path}: the tasks lie on several grids: {listed}; choose those of one with"
            " variables=[...]"
        )
    return [task for task in tasks if task.grid in grids]


def _describe(task: Task) -> str:
    return " ".join(f"{axis} {n}" for axis, _, n in task.grid)


def _coordinates(file: h5py.File, task: Task, path: Path) -> dict[str, np.ndarray]:
    found = {}
    for axis, scale, n in task.grid:
        if not scale:
            continue
        values = np.ravel(hdf5.read(file, scale, path)).astype(np.float64)
        if len(values) != n:
            raise InputError(
                f"{path}: damaged: {scale} has {len(values)} values, task {task.name!r} {n} along"
                f" {axis}"
            )
        found[axis] = values
    return found


def _first(part: Part, n: int) -> Part:
    return Part(part.path, part.dataset, part.axes, {**part.take, "t": slice(0, n)})
