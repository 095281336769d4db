"""Plain HDF5: arrays without a word on their axes, which the mapping names."""

from pathlib import Path

import h5py

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.h5"
    with h5py.File(path, "w") as file:
        file["results/u"], file["results/v"] = field.u, field.v
        file["t"], file["x"], file["y"] = field.times, field.x, field.y
    options = {
        "dataset": ["results/u", "results/v"],
        "axes": "t y x",
        "time": "t",
        "coordinates": {"x": "x", "y": "y"},
    }
    return Written(path, ("u", "v"), ("u", "v"), options=options)
