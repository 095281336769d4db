"""PDEBench's incompressible flow, as its data_io.py writes it: lzf with shuffle, a chunk per frame,
latestIndex.
"""

from pathlib import Path

import h5py
import numpy as np

from tests.writers.field import Field, Written


def store(
    path: Path, velocity: np.ndarray, particles: np.ndarray, times: np.ndarray, *, n_written: int
) -> None:
    """A file for all frames of velocity (batch, t, x, y, 2), of which only some are written."""
    n_batch, _, *grid, _ = velocity.shape
    force = np.ones((n_batch, *grid, 2), dtype=np.float32)
    with h5py.File(path, "w") as file:
        file.attrs["config"] = "NU: 0.01\n"
        whole = {"velocity": velocity, "particles": particles, "force": force, "t": times}
        for name, values in whole.items():
            chunks = (1, 1, *values.shape[2:])
            file.create_dataset(
                name, values.shape, "float32", compression="lzf", chunks=chunks, shuffle=True
            )
        file["force"][...] = force
        for name in ("velocity", "particles", "t"):
            file[name][:, :n_written] = whole[name][:, :n_written]
        file.attrs["latestIndex"] = n_written - 1


def write(folder: Path, field: Field) -> Written:
    path = folder / "ns_sim_2d-0.h5"
    u, v = (values.transpose(0, 2, 1)[None, ..., None] for values in (field.u, field.v))
    store(path, np.concatenate([u, v], axis=-1), u, field.times[None], n_written=len(field.times))
    return Written(
        path, ("u", "v", "u"), ("velocity_x", "velocity_y", "particles"), coordinates=False
    )
