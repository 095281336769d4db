"""UV, mean and std of the beta-VAE study: fields scaled to deviation one, channels last."""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "plates.hdf5"
    fields = np.stack([field.u, field.v], axis=-1).astype(np.float64)
    mean = fields.mean(axis=0, keepdims=True)
    std = (fields - mean).std(axis=(0, 1, 2), keepdims=True)
    with h5py.File(path, "w") as file:
        file["UV"] = ((fields - mean) / std).astype(np.float32)
        file["mean"], file["std"] = mean, std
    return Written(path, ("u", "v"), ("u", "v"), times=False, coordinates=False)
