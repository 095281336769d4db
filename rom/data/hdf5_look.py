"""A short look at an HDF5 file, by which a damaged one gives itself away: links, attributes, how
datasets are stored, and the values of small ones.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.linked import VARIABLE, check_linked
from rom.errors import InputError, reading

#: Seconds of work: of a file with thousands of datasets only the first are looked at.
SECONDS = 0.4
#: Values of a dataset that are read, and bytes of them; chunks of which the places are asked for.
VALUES, BYTES, CHUNKS = 100_000, 2**22, 50_000
#: The attribute with a list of references to scales for each axis.
SCALES = b"DIMENSION_LIST"
#: Values of an attribute or a dataset of which it is asked whether they refer to something.
REFERENCES = 100
#: Files that a virtual dataset is followed into.
FOLLOWED = 8
#: A dataset: its file, and its path in it.
Place = tuple[Path, str]


def look_all(paths: Sequence[str], folders: str) -> None:
    """Look at files, one after the other; `folders` is what `ROM_LINKED_FOLDERS` says by now."""
    os.environ[VARIABLE] = folders
    for path in paths:
        look(Path(path))


def look(path: Path) -> None:
    """Walk through a file.

    Raises
    ------
    InputError
        If a link, external storage or a virtual dataset leads out of the file's folder, or a
        virtual dataset to itself.
    """
    with reading(path), _opened(path) as file:
        # all links and all datasets: one that is not looked at may lead anywhere
        _check_links(file, path)
        datasets = dataset_paths(file)
        for name in datasets:
            _check_storage(file, name, path)
        end = time.process_time() + SECONDS
        for name in [b"/", *datasets]:
            if time.process_time() > end:
                break
            with suppress(Exception):  # whoever reads it meets the same exception, and says it
                _read(file[name])


def _opened(path: Path) -> h5py.File:
    try:
        return h5py.File(path, "r")
    except OSError as error:
        words = "incomplete, copy or write it again: " if "truncated" in str(error) else ""
        raise InputError(f"{path}: cannot be read: {words}{error}") from error


def _check_links(file: h5py.File, path: Path) -> None:
    found: list[bytes] = []

    def visit(name: bytes, info: Any) -> None:
        if info.type == h5py.h5l.TYPE_EXTERNAL:
            found.append(name)  # an error that is raised here is lost

    file.id.links.visit(visit, info=True)
    for name in found:
        check_linked(path, _text(file.id.links.get_val(name)[0]), f"the link {_text(name)!r}")


def dataset_paths(file: h5py.Group) -> list[bytes]:
    """Paths of all datasets, in the order of the file. Groups are not opened: a file may hold tens
    of thousands.
    """
    found: list[bytes] = []

    def visit(name: bytes, info: Any) -> None:
        if info.type == h5py.h5o.TYPE_DATASET:
            found.append(name)

    h5py.h5o.visit(file.id, visit, info=True)
    return found


def _check_storage(file: h5py.File, name: bytes, path: Path) -> None:
    """Where the values of a dataset lie, if not in the file itself; and its dimension scales."""
    dataset = h5py.h5d.open(file.id, name)
    _check_scales(dataset, name, path)
    plist = dataset.get_create_plist()
    layout = plist.get_layout()
    if layout == h5py.h5d.VIRTUAL:
        _check_virtual((path.resolve(), _full(name)), file[name], (), path)
    elif layout == h5py.h5d.CONTIGUOUS:
        for number in range(plist.get_external_count()):
            target = _text(plist.get_external(number)[0])
            check_linked(path, target, f"the external storage of {_text(name)!r}", is_next=False)


def _check_scales(dataset: h5py.h5d.DatasetID, name: bytes, path: Path) -> None:
    """Refuse scales of another type: the library takes them for what they are not, and dies or
    reads anything.
    """
    if not h5py.h5a.exists(dataset, SCALES):
        return
    found = h5py.h5a.open(dataset, SCALES)
    kind, is_list = found.get_type(), False
    if kind.get_class() == h5py.h5t.VLEN:
        is_list = kind.get_super().get_class() == h5py.h5t.REFERENCE
    if not is_list or found.shape != (dataset.rank,):
        raise InputError(f"{path}: damaged: DIMENSION_LIST of {_text(name)!r} is no list of scales")


def _check_virtual(
    place: Place, dataset: h5py.Dataset, above: tuple[Place, ...], path: Path
) -> None:
    """Follow the sources of a virtual dataset; `above` are those that it is a source of."""
    if place in above:
        raise InputError(f"{path}: the virtual dataset {place[1]!r} is a source of itself")
    if len(above) > FOLLOWED:
        raise InputError(f"{path}: the virtual dataset {above[0][1]!r} is nested too deeply")
    sources = {(source.file_name, source.dset_name) for source in dataset.virtual_sources()}
    files = {name for name, _ in sources} - {"."}
    for name in files:
        check_linked(place[0], name, f"a source of the virtual dataset {place[1]!r}")
    for name, inner in sources:
        source = place[0] if name == "." else (place[0].parent / name).resolve()
        if source != place[0] and (len(files) > FOLLOWED or not source.is_file()):
            continue
        with suppress(OSError, KeyError), h5py.File(source, "r") as file:
            found = file.get(inner)
            if isinstance(found, h5py.Dataset) and found.is_virtual:
                _check_virtual((source, _full(inner)), found, (*above, place), path)


def _read(item: Any) -> None:
    """Attributes and what they refer to, and of a dataset its type, its dimension scales, the
    places of its chunks and its values if they are few.
    """
    for name in item.attrs:
        with suppress(Exception):
            _follow(item.file, item.attrs[name])
    if not isinstance(item, h5py.Dataset):
        return
    for dimension in item.dims:
        with suppress(Exception):
            dimension.items()
    shape, itemsize, chunks = item.shape or (), item.dtype.itemsize, item.chunks
    if chunks and math.prod(-(-n // c) for n, c in zip(shape, chunks, strict=True)) < CHUNKS:
        item.id.chunk_iter(lambda info: None)
    stored = math.prod(chunks or shape) * itemsize
    if math.prod(shape) <= VALUES and max(stored, math.prod(shape) * itemsize) <= BYTES:
        _follow(item.file, item[()])


def _follow(file: h5py.File, values: Any) -> None:
    """Open what references lead to, one, or several for each dimension."""
    for value in np.ravel(values)[:REFERENCES]:
        for one in np.ravel(value):
            if isinstance(one, h5py.Reference) and one:
                with suppress(Exception):
                    file[one].name  # noqa: B018


def _text(name: bytes | str) -> str:
    return name.decode("utf-8", "surrogateescape") if isinstance(name, bytes) else name


def _full(name: bytes | str) -> str:
    return "/" + _text(name).strip("/")
