"""xarray's Datasets, in memory, lazy or of Dask, and the stores that xarray opens, such as Zarr: by
the rules of the CF conventions, as netCDF files.
"""

from __future__ import annotations

import itertools
import math
import re
import sys
import warnings
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data.builder.options import NAMES
from rom.data.builder.proposal import Proposal
from rom.data.extras import extra
from rom.data.formats import mapped
from rom.data.formats.netcdf import layout as netcdf
from rom.data.formats.netcdf.variables import held_variables
from rom.data.stored import Box
from rom.errors import InputError, nearest

if TYPE_CHECKING:
    import xarray

TITLE = "a store that xarray opens"
OPTIONS: dict[str, str] = {"dataset": NAMES, "axes": NAMES}
#: Files in the folder of a Zarr store, of its versions 2 and 3.
ZARR = (".zgroup", ".zarray", ".zmetadata", "zarr.json")
#: What is read of a store at once, and how many of them are.
PIECE_BYTES, PIECES = 2**25, 2
#: Schedulers of Dask whose tasks run in this process.
OWN_SCHEDULERS = ("threads", "threading", "synchronous", "sync", "single-threaded")
#: Name of a DataArray that has none.
UNNAMED = "value"


class XarrayArray:
    """A variable of a Dataset; a box of it is computed when it is read."""

    is_divisible = False

    def __init__(self, variable: xarray.Variable) -> None:
        self.variable, self.shape, self.dtype = variable, variable.shape, variable.dtype
        # of Dask the first block along each axis, of a lazy store what is read at once
        blocks = variable.chunks
        chosen = variable.encoding.get("preferred_chunks", {})
        self.chunks = (
            tuple(each[0] for each in blocks)
            if blocks
            else (
                tuple(chosen.get(dim, n) for dim, n in variable.sizes.items()) if chosen else None
            )
        )

    def read(self, box: Box) -> np.ndarray:
        """The values of a box, written where they belong as they come: what is read at a time is
        small, and nothing is put together at the end.
        """
        found = self.variable[box]
        if found.chunks is not None:
            return _computed(found)
        out = np.empty(found.shape, dtype=self.dtype)
        pieces = _pieces(box[0], self.chunks, out[:1].nbytes) if box else []
        if len(pieces) < 2:
            return np.asarray(found.values)

        def read(piece: slice) -> None:
            target = slice(piece.start - box[0].start, piece.stop - box[0].start)
            out[target] = self.variable[(piece, *box[1:])].values

        # this library reads one array with all cores already, but holds all of its chunks
        with ThreadPoolExecutor(PIECES) as pool:
            list(pool.map(read, pieces))
        return out

    def unit(self) -> str:
        return str(self.variable.attrs.get("units", ""))


def _computed(found: xarray.Variable) -> np.ndarray:
    """The values of a variable of Dask."""
    import dask

    # tasks of another process have no access to this one's memory
    if dask.config.get("scheduler", None) not in (None, *OWN_SCHEDULERS):
        return np.asarray(found.values)
    out = np.empty(found.shape, dtype=found.dtype)
    found.data.store(out, lock=False)
    return out


def _pieces(rows: slice, chunks: tuple[int, ...] | None, row_bytes: int) -> list[slice]:
    """Neighbouring rows of about `PIECE_BYTES`, which cut no chunk."""
    step = chunks[0] if chunks else 1
    step *= max(1, PIECE_BYTES // max(1, step * row_bytes))
    edges = [rows.start, *range(rows.start - rows.start % step + step, rows.stop, step), rows.stop]
    return [slice(a, b) for a, b in itertools.pairwise(edges)]


class XarrayFile:
    """A Dataset as a container of arrays."""

    def __init__(self, dataset: xarray.Dataset) -> None:
        self.dataset = dataset

    def array(self, name: str) -> XarrayArray:
        if name not in self.dataset.variables:
            known = map(str, self.dataset.variables)
            raise InputError(f"no variable {name!r}; {nearest(name, list(known))}")
        variable = _numeric(self.dataset[name].variable)
        if variable.dtype.kind not in "fiub":
            raise InputError(f"variable {name!r} holds {variable.dtype}, not real numbers")
        if 0 in variable.shape:
            raise InputError(f"variable {name!r} of shape {variable.shape} is empty")
        return XarrayArray(variable)

    def beside(self, name: str) -> Sequence[Path]:
        return ()

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {str(name): variable.shape for name, variable in self.dataset.variables.items()}

    def attributes(self) -> Mapping[str, Any]:
        return self.dataset.attrs


@dataclass(frozen=True, eq=False)
class Held:
    """Opens a Dataset that is there already."""

    dataset: Any

    def __call__(self, path: Path) -> XarrayFile:
        return XarrayFile(self.dataset)


@dataclass(frozen=True, eq=False)
class XarrayVariable:
    """A variable as :mod:`rom.data.formats.netcdf.variables` asks for it: with numbers for times,
    and its coordinates in an attribute.
    """

    name: str
    variable: Any
    dimensions: tuple[str, ...]
    maxshape: tuple[int | None, ...]
    attrs: Mapping[str, Any]

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.variable.shape)

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(self.variable.dtype)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    def __getitem__(self, box: Any) -> np.ndarray:
        return np.asarray(self.variable[box].values)


