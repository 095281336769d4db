"""PDEBench, a group per seed: ``0000/data``, ``0000/grid/x`` (diffusion-reaction, -sorption,
shallow water).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.pdebench.common import GRID, coordinates
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.errors import InputError

TITLE = "PDEBench, a group per seed"
OPTIONS: dict[str, str] = {}


def recognise(path: Path) -> str:
    """Why this file is of this layout, or "" if it is not."""
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        first = next((name for name in file if _is_seed(name)), None)
        known = first is not None and f"{first}/data" in file and f"{first}/grid/x" in file
        return f"groups named by numbers, with {first}/data and {first}/grid/x" if known else ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """``<seed>/data`` (t, x[, y][, component]) of every seed, in the order of the numbers: a seed
    is a trajectory.
    """
    with open_hdf5(path) as file:
        seeds = sorted((name for name in file if _is_seed(name)), key=int)
        axes = tuple(axis for axis in GRID if f"{seeds[0]}/grid/{axis}" in file)
        first = hdf5.dataset(file, f"{seeds[0]}/data", path)
        with_components = first.ndim == len(axes) + 2
        sizes = dict(zip(axes, first.shape[1:], strict=False))
        names = _variables(first, with_components)
        times = []
        for seed in seeds:
            data = hdf5.dataset(file, f"{seed}/data", path)
            if data.ndim != 1 + len(axes) + with_components or data.shape[1:] != first.shape[1:]:
                raise InputError(
                    f"{path}: damaged: {seed}/data has shape {data.shape}, {seeds[0]}/data"
                    f" {first.shape}; expected (t, {', '.join(axes)}[, component])"
                )
            times.append(np.ravel(hdf5.read(file, f"{seed}/grid/t", path)))
            if len(times[-1]) != len(data):
                raise InputError(
                    f"{path}: damaged: {seed}/grid/t has {len(times[-1])} times for {len(data)}"
                    " snapshots"
                )
        stored = ("t", *axes, "c") if with_components else ("t", *axes)
        takes: list[dict[str, int]] = (
            [{"c": i} for i in range(len(names))] if with_components else [{}]
        )
        assumptions: list[str] = []
        counts = [len(t) for t in times]
        return Proposal(
            [
                {
                    name: Part(path, f"{seed}/data", stored, take)
                    for name, take in zip(names, takes, strict=True)
                }
                for seed in seeds
            ],
            axes,
            coordinates=coordinates(
                file, path, {axis: f"{seeds[0]}/grid/{axis}" for axis in axes}, sizes, assumptions
            ),
            times=np.concatenate(times).astype(np.float64),
            trajectories=np.repeat(np.arange(len(seeds)), counts),
            parameters={"seed": np.repeat([int(seed) for seed in seeds], counts)},
            assumptions=[
                *assumptions,
                f"coordinates: those of {seeds[0]}; the text in 'config' is not read",
            ],
        )


def _is_seed(name: str) -> bool:
    return len(name) >= 4 and name.isascii() and name.isdigit()


def _variables(data: h5py.Dataset, with_components: bool) -> list[str]:
    """``data`` alone, or ``data_0``, ``data_1``: the file has no names."""
    n = data.shape[-1] if with_components else 1
    return ["data"] if n == 1 else [f"data_{i}" for i in range(n)]
