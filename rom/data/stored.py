"""Arrays that lie in files of any kind and are read box by box, and the files that hold them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from rom.errors import InputError, nearest

#: What is read of an array: a slice with start and stop, without a step, for each axis.
Box = tuple[slice, ...]


class StoredArray(Protocol):
    """An array whose boxes can be read.

    Attributes
    ----------
    shape : tuple of int
    dtype : of the values as they are stored
    chunks : what is stored together, None for values that follow each other
    is_divisible : whether a box inside a chunk costs only what it holds
    """

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> np.dtype: ...
    @property
    def chunks(self) -> tuple[int, ...] | None: ...
    @property
    def is_divisible(self) -> bool: ...

    def read(self, box: Box) -> np.ndarray:
        """The values of a box; OSError where the file is damaged."""
        ...

    def unit(self) -> str:
        """What the file says of its unit, "" where it says none."""
        ...


class Container(Protocol):
    """An open file: arrays by name."""

    def array(self, name: str) -> StoredArray:
        """The array of real numbers of that name; InputError where there is none."""
        ...

    def beside(self, name: str) -> Sequence[Path]:
        """Other files that the values of an array lie in."""
        ...

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The arrays that it holds."""
        ...

    def attributes(self) -> Mapping[str, Any]:
        """What the file says of itself as a whole."""
        ...


#: Opens a file, read-only. A function of a module, so that a source can be sent to a worker.
Opener = Callable[[Path], Container]


class HeldArray:
    """An array in memory, or one that NumPy maps into it."""

    chunks = None
    is_divisible = True

    def __init__(self, values: np.ndarray, unit: str = "") -> None:
        self.values, self.shape, self.dtype = values, values.shape, values.dtype
        self._unit = unit

    def read(self, box: Box) -> np.ndarray:
        return np.asarray(self.values[box])

    def unit(self) -> str:
        return self._unit


class HeldArrays:
    """A file whose arrays NumPy holds or maps.

    Examples
    --------
    >>> held = HeldArrays({"u": np.arange(6.0).reshape(2, 3)}, Path("a.npz"), {"u": "m/s"})
    >>> held.array("u").read((slice(0, 1), slice(1, 3))), held.array("u").unit()
    (array([[1., 2.]]), 'm/s')
    """

    def __init__(
        self, arrays: Mapping[str, np.ndarray], path: Path, units: Mapping[str, str] | None = None
    ) -> None:
        self.arrays, self.path, self.units = arrays, path, dict(units or {})

    def array(self, name: str) -> HeldArray:
        if name not in self.arrays:
            raise InputError(f"{self.path}: no array {name!r}; {nearest(name, self.arrays)}")
        values = self.arrays[name]
        if values.dtype.kind not in "fiub":
            raise InputError(f"{self.path}: {name!r} holds {values.dtype}, not real numbers")
        if values.size == 0:
            raise InputError(f"{self.path}: {name!r} of shape {values.shape} is empty")
        return HeldArray(values, self.units.get(name, ""))

    def beside(self, name: str) -> Sequence[Path]:
        return ()

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return {name: values.shape for name, values in self.arrays.items()}

    def attributes(self) -> Mapping[str, Any]:
        return {}


def described(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """The arrays of a file in words, at most twelve of them.

    >>> described({"u": (10, 4)}), described({})
    ('the file holds u (10, 4)', 'the file holds no dataset')
    """
    names = [f"{name} {shape}" for name, shape in shapes.items()]
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return f"the file holds {', '.join(names[:12])}{more}" if names else "the file holds no dataset"


def whole(array: StoredArray) -> np.ndarray:
    """All values."""
    return array.read(tuple(slice(0, n) for n in array.shape))


def vector(values: np.ndarray) -> np.ndarray:
    """A matrix of one row or column as a vector; others as they are."""
    return values.ravel() if max(values.shape, default=0) == values.size else values
