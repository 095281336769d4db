"""MATLAB 7.3: a userblock with MATLAB's header, arrays in reversed order of axes, the attribute
MATLAB_class.
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written

CLASSES = {
    "f8": "double",
    "f4": "single",
    "i8": "int64",
    "u1": "uint8",
    "i2": "int16",
    "u2": "char",
}


def save(path: Path, **workspace: object) -> None:
    """Save a workspace as MATLAB's save(..., '-v7.3') does; a dict becomes a struct, booleans a
    logical array.
    """
    with h5py.File(path, "w", userblock_size=512) as file:
        file.create_group("#refs#")
        for name, value in workspace.items():
            _put(file, name, value)
    header = (
        b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5 schema"
        b" 1.00 ."
    )
    with open(path, "r+b") as stream:
        stream.write(header.ljust(116) + bytes(8) + b"\x00\x02IM")


def _put(group: h5py.Group, name: str, value: object) -> None:
    if isinstance(value, dict):
        struct = group.create_group(name)
        struct.attrs["MATLAB_class"] = np.bytes_("struct")
        for field, item in value.items():
            _put(struct, field, item)
        return
    array = np.asarray(value)
    logical = array.dtype == bool
    stored = np.array(
        np.atleast_2d(array).T if array.ndim < 2 else array.T,
        dtype="u1" if logical else array.dtype,
    )
    dataset = group.create_dataset(
        name, data=stored, **({"chunks": True, "compression": "gzip"} if stored.size > 99 else {})
    )
    dataset.attrs["MATLAB_class"] = np.bytes_(
        "logical" if logical else CLASSES[stored.dtype.str[1:]]
    )
    if logical:
        dataset.attrs["MATLAB_int_decode"] = np.int32(1)


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.mat"
    save(
        path,
        dt=0.25,
        u=field.u.T,  # x, y, t as MATLAB shows it
        v=field.v.T,
        t=field.times,
        x=field.x,
        y=field.y,
    )
    return Written(path, ("u", "v"), ("u", "v"))