def recognise(path: Path) -> str:
    """Why this is a store that xarray opens, or ""."""
    if path.is_dir():
        found = next((name for name in ZARR if (path / name).is_file()), "")
        return f"{found} in the folder: Zarr" if found else ""
    with open(path, "rb") as stream:
        return "it begins with GRIB" if stream.read(4) == b"GRIB" else ""


def open_file(path: Path) -> XarrayFile:
    """The store, lazily."""
    return XarrayFile(open_store(path))


def open_store(path: Path) -> xarray.Dataset:
    """The Dataset that xarray makes of a store, none of its values read."""
    xarray = extra("xarray", "xarray", path)
    try:
        with warnings.catch_warnings():
            # a store without consolidated metadata is slower to open, and right
            warnings.simplefilter("ignore")
            # chunks=None: xarray reads what is asked for itself, without a graph of tasks
            engine = "zarr" if path.is_dir() else None
            found = xarray.open_dataset(path, engine=engine, chunks=None)
            # the variables of a folder come in the order of its files, which is any
            return found[sorted(map(str, found))] if path.is_dir() else found
    except ImportError as error:
        raise InputError(f"{path}: {error}; pip install 'rom-compare[xarray]'") from error
    except (ValueError, OSError, KeyError, TypeError) as error:
        said = " ".join(str(error).split())
        raise InputError(f"{path}: xarray cannot open it: {said[:300]}") from error


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """A store by the rules of netCDF."""
    return of_dataset(path, open_store(path), options, open_file)


def of_dataset(
    path: Path, dataset: xarray.Dataset, options: Mapping[str, Any], opener: Any
) -> Proposal:
    """A Dataset by the rules of netCDF, or by a mapping."""
    if "dataset" in options or "axes" in options:
        return mapped.propose(path, options, opener)
    unlimited = dataset.encoding.get("unlimited_dims", ())
    variables = {
        str(name): _variable(str(name), dataset[name], unlimited) for name in dataset.variables
    }
    return netcdf.of_variables(path, held_variables(variables, is_filled=False), options, opener)


def as_dataset(data: Any) -> xarray.Dataset:
    """A DataArray as the Dataset of its only variable."""
    xarray = extra("xarray", "xarray", "a DataArray")
    if isinstance(data, xarray.DataArray):
        return data.to_dataset(name=UNNAMED if data.name is None else str(data.name))
    return data


def _variable(name: str, array: xarray.DataArray, unlimited: Any) -> XarrayVariable:
    variable = _numeric(array.variable)
    attrs = {key: value for key, value in variable.attrs.items() if key != "coordinates"}
    others = [str(other) for other in array.coords if other not in array.dims and other != name]
    attrs |= {"coordinates": " ".join(others)} if others and name not in array.coords else {}
    dims = tuple(str(dim) for dim in variable.dims)
    sizes = [None if dim in unlimited else n for dim, n in variable.sizes.items()]
    return XarrayVariable(f"/{name}", variable, dims, tuple(sizes), attrs)


def _numeric(variable: xarray.Variable) -> xarray.Variable:
    """Dates as numbers that count from a date, which their unit says."""
    is_date = variable.dtype.kind in "mM"
    if variable.dtype == object and variable.size:
        cftime = sys.modules.get("cftime")  # whoever made such dates has imported it
        is_date = cftime is not None and isinstance(variable.values.flat[0], cftime.datetime)
    if not is_date:
        return variable
    from xarray.conventions import encode_cf_variable

    encoded = encode_cf_variable(variable)
    # a date at midnight, as files have it
    encoded.attrs["units"] = re.sub(r" 00:00:00(\.0*)?$", "", encoded.attrs["units"])
    return encoded.copy(data=np.asarray(encoded.values, dtype=np.float64))
