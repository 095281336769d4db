"""Variables of a netCDF file and their dimensions: in netCDF-4 HDF5 attributes carry them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats.common.hdf5 import text
from rom.data.formats.netcdf import cf
from rom.data.hdf5_look import dataset_paths
from rom.data.limits import check_values
from rom.errors import InputError

ONLY_DIMENSION = "This is a netCDF dimension but not a netCDF variable"
RENAMED = (  # before a variable that has the name of a dimension it is no coordinate of
    "_nc4_non_coord_"
)
#: Attributes that name variables which serve another one.
HELPERS = (
    "coordinates",
    "bounds",
    "climatology",
    "grid_mapping",
    "cell_measures",
    "ancillary_variables",
    "formula_terms",
    # of the UGRID conventions
    "mesh",
    *(
        f"{place}_{what}"
        for place in ("node", "edge", "face", "volume")
        for what in ("coordinates", "node_connectivity", "face_connectivity", "edge_connectivity")
    ),
    "boundary_node_connectivity",
)


@dataclass(frozen=True, eq=False)
class Variable:
    """A variable: its dataset, its name as netCDF has it, and the paths of its dimensions ("" for
    an unknown one). The dataset is one of h5py, or another that has the same attributes.

    `is_filled`: whether values that were never written have the value that the library fills with.
    `auxiliary`, `measures`, `helpers`: names of variables that its attributes ``coordinates``,
    ``cell_measures`` and all of HELPERS refer to.
    """

    name: str
    dataset: Any
    dims: tuple[str, ...]
    auxiliary: tuple[str, ...]
    measures: tuple[str, ...]
    helpers: tuple[str, ...]
    is_filled: bool

    @property
    def is_coordinate(self) -> bool:
        """Whether it has the name of its only dimension."""
        return self.dims == (self.dataset.name,)

    @property
    def is_number(self) -> bool:
        return (
            self.dataset.dtype.kind in "fiu"
            and self.dataset.shape is not None
            and self.dataset.size > 0
        )

    def values(self, path: Path) -> np.ndarray:
        """All values, decoded."""
        decoding, _ = cf.decoding(self.dataset, path, self.is_filled)
        check_values(self.dataset.shape, self.dataset.dtype.itemsize, f"{self.name!r}")
        stored = np.asarray(self.dataset[()])
        return stored.astype(np.float64) if decoding is None else np.asarray(decoding(stored))


def base(path: str) -> str:
    """Last part of a path."""
    return path.rsplit("/", 1)[-1]


def read_variables(file: h5py.File, path: Path) -> dict[str, Variable]:
    """All variables of a netCDF-4 file by name; the name of one in a group is its path."""
    datasets = [file[name] for name in dataset_paths(file)]
    datasets = [d for d in datasets if not text(d, "NAME").startswith(ONLY_DIMENSION)]
    names = {d.name[1:].replace(RENAMED, ""): d for d in datasets}
    return {
        name: _variable(
            name, dataset, names, _dimensions(file, dataset, path), cf.is_filled(dataset)
        )
        for name, dataset in names.items()
    }


def held_variables(names: Mapping[str, Any], *, is_filled: bool) -> dict[str, Variable]:
    """All variables by name, of items with `dimensions` and what a dataset of h5py has."""
    return {
        name: _variable(name, item, names, tuple(f"/{d}" for d in item.dimensions), is_filled)
        for name, item in names.items()
    }


def _variable(
    name: str, dataset: Any, names: Mapping[str, Any], dims: tuple[str, ...], is_filled: bool
) -> Variable:
    group = name.rpartition("/")[0]
    said = {
        key: [_resolve(names, group, n) for n in text(dataset, key).split() if n[-1] != ":"]
        for key in HELPERS
    }
    helpers = tuple(n for some in said.values() for n in some)
    coordinates, measures = tuple(said["coordinates"]), tuple(said["cell_measures"])
    return Variable(name, dataset, dims, coordinates, measures, helpers, is_filled)


def _resolve(names: Mapping[str, Any], group: str, name: str) -> str:
    """The variable that a name in an attribute means: of the same group, or of one that holds
    it.
    """
    if name.startswith("/"):
        return name[1:]
    while group and f"{group}/{name}" not in names:
        group = group.rpartition("/")[0]
    return f"{group}/{name}" if group else name


def _dimensions(file: h5py.File, dataset: h5py.Dataset, path: Path) -> tuple[str, ...]:
    references = dataset.attrs.get("DIMENSION_LIST")
    if references is None:
        own = text(dataset, "CLASS") == "DIMENSION_SCALE" and dataset.ndim == 1
        return (dataset.name,) if own else ("",) * dataset.ndim
    try:
        # a dimension that was deleted has no name
        return tuple(
            (file[axis[0]].name or "") if len(axis) and axis[0] else "" for axis in references
        )
    except (KeyError, ValueError, TypeError) as error:
        raise InputError(
            f"{path}: damaged: dimensions of {dataset.name[1:]!r} refer to nothing: {error}"
        ) from error
