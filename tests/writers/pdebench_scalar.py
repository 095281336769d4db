"""PDEBench's scalar equations, as its Data_Merge.py writes them: (batch, t, x, y), one time more
than snapshots.
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "2D_ReacDiff_Nu0.5.hdf5"
    with h5py.File(path, "w") as file:
        file["tensor"] = field.u.transpose(0, 2, 1)[None]
        for axis in ("x", "y"):
            file[f"{axis}-coordinate"] = getattr(field, axis)
        file["t-coordinate"] = np.append(field.times, 10.0)
        file.attrs["Nu"] = 0.5
    return Written(path, ("u",), ("tensor",))
