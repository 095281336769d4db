"""HDF5 files as containers of arrays."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from rom.data.formats.common import hdf5
from rom.data.hdf5_open import open_hdf5
from rom.data.slab import ChunkIndex, chunk_index, read_slab
from rom.data.stored import Box


class HDF5Array:
    """A dataset; its chunks are read without the library where that can be done."""

    def __init__(self, dataset: h5py.Dataset, index: ChunkIndex | None) -> None:
        self.dataset, self._index = dataset, index
        self.shape, self.dtype, self.chunks = dataset.shape, dataset.dtype, dataset.chunks

    @property
    def is_divisible(self) -> bool:
        """Without a filter a box inside a chunk can be read alone."""
        return self.dataset.id.get_create_plist().get_nfilters() == 0

    def read(self, box: Box) -> np.ndarray:
        return read_slab(self.dataset, box, self._index)

    def unit(self) -> str:
        return hdf5.text(self.dataset, "units")


class HDF5File:
    """An open HDF5 file, and where the chunks of its datasets lie."""

    def __init__(self, path: Path) -> None:
        self.path, self._file = path, open_hdf5(path)
        self._indices: dict[str, ChunkIndex | None] = {}

    def array(self, name: str) -> HDF5Array:
        dataset = hdf5.dataset(self._file, name, self.path)
        if name not in self._indices:
            self._indices[name] = chunk_index(dataset)
        return HDF5Array(dataset, self._indices[name])

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return hdf5.dataset_names(self._file)

    def attributes(self) -> Mapping[str, Any]:
        return self._file.attrs
