"""PDEBench, scalar equations (advection, Burgers, reaction-diffusion, Darcy flow): one dataset
``tensor``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from rom.data.builder.proposal import Proposal
from rom.data.formats.common import hdf5
from rom.data.formats.pdebench.common import batched
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part

TITLE = "PDEBench, scalar"
OPTIONS: dict[str, str] = {}


def recognise(path: Path) -> str:
    """Why this file is of this layout, or "" if it is not."""
    return hdf5.signed(path, ("tensor", "x-coordinate"))


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """``tensor`` (batch, t, x[, y]); with a single time the batch are independent samples, not
    trajectories.
    """
    with open_hdf5(path) as file:
        proposal = batched(file, path, ["tensor"])
        n_batch, n_times = hdf5.dataset(file, "tensor", path).shape[:2]
        words = (
            ["left out: nu, the coefficient of each sample (--dataset nu reads it)"]
            if "nu" in file
            else []
        )
    if n_times > 1:
        return replace(proposal, assumptions=proposal.assumptions + words)
    # Darcy flow has no time: one read for neighbouring samples, where trajectories would be one
    # read each
    samples = Part(path, "tensor", ("t", "time", *proposal.axes), {"time": 0})
    words.append(
        f"one time: the {n_batch} entries of the batch are independent samples, in no order"
    )
    return replace(
        proposal,
        segments=[{"tensor": samples}],
        times=None,
        trajectories=None,
        ordered=False,
        assumptions=proposal.assumptions + words,
    )
