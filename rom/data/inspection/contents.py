"""Which datasets lie in an HDF5 file, how they are stored, and what reading them would need. No
values are read.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from rom.data.filters import filters_of, missing_filters
from rom.data.hdf5_look import dataset_paths
from rom.data.hdf5_open import open_hdf5

#: Datasets that are described one by one; of others only the number is given.
MAX_DATASETS = 10_000
STORAGE = {
    h5py.h5d.CONTIGUOUS: "contiguous",
    h5py.h5d.CHUNKED: "chunked",
    h5py.h5d.COMPACT: "compact",
}


@dataclass(frozen=True)
class Item:
    """One dataset as it is stored.

    `stored_bytes` is what it takes in the file, `nbytes` what its values take as they are;
    `missing_filters` are those that are needed to read it and not installed.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    unit: str
    storage: str
    chunks: tuple[int, ...] | None
    filters: tuple[str, ...]
    missing_filters: tuple[str, ...]
    nbytes: int
    stored_bytes: int


def list_datasets(path: Path) -> tuple[list[Item], int]:
    """The first `MAX_DATASETS` datasets of a file, and how many there are. Links to other files are
    not followed.
    """
    with open_hdf5(path) as file:
        paths = [path.decode("utf-8", "surrogateescape") for path in dataset_paths(file)]
        return [_item(name, file[name]) for name in paths[:MAX_DATASETS]], len(paths)


def _item(name: str, dataset: h5py.Dataset) -> Item:
    plist = dataset.id.get_create_plist()
    storage = "virtual" if dataset.is_virtual else STORAGE.get(plist.get_layout(), "unknown")
    return Item(
        name,
        dataset.shape or (),
        _type_words(dataset.dtype),
        unit_of(dataset),
        "external" if plist.get_external_count() else storage,
        dataset.chunks,
        tuple(filters_of(dataset)),
        tuple(missing_filters(dataset)),
        int(dataset.nbytes) if dataset.shape is not None else 0,
        int(dataset.id.get_storage_size()),
    )


def _type_words(dtype: np.dtype) -> str:
    if h5py.check_string_dtype(dtype) is not None or dtype.kind in "SU":
        return "text"
    if h5py.check_ref_dtype(dtype) is not None:
        return "reference"
    if dtype.names:
        return f"compound of {len(dtype.names)}"
    return str(dtype) if dtype.kind in "fiubc" else "other"


def unit_of(dataset: h5py.Dataset) -> str:
    """The attribute that says the unit, "" where there is none."""
    for key in ("units", "unit", "Units", "Unit"):
        value = dataset.attrs.get(key)
        if isinstance(value, np.ndarray) and value.size == 1:
            value = value.ravel()[0]
        if isinstance(value, bytes):
            value = value.decode(errors="replace")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def chunk_shape(item: Item, time_axis: int, target_bytes: int = 2**20) -> tuple[int, ...]:
    """Chunks that are long in time and short in space, of about 1 MiB: for reading by tiles.

    >>> shape = (2000, 1000, 1000)
    >>> item = Item("u", shape, "float32", "", "chunked", None, (), (), 8_000_000_000, 1)
    >>> chunk_shape(item, 0)
    (200, 32, 32)
    """
    chunk = [min(n, 200) if axis == time_axis else n for axis, n in enumerate(item.shape)]
    itemsize = max(1, item.nbytes // max(1, int(np.prod(item.shape))))
    while np.prod(chunk) * itemsize > target_bytes:
        largest = max(
            (axis for axis in range(len(chunk)) if axis != time_axis), key=lambda axis: chunk[axis]
        )
        if chunk[largest] == 1:
            break
        chunk[largest] = -(-chunk[largest] // 2)
    return tuple(chunk)
