"""flowTorch: a group per time that is called after it, cell centres and volumes."""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import NX, NY, Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.hdf5"
    y, x = (values.ravel() for values in np.meshgrid(field.y, field.x, indexing="ij"))
    with h5py.File(path, "w") as file:
        file["constant/centers"] = np.column_stack([x, y, np.zeros(NX * NY)]).astype("f4")
        file["constant/volumes"] = np.full(NX * NY, 0.1, "f4")
        file["constant/vertices"] = np.zeros((2 * (NX + 1) * (NY + 1), 3), "f4")
        file["constant/connectivity"] = np.array(
            [16, 6, 4, 0, 1, 2, 3], "i4"
        )  # the first numbers of a polyhedron
        for i, time in enumerate(field.times):
            file[f"variable/{time:g}/U"] = np.column_stack([field.u[i].ravel(), field.v[i].ravel()])
    return Written(path, ("u", "v"), ("U_x", "U_y"))
