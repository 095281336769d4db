"""Text files of probes: a line "probes", then a line for each time: t, u_1, ..., u_N."""

from pathlib import Path

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.parts import Part
from rom.data.stored import HeldArrays
from rom.registry import Source

TITLE = "a file of probes"
OPTIONS: dict[str, str] = {}
PROBES = Source("random_projection.layout", is_hdf5=False)


def recognise(path: Path) -> str:
    """Why this is such a file, or ""."""
    with open(path, "rb") as stream:
        return "its first word is 'probes'" if stream.read(6) == b"probes" else ""


def open_file(path: Path) -> HeldArrays:
    """The arrays of a file by their names."""
    table = np.loadtxt(path, skiprows=1, ndmin=2)
    return HeldArrays({"t": table[:, 0], "u": table[:, 1:]}, path)


def propose(path, options):
    """One variable, u, at points without neighbours."""
    times = open_file(path).array("t").values
    part = Part(path, "u", ("t", "point"), opener=open_file)
    return Proposal([{"u": part}], ("point",), times=times)
