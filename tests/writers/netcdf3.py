"""netCDF-3 by SciPy: packed, with CF attributes, time in days since a date."""

from pathlib import Path

import numpy as np
from scipy.io import netcdf_file

from tests.writers.field import NX, NY, Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.nc"
    with netcdf_file(path, "w", version=2) as file:
        for name, n in {"time": None, "y": NY, "x": NX}.items():
            file.createDimension(name, n)
        for name, values, units in (
            ("time", field.times, "days since 2000-01-01"),
            ("y", field.y, "m"),
            ("x", field.x, "m"),
        ):
            variable = file.createVariable(name, "d", (name,))
            variable.units = units
            variable[:] = values
        for name in ("u", "v"):
            variable = file.createVariable(name, "i", ("time", "y", "x"))
            variable.units, variable.scale_factor, variable.add_offset = "m s-1", 1e-8, 3.0
            variable[:] = np.round((getattr(field, name).astype(float) - 3.0) / 1e-8).astype("i4")
    return Written(path, ("u", "v"), ("u", "v"))
