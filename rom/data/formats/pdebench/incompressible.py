"""PDEBench, incompressible Navier-Stokes: datasets velocity, particles, force, t; only written
frames are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.pdebench.common import grid_axes
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "PDEBench, incompressible flow"
OPTIONS: dict[str, str] = {}

SIGNATURE = ("velocity", "particles", "force", "t")


def recognise(path: Path) -> str:
    """Why this file is of this layout, or "" if it is not."""
    return hdf5.signed(path, SIGNATURE)


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """velocity (batch, t, x, y, 2) and particles (batch, t, x, y, 1); an entry of the batch is a
    trajectory.
    """
    with open_hdf5(path) as file:
        velocity, particles, times = (
            hdf5.dataset(file, name, path) for name in ("velocity", "particles", "t")
        )
        axes = grid_axes(velocity.ndim - 3, path, "velocity", velocity.shape)
        expected = {
            velocity: (*velocity.shape[:-1], len(axes)),
            particles: (*velocity.shape[:-1], 1),
            times: velocity.shape[:2],
        }
        for dataset, shape in expected.items():
            if dataset.shape != shape:
                raise InputError(
                    f"{path}: damaged: {dataset.name.lstrip('/')!r} has shape {dataset.shape},"
                    f" expected {shape}"
                )
        n_batch = len(velocity)
        assumptions = [
            "left out: force, which does not change in time",
            "no coordinates: cells weigh equally",
        ]
        n_written = _written(file, path, velocity.shape[1], assumptions)
        found = np.asarray(times[:, :n_written], dtype=np.float64)
    stored, frames = ("batch", "t", *axes, "c"), slice(0, n_written)
    components = [(f"velocity_{axis}", "velocity", i) for i, axis in enumerate(axes)] + [
        ("particles", "particles", 0)
    ]
    return Proposal(
        [
            {
                name: Part(path, data, stored, {"batch": b, "t": frames, "c": i})
                for name, data, i in components
            }
            for b in range(n_batch)
        ],
        axes,
        times=found.ravel(),
        trajectories=np.repeat(np.arange(n_batch), n_written),
        assumptions=assumptions,
    )


def _written(file: h5py.File, path: Path, n_frames: int, assumptions: list[str]) -> int:
    """Frames up to the attribute latestIndex; those after it were never written and would be read
    as zeros.
    """
    if "latestIndex" not in file.attrs:
        assumptions.append("no attribute latestIndex: all frames are taken to be written")
        return n_frames
    n_written = int(file.attrs["latestIndex"]) + 1
    if n_written < 1:
        raise InputError(
            f"{path}: no frame was written: the attribute latestIndex is {n_written - 1}"
        )
    if n_written > n_frames:
        raise InputError(
            f"{path}: damaged: latestIndex is {n_written - 1}, but there are {n_frames} frames"
        )
    if n_written < n_frames:
        assumptions.append(
            f"interrupted: {n_written} of {n_frames} frames were written, the others are left out"
        )
    return n_written
