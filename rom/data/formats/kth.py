"""Scaled fields with the mean and standard deviation they were scaled by, as beta-VAE studies of
KTH publish them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.axes import default_variables
from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "KTH scaled fields"
OPTIONS: dict[str, str] = {}
VECTOR, SINGLE = ("UV", "mean", "std"), ("u", "nt", "nx", "nz", "mean", "std")
#: What other layouts put into a file that may hold the same names.
OTHERS = ("_NCProperties", "rom_format", "dataset_name")


def recognise(path: Path) -> str:
    """Why this is such a file, or ""."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        if any(name in file.attrs for name in OTHERS):
            return ""
        for names, n_axes in ((VECTOR, 4), (SINGLE, 3)):
            items = [file.get(name) for name in names]
            plain = all(
                isinstance(item, h5py.Dataset) and "MATLAB_class" not in item.attrs
                for item in items
            )
            if plain and items[0].ndim == n_axes:
                return f"datasets {', '.join(names)}"
    return ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """UV (t, y, x, c), or u (t, x, z): the stored values times std plus mean."""
    with open_hdf5(path) as file:
        vector = "UV" in file
        name = "UV" if vector else "u"
        data = hdf5.dataset(file, name, path)
        mean, std = (_snapshot(file, key, data.shape[1:], path) for key in ("mean", "std"))
        centres = (
            {} if vector else {a: key for a, key in {"x": "xx", "z": "zz"}.items() if key in file}
        )
        coordinates = hdf5.coordinates(file, centres, path)
        lengths = dict(zip(("x", "z"), data.shape[1:], strict=False))
        unused = [centres[a] for a, values in coordinates.items() if values.shape != (lengths[a],)]
    words = [
        f"fields are {name} * std + mean, as they were before they were scaled",
        (
            "mean and std of the file were computed by its authors over unknown snapshots: that"
            " something of the test snapshots went into them cannot be excluded"
        ),
    ]
    words += [f"left out (no vectors along an axis): {', '.join(unused)}"] if unused else []
    if vector:
        n = mean.shape[-1]
        variables = ("u", "v", "w")[:n] if n in (2, 3) else default_variables(n)
        parts = {
            variable: Part(path, name, ("t", "y", "x", "c"), {"c": i})
            for i, variable in enumerate(variables)
        }
        mean, std = (np.moveaxis(values, -1, 0) for values in (mean, std))
    else:
        parts = {name: Part(path, name, ("t", "x", "z"))}
        mean, std = mean[None], std[None]
    return Proposal(
        [parts],
        ("y", "x") if vector else ("x", "z"),
        coordinates={a: values for a, values in coordinates.items() if centres[a] not in unused},
        scaled_by=(std, mean),
        assumptions=words,
    )


def _snapshot(file: h5py.File, name: str, shape: tuple[int, ...], path: Path) -> np.ndarray:
    """A statistic for each value of a snapshot; it is stored for each, for each component, or
    once.
    """
    values = np.asarray(hdf5.read(file, name, path), dtype=np.float64)
    if values.size == math.prod(shape):
        return values.reshape(shape)
    try:
        return np.broadcast_to(values.reshape(()) if values.size == 1 else values, (1, *shape))[0]
    except ValueError as error:
        raise InputError(f"{path}: {name} has shape {values.shape}, a snapshot {shape}") from error
