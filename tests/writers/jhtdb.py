"""A cutout of the Johns Hopkins Turbulence Databases, as their giverny package orders it: (z, y, x,
value).
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def cutout(path: Path, fields: dict[str, np.ndarray], **coordinates: np.ndarray) -> None:
    """Fields by the names of their datasets, coordinates by axis."""
    with h5py.File(path, "w") as file:
        for name, values in fields.items():
            file[name] = values.astype(np.float32)
        for axis, values in coordinates.items():
            file[f"{axis}coor" if len(axis) == 1 else axis] = values.astype(np.float32)
        file.attrs.update({"dataset": "isotropic1024coarse", "t_start": 1, "t_end": 1, "t_step": 1})


def write(folder: Path, field: Field) -> Written:
    path = folder / "isotropic.h5"
    fields = {}
    for i, (u, v) in enumerate(zip(field.u, field.v, strict=True)):
        fields[f"Velocity_{i + 1:04d}"] = np.stack([u, v, u], axis=-1)[None]
        fields[f"Pressure_{i + 1:04d}"] = v[None, ..., None]
    cutout(path, fields, x=field.x, y=field.y, z=np.zeros(1))
    names = ("velocity_x", "velocity_y", "velocity_z", "pressure")
    return Written(path, ("u", "v", "u", "v"), names, times=False)
