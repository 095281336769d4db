"""rom.open_snapshots: one door for data set names, cards and files."""

from __future__ import annotations

import os
from collections.abc import Sequence
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
        mapping["variables"] = [variables] if isinstance(variables, str) else list(variables)
    path = Path(data)
    if path.suffix == ".toml":
        return _open_card(path, mapping)
    if path.is_file():
        return _open_file(path, mapping)
    if path.is_dir():
        raise InputError(f"{path} is a folder; give one HDF5 file in it, or a data set name")
    if path.suffix or os.sep in str(data):
        raise InputError(f"{path}: no such file")
    return _open_card(str(data), mapping)


def _open_card(name: str | Path, mapping: dict[str, Any]) -> Snapshots:
    from rom.data import catalog  # here: pydantic is not needed to open a file

    card = catalog.read_card(name) if isinstance(name, Path) else catalog.find_card(name)
    if card.format not in SOURCES:
        raise InputError(f"{card.name}: unknown format {card.format!r}; {nearest(card.format, SOURCES)}")
    snapshots = load(SOURCES[card.format]).open_files(catalog.fetch(card), card.mapping | mapping)
    snapshots.name, snapshots.card = card.name, card
    return snapshots


def _open_file(path: Path, mapping: dict[str, Any]) -> Snapshots:
    import h5py

    try:
        if "dataset" in mapping or "axes" in mapping:
            _require_hdf5(path)
            return load(SOURCES["mapped"]).open_files([path], mapping)
        for name in SOURCES:
            source = load(SOURCES[name])
            if source.recognise(path):
                return source.open_files([path], mapping)
        _require_hdf5(path)
        with h5py.File(path, "r") as file:
            described = load(SOURCES["mapped"]).describe(file)
        raise InputError(f"{path}: layout not recognised; say dataset='NAME' and axes='t y x'; {described}")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    except KeyError as error:
        raise InputError(f"{path}: damaged: {error.args[0]}") from error


def _require_hdf5(path: Path) -> None:
    import h5py

    with open(path, "rb") as stream:
        head = stream.read(8)
    if not h5py.is_hdf5(path):
        kind = "empty" if not head else "not an HDF5 file"
        raise InputError(f"{path}: {kind}; rom reads HDF5 (and IDX images)")
