"""Snapshots as files: HDF5 in the canonical layout and XDMF next to it, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rom.data.order import by_time
from rom.data.write.canonical import Contents, write_file
from rom.data.write.files import check_free
from rom.data.write.geometry import geometry
from rom.data.write.pvd import write_pvd
from rom.data.write.xdmf import add_views, is_ours, write_xdmf
from rom.errors import InputError
from rom.files import writing_together
from rom.registry import load

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots


def write_snapshots(
    path: str | Path, snapshots: Snapshots, *, like: Snapshots | str | Path | None = None
) -> list[Path]:
    """What :meth:`rom.Snapshots.write` does."""
    path = Path(path)
    if path.suffix.lower() in (".xdmf", ".xmf"):
        raise InputError(
            f"{path}: give the name of the HDF5 file, e.g. {path.with_suffix('.h5').name}"
        )
    if ":" in path.name:
        raise InputError(f"{path}: XDMF cannot refer to a file with ':' in its name")
    sources = [*snapshots.files]
    if like is not None:
        # by its name: opening stands above the snapshots, which know how to be written
        opened = load("rom.data.open:open_snapshots")
        known: Snapshots = opened(like) if isinstance(like, str | Path) else like
        sources += known.files
        snapshots = completed(snapshots, known)
    snapshots = _in_order(snapshots)
    if path.suffix.lower() == ".pvd":
        check_free([path], sources)
        return write_pvd(path, snapshots)
    layout = snapshots.layout.unpack()
    place = geometry(layout)
    groups = _trajectories(path, snapshots)
    check_free([path, *groups], sources)
    for other in groups:
        if other.exists() and not is_ours(other):
            raise InputError(f"{other}: is there and was not written by rom; choose another name")
    times = np.arange(float(len(snapshots))) if snapshots.times is None else snapshots.times
    contents = Contents(
        layout,
        len(snapshots),
        snapshots.times,
        snapshots.time_unit,
        snapshots.trajectories,
        snapshots.parameters,
    )
    with writing_together([path, *groups]) as (hdf5, *xdmf):
        write_file(hdf5, contents, _blocks(snapshots), [snapshots.dtype] * layout.n_variables)
        add_views(hdf5, layout, place, len(snapshots))
        for part, rows in zip(xdmf, groups.values(), strict=True):
            write_xdmf(
                part, path.name, layout, place,
                rows=rows, times=times[rows], time_unit=snapshots.time_unit, dtype=snapshots.dtype,
            )  # fmt: skip
    return [path, *groups]


def _blocks(snapshots: Snapshots) -> Iterator[Sequence[np.ndarray]]:
    for rows in snapshots.blocks():
        yield list(np.moveaxis(snapshots.layout.to_fields(rows), 1, 0))


def completed(snapshots: Snapshots, like: Snapshots) -> Snapshots:
    """The snapshots with what they do not know of themselves taken from others of the same
    features.

    Raises
    ------
    InputError
        If they describe different fields.
    """
    own, other = snapshots.layout, like.layout.unpack()
    packed = next((p for p in (other, other.pack()) if p.n_features == own.n_features), None)
    same = (own.variables, own.axes, own.grid_shape) == (
        other.variables,
        other.axes,
        other.grid_shape,
    )
    if not (same or (own.is_anonymous and packed is not None)):
        raise InputError(
            f"rows of {own.n_features} values ({', '.join(own.variables)} on {own.grid_shape}) are"
            f" not like those of {like.name} ({', '.join(other.variables)} on {other.grid_shape})"
        )
    if same:
        layout = replace(
            own,
            units=tuple(
                mine or theirs for mine, theirs in zip(own.units, other.units, strict=True)
            ),
            coordinates={**other.coordinates, **own.coordinates},
            coordinate_units={**other.coordinate_units, **own.coordinate_units},
            weights=other.weights if own.weights is None else own.weights,
            mask=other.mask if own.mask is None else own.mask,
            mesh=own.mesh or other.mesh,
            periodic=own.periodic or other.periodic,
        )
    else:
        assert packed is not None
        layout = packed
    view = snapshots.map(None, layout).replace(time_unit=snapshots.time_unit or like.time_unit)
    if len(like) != len(snapshots) or snapshots.times is not None:
        return view
    if snapshots.trajectories is not None:
        return view
    return view.replace(
        times=like.times,
        trajectories=like.trajectories,
        parameters={**like.parameters, **snapshots.parameters},
    )


def _in_order(snapshots: Snapshots) -> Snapshots:
    """By trajectory and time, as they are read again; a choice of rows can be in any order."""
    order, repeated = by_time(snapshots)
    if len(repeated):
        raise InputError(
            f"{snapshots.name}: a snapshot is in the choice twice, it can be written once"
        )
    return snapshots if np.array_equal(order, np.arange(len(order))) else snapshots.select(order)


def _trajectories(path: Path, snapshots: Snapshots) -> dict[Path, np.ndarray]:
    """XDMF file -> its rows: one file, or one per trajectory, because a viewer has one axis of
    time.
    """
    numbers = snapshots.trajectories
    if numbers is None or len(np.unique(numbers)) == 1:
        return {path.with_suffix(".xdmf"): np.arange(len(snapshots))}
    return {
        path.with_name(f"{path.stem}_t{n}.xdmf"): np.flatnonzero(numbers == n)
        for n in np.unique(numbers)
    }
