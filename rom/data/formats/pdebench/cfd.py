"""PDEBench, compressible flow: datasets density, pressure, Vx[, Vy[, Vz]]."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.pdebench.common import batched
from rom.data.hdf5_open import open_hdf5

TITLE = "PDEBench, compressible flow"
OPTIONS: dict[str, str] = {}

SIGNATURE = ("density", "pressure", "Vx", "x-coordinate")
FIELDS = ("density", "pressure", "Vx", "Vy", "Vz")


def recognise(path: Path) -> str:
    """Why this file is of this layout, or "" if it is not."""
    return hdf5.signed(path, SIGNATURE)


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """All fields, each (batch, t, x[, y[, z]]); an entry of the batch is a trajectory."""
    with open_hdf5(path) as file:
        return batched(file, path, [name for name in FIELDS if name in file])
