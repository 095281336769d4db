"""Whether a netCDF file is one of Exodus."""

from __future__ import annotations

from pathlib import Path

import h5py

from rom.data.formats.netcdf.file3 import Netcdf3File, is_netcdf3
from rom.data.hdf5_open import open_hdf5

#: Variables that every file of Exodus with times has.
EXODUS = {"time_whole", "eb_prop1"}


def is_exodus(path: Path) -> bool:
    """Whether a netCDF file of any version is one of Exodus."""
    if is_netcdf3(path):
        return set(Netcdf3File(path).variables) >= EXODUS
    if not h5py.is_hdf5(path):
        return False
    with open_hdf5(path) as file:
        return all(name in file for name in EXODUS)
