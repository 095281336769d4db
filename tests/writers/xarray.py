"""A Zarr store by xarray: compressed chunks, times as dates."""

from pathlib import Path

import numpy as np
import xarray

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.zarr"
    fields = {name: (("time", "y", "x"), getattr(field, name)) for name in ("u", "v")}
    # 0.25 days
    times = np.datetime64("2000-01-01") + (field.times * 24).astype(int) * np.timedelta64(1, "h")
    data = xarray.Dataset(fields, {"time": times, "y": field.y, "x": field.x})
    data["time"].encoding["units"] = "days since 2000-01-01"
    data["time"].encoding["dtype"] = "float64"
    data.to_zarr(path, consolidated=False, encoding={"u": {"chunks": (16, 5, 4)}})
    return Written(path, ("u", "v"), ("u", "v"))
