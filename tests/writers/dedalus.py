"""Analysis files of Dedalus 3, as its evaluator.py writes them: labels and dimension scales,
components after time.
"""

from collections.abc import Mapping
from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def start(file: h5py.File, times: np.ndarray) -> None:
    """The scales of time."""
    file.attrs.update({"set_number": 1, "handler_name": "snapshots", "writes": len(times)})
    file.create_group("tasks")
    scales = {"sim_time": times, "iteration": np.arange(len(times)), "constant": np.zeros(1)}
    for name, values in scales.items():
        file[f"scales/{name}"] = values
        file[f"scales/{name}"].make_scale(name)


def task(
    file: h5py.File,
    name: str,
    values: np.ndarray | h5py.VirtualLayout,
    grid: Mapping[str, np.ndarray | None],
) -> h5py.Dataset:
    """A task (write, [component...], *grid); an axis without coordinates is constant."""
    if isinstance(values, h5py.VirtualLayout):
        dataset = file["tasks"].create_virtual_dataset(name, values)
    else:
        dataset = file["tasks"].create_dataset(
            name, data=values, maxshape=(None, *values.shape[1:])
        )
    dataset.attrs["grid_space"] = [True] * len(grid)
    dataset.attrs["constant"] = [coordinates is None for coordinates in grid.values()]
    dataset.dims[0].label = "t"
    for scale in ("sim_time", "iteration"):
        dataset.dims[0].attach_scale(file["scales"][scale])
    for number, (axis, coordinates) in enumerate(grid.items(), start=dataset.ndim - len(grid)):
        label = "constant" if coordinates is None else axis
        lookup = (
            label
            if coordinates is None
            else f"{axis}_hash_{hash(coordinates.tobytes()) & 0xFFFFFFFF:x}"
        )
        if lookup not in file["scales"]:
            file["scales"][lookup] = coordinates
            file["scales"][lookup].make_scale(axis)
        dataset.dims[number].label = label
        dataset.dims[number].attach_scale(file["scales"][lookup])
    return dataset


def write(folder: Path, field: Field) -> Written:
    path = folder / "snapshots_s1.h5"
    u, v = (values.transpose(0, 2, 1) for values in (field.u, field.v))
    grid = {"x": field.x, "y": field.y}
    with h5py.File(path, "w") as file:
        start(file, field.times)
        task(file, "buoyancy", u, grid)
        task(file, "velocity", np.stack([v, u], axis=1), grid)
        task(file, "energy", u.mean(axis=(1, 2), keepdims=True), dict.fromkeys(grid))
    return Written(path, ("u", "v", "u"), ("buoyancy", "velocity_x", "velocity_y"))
