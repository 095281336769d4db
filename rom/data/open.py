"""rom.open_snapshots: one door for data set names, cards and files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest
from rom.registry import SOURCES, load


def open_snapshots(data: str | Path, *, variables: Sequence[str] | str | None = None, **mapping: Any) -> Snapshots:
    """Open snapshots by data set name, card or file, without reading them.

    Parameters
    ----------
    data : str or path
        A data set name (``rom data list``), the path of a card (``card.toml``) or of a data file.
    variables : sequence of str, optional
        Which variables to take. Default: all.
    **mapping
        How to read a plain HDF5 dataset: ``dataset="UV"`` (a list: one dataset per variable),
        ``axes="t y x c"`` (t: snapshots, c: variables, the rest: grid), ``time="t"``, ``time_unit="s"``,
        ``units=["m/s", "m/s"]``, ``weights="area"``, ``mask="solid"``, ``coordinates={"x": "xc"}``.
        A mapping always wins over what the file says of itself.

    Returns
    -------
    Snapshots

    Raises
    ------
    InputError
        If there is no such data set or file, or it cannot be read as asked.

    Examples
    --------
    >>> open_snapshots("cylinder_wake").layout.variables
    ('u', 'v')
    """
    if variables is not None:
        mapping["variables"] = variables
    return open_mapped(data, mapping)


def open_mapped(data: str | Path, mapping: Mapping[str, Any]) -> Snapshots:
    """The same with the mapping as it comes from a study file: its keys may be anything."""
    if not isinstance(data, str | os.PathLike):
        raise InputError(f"a data set name or the path of a file expected, got {type(data).__name__}")
    mapping = dict(mapping)
    path = Path(data)
    if path.suffix == ".toml":
        return _open_card(path, mapping)
    try:
        is_file, is_folder = path.is_file(), path.is_dir()
    except OSError as error:  # a name that the file system refuses
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if is_file:
        return _open_file(path, mapping)
    if is_folder:
        raise InputError(f"{path} is a folder; give one HDF5 file in it, or a data set name")
    if path.suffix or os.sep in str(data):
        raise InputError(f"{path}: no such file")
    return _open_card(str(data), mapping)


def _open_card(name: str | Path, mapping: dict[str, Any]) -> Snapshots:
    from rom.data import catalog  # here: pydantic is not needed to open a file

    card = catalog.read_card(name) if isinstance(name, Path) else catalog.find_card(name)
    if card.format not in SOURCES:
        raise InputError(f"{card.name}: unknown format {card.format!r}; {nearest(card.format, SOURCES)}")
    snapshots = _open_as(card.format, catalog.fetch(card), card.mapping | mapping)
    snapshots.name, snapshots.card = card.name, card
    return snapshots


def _open_file(path: Path, mapping: dict[str, Any]) -> Snapshots:
    return _open_as("mapped" if "dataset" in mapping or "axes" in mapping else _recognise(path), [path], mapping)


def _recognise(path: Path) -> str:
    """The layout that recognises a file as its own."""
    import h5py

    from rom.data.formats import hdf5

    with _naming(path):
        for name in SOURCES:
            if load(SOURCES[name]).recognise(path):
                return name
        hdf5.require_hdf5(path)
        with h5py.File(path, "r") as file:
            described = hdf5.describe(file)
        raise InputError(f"{path}: layout not recognised; say dataset='NAME' and axes='t y x'; {described}")


def _open_as(layout: str, paths: list[Path], mapping: dict[str, Any]) -> Snapshots:
    with _naming(*paths):
        return load(SOURCES[layout]).open_files(paths, mapping)


@contextmanager
def _naming(*paths: Path) -> Iterator[None]:
    """Every error that a file causes is an InputError that names the file."""
    where = f"{paths[0]}: " if paths else ""
    try:
        yield
    except InputError as error:
        named = any(str(path) in str(error) for path in paths)
        raise InputError(str(error) if named else f"{where}{error}") from error
    except OSError as error:
        raise InputError(f"{where}cannot be read: {error}") from error
    except KeyError as error:
        raise InputError(f"{where}damaged: {error.args[0]}") from error
