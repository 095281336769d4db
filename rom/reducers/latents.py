"""Latents as a file: what ``rom encode`` writes and ``rom decode`` reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING

import h5py
import numpy as np

from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.limits import check_fits
from rom.data.write.canonical import link_name, storable
from rom.data.write.files import check_free
from rom.data.write.xarray_dataset import dataset, row_coordinates
from rom.errors import InputError, reading
from rom.files import writing
from rom.reducers.latents_text import TEXT, read_table

if TYPE_CHECKING:
    import xarray

FORMAT, VERSION = "rom-latents", 1


@dataclass(frozen=True)
class Latents:
    """Latents of snapshots, and what belongs to each snapshot.

    Parameters
    ----------
    values : (n_snapshots, n_components) array; posterior means where there is a posterior.
    log_variance : (n_snapshots, n_components) array, optional. ln sigma^2 of the posterior (natural
        logarithm).
    times, time_unit, trajectories, parameters : as for :class:`rom.Snapshots`.
    dataset, reducer, model : names of the data set and of the reducer, sha256 of the model file; ""
        unknown.
    """

    values: np.ndarray
    log_variance: np.ndarray | None = None
    times: np.ndarray | None = None
    time_unit: str = ""
    trajectories: np.ndarray | None = None
    parameters: Mapping[str, np.ndarray] = field(default_factory=dict)
    dataset: str = "latents"
    reducer: str = ""
    model: str = ""

    def to_xarray(self) -> xarray.Dataset:
        """A Dataset of xarray: ``latents``, and ``log_variance`` where there is a posterior."""
        along, coordinates = row_coordinates(
            len(self.values), self.times, self.time_unit, self.trajectories, self.parameters
        )
        dims = along, "latent"
        variables = {"latents": (dims, self.values)}
        if self.log_variance is not None:
            variables["log_variance"] = (dims, self.log_variance)
        return dataset(variables, coordinates)


def write_latents(path: str | Path, latents: Latents, sources: Sequence[Path] = ()) -> None:
    """Write latents to an HDF5 file, whole or not at all; a file of `sources` is not
    overwritten.
    """
    path = Path(path)
    check_free([path], sources)
    with writing(path) as part, h5py.File(part, "w") as file:
        file.attrs.update(
            {"rom_format": FORMAT, "rom_version": VERSION, "n_components": latents.values.shape[1]}
        )
        file.attrs.update(
            {"dataset": latents.dataset, "reducer": latents.reducer, "model": latents.model}
        )
        file["latents"] = latents.values
        for name in ("log_variance", "trajectories"):
            if (values := getattr(latents, name)) is not None:
                file[name] = values
        if latents.times is not None:
            file["time"] = latents.times
            file["time"].attrs["units"] = latents.time_unit
        for name, values in latents.parameters.items():
            file[f"parameters/{link_name(name)}"] = storable(values)


def read_latents(path: str | Path, *, dataset: str | None = None, finite: bool = True) -> Latents:
    """Read latents from a file that :func:`write_latents` wrote, from any HDF5 file, from a .npy or
    from a .csv file.

    Parameters
    ----------
    dataset : of an HDF5 file, default "latents"; InputError for other files
    finite : refuse NaN and infinite values

    A .csv file has one row per snapshot, with commas, semicolons or tabs, and names in its first
    row or none. A column that is named time or t holds the times.

    Raises
    ------
    InputError
        If the file is none of these, or its latents are not a table of (finite) numbers.
    """
    path, kind = Path(path), Path(path).suffix.lower()
    if not path.is_file():
        raise InputError(f"{path}: {'a folder, not a file' if path.is_dir() else 'no such file'}")
    hdf5_file = h5py.is_hdf5(path)
    if not hdf5_file and kind not in (".npy", *TEXT):
        raise InputError(
            f"{path}: latents are read from .npy, {', '.join(TEXT)} and HDF5 files; this is none of"
            " them"
        )
    if not hdf5_file and dataset is not None:
        raise InputError(
            f"{path}: dataset={dataset!r} is for HDF5 files; this file holds one table"
        )
    with reading(path):
        if hdf5_file:
            latents = _read_hdf5(path, dataset or "latents")
        elif kind == ".npy":
            latents = _read_npy(path)
        else:
            check_fits(2 * path.stat().st_size, "the table")
            values, times = read_table(path)
            latents = Latents(values, times=times, dataset=path.stem)
        return _checked(path, latents, finite)


def _checked(path: Path, latents: Latents, finite: bool) -> Latents:
    values = latents.values
    if values.ndim != 2 or 0 in values.shape or values.dtype.kind not in "fiu":
        raise InputError(
            f"{path}: latents are a table (n_snapshots, n_components) of numbers, not"
            f" {_what(values)}"
        )
    if finite and not np.isfinite(values).all():
        raise InputError(f"{path}: the latents hold NaN or infinite values")
    _check_fit(path, latents)
    return latents


def _check_fit(path: Path, latents: Latents) -> None:
    """What belongs to the snapshots has a value for each."""
    shape = latents.values.shape
    if latents.log_variance is not None and latents.log_variance.shape != shape:
        raise InputError(
            f"{path}: log_variance has shape {latents.log_variance.shape}, the latents {shape}"
        )
    for name, values in (("time", latents.times), ("trajectories", latents.trajectories)):
        if values is not None and values.shape != shape[:1]:
            raise InputError(
                f"{path}: {name} has shape {values.shape}, not one value for each of {shape[0]}"
                " snapshots"
            )


def _what(values: np.ndarray) -> str:
    return f"{values.dtype} of shape {values.shape}"


def _read_npy(path: Path) -> Latents:
    try:
        # maps what is there: a header that claims more is refused, whatever it claims
        values = np.array(np.lib.format.open_memmap(path, mode="r"))
        return Latents(values, dataset=path.stem)
    except (ValueError, EOFError, SyntaxError, TokenError) as error:
        raise InputError(
            f"{path}: not an array of numbers, or damaged (Python objects are never unpickled); "
            "numpy.save an array of floats, one row per snapshot"
        ) from error


def _read_hdf5(path: Path, dataset: str) -> Latents:
    with open_hdf5(path) as file:
        version = file.attrs.get("rom_version")
        if (
            hdf5.text(file, "rom_format") == FORMAT
            and isinstance(version, int | np.integer)
            and version > VERSION
        ):
            raise InputError(
                f"{path}: written by a newer version of this package, update it to read the file"
            )
        values = hdf5.read(file, dataset, path)
        log_variance, times, trajectories = (
            hdf5.optional(file, name if name in file else None, path)
            for name in ("log_variance", "time", "trajectories")
        )
        time_unit = "" if times is None else str(file["time"].attrs.get("units", ""))
        names = {key: str(file.attrs.get(key, "")) for key in ("dataset", "reducer", "model")}
        names["dataset"] = names["dataset"] or path.stem
        return Latents(
            values, log_variance, times, time_unit, trajectories, hdf5.parameters(file), **names
        )
