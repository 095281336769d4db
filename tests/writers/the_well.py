"""The Well, by its specification (docs/data_format.md of its repository): one trajectory, u a
scalar, v in a vector.
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def field(file: h5py.File, name: str, values: np.ndarray, **flags: object) -> None:
    """A dataset of a group of fields, and its name in the group's list."""
    group = file.require_group(name.split("/")[0])
    listed = [*map(str, group.attrs.get("field_names", [])), name.split("/")[1]]
    group.attrs["field_names"] = listed
    dataset = group.create_dataset(name.split("/")[1], data=values)
    usual = {"dim_varying": [True] * len(file["dimensions"].attrs["spatial_dims"])}
    for flag, value in ({"sample_varying": True, "time_varying": True} | usual | flags).items():
        dataset.attrs[flag] = value


def header(
    file: h5py.File, dims: dict[str, np.ndarray], times: np.ndarray, n_trajectories: int
) -> None:
    """Everything but fields, scalars and boundary conditions."""
    file.attrs.update(
        {"dataset_name": "waves", "grid_type": "cartesian", "n_spatial_dims": len(dims)}
    )
    file.attrs.update(
        {"n_trajectories": n_trajectories, "simulation_parameters": ["speed"], "speed": 0.5}
    )
    group = file.create_group("dimensions")
    group.attrs["spatial_dims"] = list(dims)
    group["time"] = times.astype(np.float32)
    group["time"].attrs["sample_varying"] = times.ndim == 2
    for axis, values in dims.items():
        group[axis] = values.astype(np.float32)
        group[axis].attrs["sample_varying"] = group[axis].attrs["time_varying"] = False
    for name in ("t0_fields", "t1_fields", "t2_fields", "scalars"):
        file.create_group(name).attrs["field_names"] = []
    file.create_group("boundary_conditions")


def boundary(file: h5py.File, axis: str, kind: str) -> None:
    group = file["boundary_conditions"].create_group(f"{axis}_boundary")
    group.attrs.update({"associated_dims": [axis], "associated_fields": [], "bc_type": kind})
    group.attrs.update({"sample_varying": False, "time_varying": False})
    mask = np.zeros(file["dimensions"][axis].size, dtype=bool)
    mask[[0, -1]] = True
    group["mask"] = mask


def write(folder: Path, what: Field) -> Written:
    path = folder / "waves.hdf5"
    u, v = (values.transpose(0, 2, 1)[None] for values in (what.u, what.v))  # (sample, time, x, y)
    with h5py.File(path, "w") as file:
        header(file, {"x": what.x, "y": what.y}, what.times, 1)
        field(file, "t0_fields/density", u)
        field(file, "t0_fields/forcing", u[:, 0], time_varying=False)
        field(file, "t1_fields/velocity", np.stack([v, u], axis=-1))
        boundary(file, "x", "PERIODIC")
        boundary(file, "y", "WALL")
    return Written(path, ("u", "v", "u"), ("density", "velocity_x", "velocity_y"))
