"""PDEBench's compressible flow, as its Data_Merge.py writes it: a dataset per field, each (batch,
t, x, y).
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "2D_CFD_Rand_Train.hdf5"
    variables = ("u", "v", "v", "u")
    names = ("density", "pressure", "Vx", "Vy")
    with h5py.File(path, "w") as file:
        for name, variable in zip(names, variables, strict=True):
            file[name] = getattr(field, variable).transpose(0, 2, 1)[None]
        for axis in ("x", "y"):
            file[f"{axis}-coordinate"] = getattr(field, axis)
        file["t-coordinate"] = np.append(field.times, 10.0)
        file.attrs.update({"eta": 0.01, "zeta": 0.01, "M": 0.1})
    return Written(path, variables, names)
