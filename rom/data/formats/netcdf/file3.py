"""netCDF-3 files, mapped into memory by SciPy, with the attributes of HDF5 datasets."""

from __future__ import annotations

import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.stored import HeldArrays
from rom.errors import InputError

#: First bytes: classic, and with 64-bit offsets.
MAGIC = (b"CDF\x01", b"CDF\x02")


def is_netcdf3(path: Path) -> bool:
    """Whether a file begins as those that can be read here."""
    with open(path, "rb") as stream:
        return stream.read(4) in MAGIC


class Netcdf3Variable:
    """A variable as :mod:`rom.data.formats.netcdf.variables` asks for it."""

    def __init__(self, name: str, variable: Any, n_records: int) -> None:
        values = variable.data
        self.name, self.dimensions, self.values = f"/{name}", variable.dimensions, values
        self.shape = tuple(int(n) for n in variable.shape)
        if variable.isrec:
            self.shape = (n_records, *self.shape[1:])
        self.maxshape = (None, *self.shape[1:]) if variable.isrec else self.shape
        self.dtype, self.ndim, self.size = values.dtype, len(self.shape), math.prod(self.shape)
        self.attrs = dict(variable._attributes)

    def __getitem__(self, box: Any) -> np.ndarray:
        return np.asarray(self.values[box])


class Netcdf3File(HeldArrays):
    """An open file. Values are read when they are used; missing values are as they are stored."""

    def __init__(self, path: Path) -> None:
        from scipy.io import netcdf_file  # here: not needed unless such a file is opened

        try:
            file = netcdf_file(path, "r", mmap=True, maskandscale=False)
        except (ValueError, TypeError, IndexError, KeyError, OSError, MemoryError) as error:
            raise InputError(f"{path}: damaged, or not a netCDF-3 file: {error}") from error
        n = int(file._recs)
        self.variables = {
            name: Netcdf3Variable(name, variable, n) for name, variable in file.variables.items()
        }
        units = {name: _unit(variable.attrs) for name, variable in self.variables.items()}
        arrays = {name: variable.values for name, variable in self.variables.items()}
        super().__init__(arrays, path, units)
        self._file = file

    def __del__(self) -> None:
        with warnings.catch_warnings():
            # arrays that are still in use keep the file mapped, and it is let go with them
            warnings.simplefilter("ignore", RuntimeWarning)
            self.__dict__.clear()


def _unit(attributes: dict[str, Any]) -> str:
    value = attributes.get("units", "")
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
