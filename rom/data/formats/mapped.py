"""A plain HDF5 dataset (or one per variable) with a mapping that the user or a card gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats import hdf5
from rom.data.formats.options import LIST, NAME, NAMES, TABLE, check_options, choose_variables, one_path
from rom.data.h5source import H5Source, Part, Segment
from rom.data.layout import FieldLayout
from rom.data.snapshots import Snapshots, default_variables, parse_axes
from rom.errors import InputError

OPTIONS = {"dataset": NAMES, "axes": NAMES, "variables": NAMES, "units": LIST, "coordinates": TABLE}
OPTIONS |= dict.fromkeys(["time", "time_unit", "weights", "mask"], NAME)


def recognise(path: Path) -> str:
    """Never by itself: an anonymous dataset needs its axes given."""
    return ""


def open_files(paths: Sequence[Path], mapping: Mapping[str, Any]) -> Snapshots:
    """Open datasets of an HDF5 file by an explicit mapping.

    Options: ``dataset`` (a name, or a list with one dataset per variable), ``axes`` (e.g. "t y x c"),
    ``variables`` and ``units`` (names in the order of c or of the datasets), ``time``, ``weights``,
    ``mask`` (names of datasets), ``time_unit``, ``coordinates`` (axis name -> dataset name). Units that are not
    given come from the attribute ``units`` of the datasets, names of variables from the datasets' names.
    """
    check_options(mapping, OPTIONS, "a mapping")
    path = one_path(paths, "a mapping")
    hdf5.require_hdf5(path)
    with h5py.File(path, "r") as file:
        if "dataset" not in mapping:
            raise InputError(f"{path}: which dataset? Give dataset='NAME' and its axes; {hdf5.describe(file)}")
        if "axes" not in mapping:
            raise InputError(f"{path}: name the axes of the dataset, e.g. axes='t y x c'; {hdf5.describe(file)}")
        wanted = mapping["dataset"]
        names = [wanted] if isinstance(wanted, str) else list(wanted)
        datasets = [hdf5.dataset(file, name, path) for name in names]
        axes = [parse_axes(mapping["axes"], d.ndim, f"{path}:{d.name} of shape {d.shape}") for d in datasets]
        shapes = {d.shape for d in datasets}
        if len(shapes) > 1:
            raise InputError(f"{path}: the datasets {', '.join(names)} differ in shape: {sorted(shapes)}")
        if len(datasets) > 1 and "c" in axes[0]:
            raise InputError(f"{path}: give several datasets or an axis 'c', not both")
        shape = dict(zip(axes[0], datasets[0].shape, strict=True))
        grid = tuple(a for a in axes[0] if a not in ("t", "c"))
        count = len(datasets) * shape.get("c", 1)
        all_names = default_variables(count) if "c" in shape else tuple(n.split("/")[-1] for n in names)
        said = [str(d.attrs.get("units", "")) for d in datasets]
        variables = tuple(choose_names(mapping.get("variables"), all_names, path))
        weights, mask = (hdf5.optional(file, mapping.get(key), path) for key in ("weights", "mask"))
        layout = FieldLayout(
            variables,
            tuple(shape[a] for a in grid) or (1,),
            grid or ("point",),
            units=tuple(mapping.get("units", said * (count // len(datasets)))),
            coordinates=hdf5.coordinates(file, mapping.get("coordinates", {}), path),
            coordinate_units=hdf5.units(file, mapping.get("coordinates", {})),
            weights=weights,
            mask=None if mask is None else mask.astype(bool),
        )
        times = hdf5.optional(file, mapping.get("time"), path)
        time_unit = "" if times is None else str(file[mapping["time"]].attrs.get("units", ""))
    source = H5Source([Segment(tuple(Part(path.resolve(), n, axes[0]) for n in names))], grid)
    assumptions = [] if times is not None else ["no times given: rows are taken to be in the order of time"]
    return Snapshots(
        source,
        layout,
        times=None if times is None else np.ravel(times),
        time_unit=str(mapping.get("time_unit", time_unit)),
        ordered=True,
        name=Path(path).stem,
        assumptions=assumptions,
    )


def choose_names(given: Sequence[str] | str | None, default: Sequence[str], path: Path) -> list[str]:
    """Names the user gives to the variables, or the default ones."""
    names = [given] if isinstance(given, str) else list(given or default)
    if len(names) != len(default):
        raise InputError(f"{path}: {len(names)} names for {len(default)} variables: {', '.join(names)}")
    return choose_variables(names, names, path)
