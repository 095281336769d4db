"""Row sources: where the rows of :class:`rom.Snapshots` come from, read a few at a time."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import h5py
import numpy as np

from rom.errors import InputError


class RowSource(Protocol):
    """Rows that can be read in any order, a few at a time."""

    shape: tuple[int, int]
    dtype: np.dtype
    chunk_rows: int  # rows that are stored together: reading fewer costs as much

    def read(self, rows: np.ndarray) -> np.ndarray:
        """The rows with these increasing, unique numbers: (len(rows), n_features)."""
        ...


class ArraySource:
    """Rows of an array in memory, multiplied by `factor` when they are read.

    The factor turns stored integers into physical values without a second copy of the whole array.
    """

    def __init__(self, array: np.ndarray, *, factor: float | None = None) -> None:
        self.array = array.reshape(len(array), math.prod(array.shape[1:]))
        self.factor = factor
        self.shape = (self.array.shape[0], self.array.shape[1])
        self.dtype = np.dtype(np.float32) if factor is not None else array.dtype
        self.chunk_rows = 1

    def read(self, rows: np.ndarray) -> np.ndarray:
        block = self.array[_as_slice(rows)]
        return block if self.factor is None else block * self.dtype.type(self.factor)


@dataclass(frozen=True)
class DatasetAxes:
    """One HDF5 dataset and what its axes are, e.g. ``("UV", ("t", "y", "x", "c"))``."""

    dataset: str
    axes: tuple[str, ...]


class H5Source:
    """Rows of one or several HDF5 datasets, each with a time axis ``t`` and maybe a variable axis ``c``.

    The file is opened read-only and lazily, once per process: an HDF5 handle survives neither pickling
    nor a fork.
    """

    def __init__(self, path: str | Path, datasets: Sequence[DatasetAxes], grid_axes: Sequence[str]) -> None:
        self.path = Path(path).resolve()
        self.datasets = tuple(datasets)
        self.grid_axes = tuple(grid_axes)
        self._handle: h5py.File | None = None
        self._handle_pid = -1
        n_rows, n_features, chunk_rows = 0, 0, 1
        dtypes = []
        for entry in self.datasets:
            dataset = self._file[entry.dataset]
            n_rows = dataset.shape[entry.axes.index("t")]
            n_features += dataset.size // n_rows if n_rows else 0
            if dataset.chunks:
                chunk_rows = max(chunk_rows, dataset.chunks[entry.axes.index("t")])
            dtypes.append(dataset.dtype)
        self.shape = (n_rows, n_features)
        dtype = np.result_type(*dtypes)
        # the float type that holds the values; extended precision ends here
        fits = np.result_type(dtype, np.float32) == np.float32
        self.dtype = np.dtype(np.float32 if fits else np.float64)
        self.chunk_rows = chunk_rows

    @property
    def _file(self) -> h5py.File:
        if self._handle is None or self._handle_pid != os.getpid():
            self._handle, self._handle_pid = h5py.File(self.path, "r"), os.getpid()
        return self._handle

    def __getstate__(self) -> dict:
        return self.__dict__ | {"_handle": None}

    def read(self, rows: np.ndarray) -> np.ndarray:
        parts = []
        for entry in self.datasets:
            dataset = self._file[entry.dataset]
            index: list = [slice(None)] * dataset.ndim
            index[entry.axes.index("t")] = _as_slice(rows)
            order = [entry.axes.index(a) for a in ("t", "c", *self.grid_axes) if a in entry.axes]
            try:
                values = dataset[tuple(index)]
            except OSError as error:
                raise InputError(
                    f"{self.path}: dataset {entry.dataset!r} is damaged, row {rows[0]} or later: {error}"
                ) from error
            parts.append(values.transpose(order).reshape(len(rows), -1))
        block = parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)
        return block.astype(self.dtype, copy=False)


def _as_slice(rows: np.ndarray) -> slice | np.ndarray:
    """A slice where the rows are consecutive: HDF5 and NumPy both read it without an index."""
    if len(rows) and rows[-1] - rows[0] == len(rows) - 1:
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows
