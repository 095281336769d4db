"""VTKHDF 2: image data whose steps are a leading axis, as the specification has it."""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def start(file: h5py.File, kind: str) -> h5py.Group:
    """The group VTKHDF; its type is a string of fixed length, which VTK's reader insists on."""
    root = file.create_group("VTKHDF")
    root.attrs["Version"] = np.array([2, 0])
    root.attrs.create("Type", kind.encode("ascii"), dtype=h5py.string_dtype("ascii", len(kind)))
    return root


def add_steps(root: h5py.Group, times: np.ndarray) -> h5py.Group:
    steps = root.create_group("Steps")
    steps.attrs["NSteps"] = len(times)
    steps["Values"] = times
    return steps


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.vtkhdf"
    nt, ny, nx = field.u.shape
    with h5py.File(path, "w") as file:
        root = start(file, "ImageData")
        root.attrs["WholeExtent"] = np.array([0, nx - 1, 0, ny - 1, 0, 0])
        root.attrs["Origin"] = np.zeros(3)
        root.attrs["Spacing"] = np.array([field.x[1], field.y[1], 1.0])
        root.attrs["Direction"] = np.eye(3).ravel()
        for name in ("u", "v"):  # VTK's reader wants no axis of an extent without length
            root[f"PointData/{name}"] = getattr(field, name)
        steps = add_steps(root, field.times)
        for name in ("u", "v"):
            steps[f"PointDataOffsets/{name}"] = np.arange(nt)
    return Written(path, ("u", "v"), ("u", "v"))
