"""The one writer of the canonical HDF5 layout: fields come block by block, never the whole in
memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.layout import FieldLayout

FORMAT = "rom-snapshots"
VERSION = 1
CHUNK_ROWS, CHUNK_BYTES = (
    16,
    2**22,
)  # a viewer reads one snapshot at a time and unpacks whole chunks


@dataclass(frozen=True)
class Contents:
    """What a canonical file holds besides the fields; everything that belongs to a snapshot has its
    rows in order.
    """

    layout: FieldLayout
    n_snapshots: int
    times: np.ndarray | None = None
    time_unit: str = ""
    trajectories: np.ndarray | None = None
    parameters: Mapping[str, np.ndarray] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)


def write_file(
    path: Path,
    contents: Contents,
    blocks: Iterable[Sequence[np.ndarray]],
    dtypes: Sequence[np.dtype],
    *,
    chunk_rows: int = CHUNK_ROWS,
    compression: int = 1,
) -> None:
    """Write a canonical file (docs/layouts/canonical.md).

    Parameters
    ----------
    path : an existing file is replaced.
    contents : layout, times, parameters.
    blocks : consecutive snapshots, for each block one array (m, *grid) per variable.
    dtypes : of each variable.
    chunk_rows : whole snapshots per compressed chunk, fewer where a chunk would exceed 4 MiB.
    compression : gzip level.
    """
    layout = contents.layout
    with h5py.File(path, "w") as file:
        file.attrs.update(
            {"rom_format": FORMAT, "rom_version": VERSION, "axes": " ".join(layout.axes)}
        )
        file.attrs["variables"] = list(layout.variables)
        if layout.periodic:
            file.attrs["periodic"] = " ".join(layout.periodic)
        file.attrs.update(dict(contents.attributes))
        _write_fields(file, contents, blocks, dtypes, chunk_rows, compression)
        _write_layout(file, layout)
        if contents.times is not None:
            file["time"] = np.asarray(contents.times, dtype=np.float64)
            file["time"].attrs["units"] = contents.time_unit
        if contents.trajectories is not None:
            file["trajectories"] = np.asarray(contents.trajectories, dtype=np.int64)
        for name, values in contents.parameters.items():
            file[f"parameters/{link_name(name)}"] = storable(values)


def _write_fields(
    file: h5py.File,
    contents: Contents,
    blocks: Iterable[Sequence[np.ndarray]],
    dtypes: Sequence[np.dtype],
    chunk_rows: int,
    compression: int,
) -> None:
    layout, n = contents.layout, contents.n_snapshots
    masks = np.broadcast_to(
        False if layout.mask is None else layout.mask, (layout.n_variables, *layout.grid_shape)
    )
    datasets = []
    for name, unit, dtype in zip(layout.variables, layout.units, dtypes, strict=True):
        dataset = file.create_dataset(
            f"fields/{name}",
            (n, *layout.grid_shape),
            dtype,
            chunks=chunk_shape(n, layout.grid_shape, np.dtype(dtype).itemsize, chunk_rows),
            compression="gzip",
            compression_opts=compression,
            shuffle=True,
        )
        dataset.attrs["units"] = unit
        datasets.append(dataset)
    start = 0
    for block in blocks:
        for dataset, values, masked in zip(datasets, block, masks, strict=True):
            if masked.any():
                values = np.where(masked, np.nan, values)
            dataset[start : start + len(values)] = values
        start += len(block[0])
    assert start == n, f"{start} of {n} snapshots came"


def _write_layout(file: h5py.File, layout: FieldLayout) -> None:
    for axis, values in layout.coordinates.items():
        file[f"coordinates/{axis}"] = values
        file[f"coordinates/{axis}"].attrs["units"] = layout.coordinate_units.get(axis, "")
    if layout.weights is not None:
        file["weights"] = layout.weights
    if layout.mask is not None:
        file["mask"] = layout.mask.astype(np.uint8)
    if layout.mesh is not None:
        meta, arrays = layout.mesh.state()
        for name, values in arrays.items():
            if len(values):
                file[f"mesh/{name}"] = values
        file["mesh"].attrs.update(meta)


def link_name(name: str) -> str:
    r"""A name as HDF5 can hold it: there a slash stands between groups, and some have a meaning.

    >>> link_name("p/p0"), link_name(".."), link_name("Re")
    ('p∕p0', '_..', 'Re')
    """
    name = name.replace("/", "\N{DIVISION SLASH}").replace("\0", "\\x00")
    return name if name.strip(".") else f"_{name}"


def storable(values: Any) -> np.ndarray:
    """An array that HDF5 takes: text as variable-length UTF-8."""
    array = np.asarray(values)
    return array.astype(h5py.string_dtype()) if array.dtype.kind == "U" else array


def chunk_shape(
    n: int, grid: Sequence[int], itemsize: int, rows: int = CHUNK_ROWS
) -> tuple[int, ...]:
    """Whole snapshots of about CHUNK_BYTES; a larger snapshot is cut along its slowest axes.

    >>> chunk_shape(500, (40, 96), 8), chunk_shape(500, (1000, 1000), 8)
    ((16, 40, 96), (1, 524, 1000))
    >>> chunk_shape(9, (4, 1000, 1000), 8)
    (1, 1, 524, 1000)
    """
    shape = [min(rows, n), *grid]
    for axis in range(len(shape)):
        bytes_below = itemsize * int(np.prod(shape[axis + 1 :]))
        if shape[axis] * bytes_below <= CHUNK_BYTES:
            break
        shape[axis] = max(1, CHUNK_BYTES // bytes_below)
    return tuple(shape)
