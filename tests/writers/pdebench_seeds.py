"""PDEBench's layout with a group per seed, as its gen_diff_react.py writes it: lzf, components
last.
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def seed(file: h5py.File, number: int, data: np.ndarray, **grid: np.ndarray) -> None:
    """One seed: data (t, x, y, component) and its grid."""
    name = f"{number:04d}"
    file.create_dataset(f"{name}/data", data=data, dtype="float32", compression="lzf")
    for axis, values in grid.items():
        file.create_dataset(f"{name}/grid/{axis}", data=values, dtype="float32", compression="lzf")
    file[name].attrs["config"] = f"sim:\n  seed: {number}\n"


def write(folder: Path, field: Field) -> Written:
    path = folder / "2D_diff-react_NA_NA.h5"
    data = np.stack([field.u, field.v], axis=-1).transpose(0, 2, 1, 3)
    with h5py.File(path, "w") as file:
        seed(file, 0, data, x=field.x, y=field.y, t=field.times)
    return Written(path, ("u", "v"), ("data_0", "data_1"))
