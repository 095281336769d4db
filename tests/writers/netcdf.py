"""netCDF-4 by the netCDF library itself: packed, with CF attributes, time in days since a date."""

from pathlib import Path

import netCDF4

from tests.writers.field import NX, NY, Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.nc"
    with netCDF4.Dataset(path, "w") as file:
        file.Conventions = "CF-1.11"
        for name, n in {"time": None, "y": NY, "x": NX, "nv": 2}.items():
            file.createDimension(name, n)
        for name, values, units in (
            ("time", field.times, "days since 2000-01-01"),
            ("y", field.y, "m"),
            ("x", field.x, "m"),
        ):
            variable = file.createVariable(name, "f8", (name,))
            variable.units = units
            variable[:] = values
        file["time"].bounds = "time_bounds"
        bounds = file.createVariable("time_bounds", "f8", ("time", "nv"))
        bounds[:, 0], bounds[:, 1] = field.times, field.times + 0.25
        for name in ("u", "v"):
            variable = file.createVariable(
                name, "i4", ("time", "y", "x"), zlib=True, fill_value=-(2**31)
            )
            variable.units, variable.scale_factor, variable.add_offset = "m s-1", 1e-8, 3.0
            variable[:] = getattr(field, name).astype(float)
    return Written(path, ("u", "v"), ("u", "v"))
