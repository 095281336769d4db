"""HDF5 files as containers of arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def files_of(dataset: h5py.Dataset, path: Path) -> list[Path]:
    """The files, besides that of this path, that hold the values of a dataset, as it names them.

    What the sources of a virtual dataset lead to in turn is not followed.
    """
    here = Path(dataset.file.filename)
    found = [here]
    if dataset.is_virtual:
        # "." is the file itself; %b is where the number of a block stands, %% a %
        names = {source.file_name for source in dataset.virtual_sources()} - {"."}
        for name in sorted(names):
            pattern = name.replace("%b", "*").replace("%%", "%")
            found += sorted(here.parent.glob(pattern)) if "%b" in name else [here.parent / name]
    found += [Path(name) for name, _, _ in dataset.external or ()]  # from the current folder
    return [file for file in dict.fromkeys(found) if file.absolute() != path.absolute()]


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

    def beside(self, name: str) -> Sequence[Path]:
        """Where external links, virtual datasets and external storage lead to from here."""
        return files_of(hdf5.dataset(self._file, name, self.path), self.path)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return hdf5.dataset_names(self._file)

    def attributes(self) -> Mapping[str, Any]:
        return self._file.attrs
