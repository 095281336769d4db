"""netCDF files of versions 3 and 4, with what the CF conventions say of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import h5py

from rom.data.builder.options import NAMES
from rom.data.builder.proposal import Proposal
from rom.data.formats import mapped
from rom.data.formats.common import hdf5
from rom.data.formats.netcdf import cf
from rom.data.formats.netcdf.file3 import Netcdf3File, is_netcdf3
from rom.data.formats.netcdf.grid import Grid, scalar_time
from rom.data.formats.netcdf.variables import (
    Variable,
    base,
    held_variables,
    read_variables,
)
from rom.data.hdf5_file import HDF5File
from rom.data.hdf5_open import open_hdf5
from rom.data.parts import Part
from rom.data.stored import Opener
from rom.errors import InputError, nearest

TITLE = "netCDF"
OPTIONS: dict[str, str] = {"dataset": NAMES, "axes": NAMES}
LOOK_AT = (
    100  # items of the root at most: a file may hold thousands, and opening each takes seconds
)
#: Path of the time dimension ("" without one), paths of the grid's dimensions.
Dimensions = tuple[str, frozenset[str]]


def recognise(path: Path) -> str:
    """Why this is a netCDF file, or ""."""
    if is_netcdf3(path):
        return "it begins with CDF: netCDF-3"
    if not h5py.is_hdf5(path):
        return ""
    with open_hdf5(path) as file:
        if "_NCProperties" in file.attrs:
            return "root attribute _NCProperties"
        # before version 4.4.1 the library wrote no such attribute
        for name in itertools.islice(file, LOOK_AT):
            item = file.get(name)
            if isinstance(item, h5py.Dataset) and "_Netcdf4Dimid" in item.attrs:
                return f"dimension {name} with _Netcdf4Dimid"
            if isinstance(item, h5py.Dataset) and "DIMENSION_LIST" in item.attrs:
                return f"dimension scales of {name}, as in netCDF"
    return ""


def propose(path: Path, options: Mapping[str, Any]) -> Proposal:
    """Variables along a time dimension on one grid; everything else is left out and said.

    ``variables`` chooses between grids. With ``dataset`` and ``axes`` it is the user's mapping, and
    the attributes say no more than what stored values mean.
    """
    if "dataset" in options or "axes" in options:
        return _mapped(path, options)
    if is_netcdf3(path):
        return of_variables(
            path, held_variables(Netcdf3File(path).variables, is_filled=True), options, Netcdf3File
        )
    hdf5.require_hdf5(path)
    with open_hdf5(path) as file:
        return of_variables(path, read_variables(file, path), options, HDF5File)


def of_variables(
    path: Path, variables: Mapping[str, Variable], options: Mapping[str, Any], opener: Opener
) -> Proposal:
    """A proposal from variables with the attributes of netCDF, wherever they are from."""
    times, words = _time_dimensions(variables)
    fields, left_out = _fields(variables, times)
    wanted = options.get("variables")
    names = [wanted] if isinstance(wanted, str) else list(wanted or [])
    group, more = _one_grid(path, _grids(fields, times), names, left_out)
    chosen = [v for v in group if not names or v.name in names]
    _check_whole(path, variables, chosen)
    return Grid(path, variables, group, chosen, times, opener).proposal([*words, *more])


def _mapped(path: Path, options: Mapping[str, Any]) -> Proposal:
    if is_netcdf3(path):
        file = Netcdf3File(path)
        return _decoded(path, mapped.propose(path, options, Netcdf3File), file.variables)
    hdf5.require_hdf5(path)
    proposal = mapped.propose(path, options)
    with open_hdf5(path) as file:
        return _decoded(path, proposal, file)


def _decoded(path: Path, proposal: Proposal, datasets: Any) -> Proposal:
    """A mapping of the user, with what attributes say of the stored values."""
    words: list[str] = []
    parts = {}
    for name, part in proposal.segments[0].items():
        assert isinstance(part, Part)  # a mapping has no pieces
        dataset = datasets[part.dataset]
        is_filled = part.opener is Netcdf3File or cf.is_filled(dataset)
        decoding, more = cf.decoding(dataset, path, is_filled)
        parts[name] = replace(part, decoding=decoding)
        words += more
    return replace(
        proposal, segments=[parts], assumptions=[*proposal.assumptions, *dict.fromkeys(words)]
    )


def _time_dimensions(
    variables: Mapping[str, Variable],
) -> tuple[dict[str, Variable | None], list[str]]:
    """Dimensions that are time and their coordinates: said by the coordinate, or by the name of the
    dimension.
    """
    found: dict[str, Variable | None] = {}
    sizes = {
        dim: n for v in variables.values() for dim, n in zip(v.dims, v.dataset.shape, strict=False)
    }
    for dim in sizes:
        own = variables.get(dim[1:])
        if (own and own.is_coordinate and own.is_number and cf.is_time(own.dataset)) or base(
            dim
        ).lower() in cf.TIME_NAMES:
            found[dim] = own if own and own.is_coordinate and own.is_number else None
    others = [
        v for v in variables.values() if len(v.dims) == 1 and v.is_number and not v.is_coordinate
    ]
    for variable in others:  # a dimension without numbers of its own may have its times elsewhere
        dim, own = variable.dims[0], found.get(variable.dims[0], variable)
        # a count of steps in each file is no time where another variable has dates
        counts = own is None or (cf.has_date(variable.dataset) and not cf.has_date(own.dataset))
        if cf.is_time(variable.dataset) and (counts or not found):
            found[dim] = variable
    if found or scalar_time(variables):
        return found, []
    unlimited = {
        d
        for v in variables.values()
        for d, n in zip(v.dims, v.dataset.maxshape, strict=False)
        if n is None and not _is_space(variables.get(d[1:]))
    }
    if len(unlimited) == 1:
        dim = unlimited.pop()
        return {dim: None}, [
            f"the unlimited dimension {base(dim)!r} is taken for the snapshots: no dimension says"
            " time"
        ]
    return {}, []


def _is_space(own: Variable | None) -> bool:
    """Whether a dimension is one of space by its coordinate."""
    return own is not None and own.is_coordinate and cf.is_space(own.dataset)


def _fields(
    variables: Mapping[str, Variable], times: Mapping[str, Variable | None]
) -> tuple[list[Variable], dict[str, list[str]]]:
    """Variables that are fields, and why -> names of the others; coordinates and their bounds need
    no word.
    """
    helpers = {name for v in variables.values() for name in v.helpers}
    fields: list[Variable] = []
    left_out: dict[str, list[str]] = {}
    for variable in variables.values():
        if variable.is_coordinate or variable.name in helpers or not variable.dims:
            continue
        why = ""
        if not variable.is_number:
            why = "not real numbers"
        elif "" in variable.dims or len(set(variable.dims)) < len(variable.dims):
            why = "unknown or repeated dimensions"
        elif times and not set(variable.dims) & set(times):
            why = "no time"
        elif len(set(variable.dims) & set(times)) > 1:
            why = "two dimensions of time"
        if why:
            left_out.setdefault(why, []).append(variable.name)
        else:
            fields.append(variable)
    return fields, left_out


def _grids(
    fields: Sequence[Variable], times: Mapping[str, Variable | None]
) -> dict[Dimensions, list[Variable]]:
    """Fields by their time dimension and their grid, the dimensions of more than one value."""
    found: dict[Dimensions, list[Variable]] = {}
    for variable in fields:
        sizes = dict(zip(variable.dims, variable.dataset.shape, strict=True))
        time = next((dim for dim in variable.dims if dim in times), "")
        grid = frozenset(dim for dim, n in sizes.items() if n > 1 and dim != time)
        found.setdefault((time, grid), []).append(variable)
    return found


def _one_grid(
    path: Path,
    grids: Mapping[Dimensions, list[Variable]],
    names: Sequence[str],
    left_out: dict[str, list[str]],
) -> tuple[list[Variable], list[str]]:
    """The variables on the one grid there is, or on that of the named ones; what is left out, in
    words.
    """
    if names:
        return _grid_of(path, grids, names, left_out), []
    if not grids:
        reasons = "; ".join(f"{', '.join(names)}: {why}" for why, names in left_out.items())
        raise InputError(
            f"{path}: no variable is a field in time ({reasons or 'the file holds none'})"
        )
    wide = [group for (_, grid), group in grids.items() if grid] or list(grids.values())
    if len(wide) > 1:
        largest = max(wide, key=lambda group: sum(v.dataset.size for v in group))
        example = ", ".join(repr(v.name) for v in largest)
        raise InputError(
            f"{path}: variables on several grids: {_described(wide)}; choose with"
            f" variables=[{example}]"
        )
    for group in grids.values():
        if group is not wide[0]:
            left_out.setdefault("single values", []).extend(v.name for v in group)
    return wide[0], [f"left out ({why}): {', '.join(names)}" for why, names in left_out.items()]


def _grid_of(
    path: Path,
    grids: Mapping[Dimensions, list[Variable]],
    names: Sequence[str],
    left_out: Mapping[str, list[str]],
) -> list[Variable]:
    present = {variable.name: group for group in grids.values() for variable in group}
    others = {name: why for why, some in left_out.items() for name in some}
    for name in names:
        if name not in present:
            known = f"it is left out: {others[name]}" if name in others else nearest(name, present)
            raise InputError(f"{path}: no variable {name!r}; {known}")
    if any(present[name] is not present[names[0]] for name in names):
        raise InputError(
            f"{path}: {', '.join(names)} are not on one grid: {_described(grids.values())}"
        )
    return present[names[0]]


def _described(groups: Iterable[Sequence[Variable]]) -> str:
    return "; ".join(
        f"{', '.join(v.name for v in group)} on ({', '.join(base(d) for d in group[0].dims)})"
        for group in groups
    )


def _check_whole(path: Path, variables: Mapping[str, Variable], chosen: Sequence[Variable]) -> None:
    """An unlimited dimension is as long as its longest variable; what others lack was never
    written.
    """
    sizes: dict[str, int] = {}
    for variable in variables.values():
        for dim, n in zip(variable.dims, variable.dataset.shape, strict=False):
            sizes[dim] = max(sizes.get(dim, 0), n)
    for variable in chosen:
        for dim, n in zip(variable.dims, variable.dataset.shape, strict=True):
            if n < sizes[dim]:
                raise InputError(
                    f"{path}: {variable.name!r} holds {n} of the {sizes[dim]} values along"
                    f" {base(dim)!r}, the rest was never written; leave it out with"
                    " variables=[...], or write it whole"
                )
