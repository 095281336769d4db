"""Image data and unstructured grids of VTKHDF: where values lie, and which box of an array each
step is.
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np

from rom.data.formats.common import hdf5, places
from rom.data.formats.common.places import Place
from rom.data.slab import read_all
from rom.errors import InputError

ROOT = "VTKHDF"
GROUPS = {"points": "PointData", "cells": "CellData"}
POLYHEDRON = 42  # its faces lie in arrays of their own
Box = list[tuple[int, int]]


class _Steps:
    """The group Steps of a file, or the single step of a file without."""

    def __init__(self, root: h5py.Group, path: Path) -> None:
        self.root, self.path = root, path
        self.temporal = "Steps" in root
        self.words: list[str] = []
        self.n_steps = 1
        if self.temporal:
            if not isinstance(root["Steps"], h5py.Group):
                raise InputError(f"{path}: {ROOT}/Steps is no group")
            n = np.ravel(root["Steps"].attrs.get("NSteps", ()))
            if len(n) != 1 or n.dtype.kind not in "iu" or n[0] < 1:
                raise InputError(
                    f"{path}: the attribute NSteps of {ROOT}/Steps must be a number of steps,"
                    f" got {n}"
                )
            self.n_steps = int(n[0])
            self.per_step("Values")  # refuses a number that is only claimed

    def times(self) -> np.ndarray | None:
        """Times of the steps; of a single one, what writers of VTK call TimeValue."""
        if self.temporal:
            return self.per_step("Values").astype(np.float64)
        stored = self.root.get("FieldData/TimeValue")
        return np.ravel(read_all(stored))[:1] if isinstance(stored, h5py.Dataset) else None

    def per_step(self, name: str) -> np.ndarray:
        """An array of Steps with an entry for each step."""
        values = self.numbers(f"Steps/{name}")
        if len(values) < self.n_steps:
            raise InputError(
                f"{self.path}: {ROOT}/Steps/{name} has {len(values)} entries, there are"
                f" {self.n_steps} steps"
            )
        return values[: self.n_steps]

    def offsets(self, name: str, default: np.ndarray) -> np.ndarray:
        """Offsets of the steps; `default` where the file has none of that name."""
        if not self.temporal or name not in self.root["Steps"]:
            return default
        if not np.isfinite(values := self.per_step(name)).all():
            raise InputError(
                f"{self.path}: {ROOT}/Steps/{name} holds values that are not finite; write the file"
                " again"
            )
        return values.astype(np.int64)

    def numbers(self, name: str) -> np.ndarray:
        return hdf5.read(self.root.file, f"{ROOT}/{name}", self.path).ravel()

    def require(self, array: h5py.Dataset, start: int, stop: int) -> None:
        if start < 0 or stop > len(array):
            raise InputError(
                f"{self.path}: {array.name} has {len(array)} rows, steps reach from {start} to"
                f" {stop}"
            )


class Image(_Steps):
    """Image data: a uniform grid; with Steps, the steps are a leading axis of the arrays."""

    def __init__(self, root: h5py.Group, path: Path) -> None:
        super().__init__(root, path)
        low, high = self._attribute("WholeExtent", 6).reshape(3, 2).T.astype(int)
        self.index = [np.arange(a, b + 1) for a, b in zip(low, high, strict=True)]
        self.origin, self.spacing = self._attribute("Origin", 3), self._attribute("Spacing", 3)
        self.direction = self._attribute("Direction", 9, np.eye(3)).reshape(3, 3)
        self._places: dict[str, Place] = {}

    def _attribute(self, name: str, n: int, default: object = ()) -> np.ndarray:
        values = np.ravel(self.root.attrs.get(name, default))
        if len(values) != n or values.dtype.kind not in "fiu":
            raise InputError(
                f"{self.path}: the attribute {name} of {ROOT} must be {n} numbers, got {values}"
            )
        return values

    def place(self, at: str) -> Place:
        """Where the values "points" or "cells" lie."""
        if at not in self._places:
            if np.array_equal(self.direction, np.eye(3)):
                x, y, z = (
                    o + s * i for o, s, i in zip(self.origin, self.spacing, self.index, strict=True)
                )
                self._places[at] = places.rectilinear({"z": z, "y": y, "x": x}, at)
            else:
                k, j, i = np.meshgrid(*self.index[::-1], indexing="ij")
                points = (
                    self.origin + (np.stack([i, j, k], axis=-1) * self.spacing) @ self.direction.T
                )
                self._places[at] = places.structured(points, at)
        return self._places[at]

    def sizes(self, at: str, array: h5py.Dataset) -> tuple[int, ...]:
        """Sizes of the component axes of an array."""
        return places.require_shape(
            array.name, array.shape[int(self.temporal) :], self.place(at), self.path
        )

    def boxes(self, at: str, array: h5py.Dataset) -> list[Box]:
        """The box of an array that each step is."""
        whole = [(0, n) for n in array.shape]
        if not self.temporal:
            return [whole]
        steps = self.offsets(
            f"{GROUPS[at]}Offsets/{array.name.split('/')[-1]}", np.arange(self.n_steps)
        )
        self.require(array, int(steps.min()), int(steps.max()) + 1)
        return [[(int(step), 1), *whole[1:]] for step in steps]


class Unstructured(_Steps):
    """An unstructured grid: the pieces of all steps lie one after the other; steps may share
    them.
    """

    def __init__(self, root: h5py.Group, path: Path) -> None:
        super().__init__(root, path)
        self.pieces = {
            "points": self._sizes("NumberOfPoints"),
            "cells": self._sizes("NumberOfCells"),
        }
        self.first_piece, self.n_pieces = self._pieces(len(self.pieces["points"]))
        self.ids = self._sizes("NumberOfConnectivityIds")
        if min(len(self.pieces["cells"]), len(self.ids)) < int(
            (self.first_piece + self.n_pieces).max()
        ):
            raise InputError(
                f"{path}: {ROOT}/NumberOfPoints has more pieces than NumberOfCells or"
                " ...ConnectivityIds"
            )
        self.counts = {at: self._count(at) for at in GROUPS}
        self.starts = {
            at: self.offsets(name, self._before(self.pieces[at]))
            for at, name in {"points": "PointOffsets", "cells": "CellOffsets"}.items()
        }
        moved = [
            int(np.argmax(starts != starts[0]))
            for starts in self.starts.values()
            if np.any(starts != starts[0])
        ]
        self.words += [places.MOVING.format(min(moved))] if moved else []

    def _pieces(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """Number of the first piece of each step, and how many it has."""
        if not self.temporal:
            return np.zeros(1, np.int64), np.array([n])
        shared = np.full(self.n_steps, n if n % self.n_steps else n // self.n_steps)
        many = self.offsets("NumberOfParts", shared)
        default = np.cumsum(many) - many if many.sum() == n else np.zeros(self.n_steps, np.int64)
        first = self.offsets("PartOffsets", default)
        if first.min() < 0 or (first + many).max() > n or many.min() < 1:
            raise InputError(
                f"{self.path}: {ROOT}/Steps names pieces that are not there: there are {n}"
            )
        return first, many

    def _sizes(self, name: str) -> np.ndarray:
        sizes = self.numbers(name)
        if sizes.dtype.kind not in "iu" or sizes.min() < 0:
            raise InputError(f"{self.path}: damaged: {ROOT}/{name} holds no sizes")
        return sizes.astype(np.int64)

    def _stored(self, name: str, start: int, n: int, shape: tuple[int, ...] = ()) -> np.ndarray:
        """Rows of an array of the mesh, which have that shape."""
        array = hdf5.dataset(self.root.file, f"{ROOT}/{name}", self.path)
        if array.shape[1:] != shape or array.shape == () or start < 0 or start + n > len(array):
            raise InputError(
                f"{self.path}: {ROOT}/{name} of shape {array.shape} has no rows {start} to"
                f" {start + n}"
            )
        return array[start : start + n]

    def _count(self, at: str) -> int:
        """Points or cells of a step, the same in all."""
        total = np.concatenate([[0], np.cumsum(self.pieces[at])])
        counts = total[self.first_piece + self.n_pieces] - total[self.first_piece]
        if np.any(counts != counts[0]):
            step = int(np.argmax(counts != counts[0]))
            raise InputError(
                f"{self.path}: the mesh changes: {counts[0]} {at} in the first step, {counts[step]}"
                f" in step {step}"
            )
        return int(counts[0])

    def _before(self, counts: np.ndarray) -> np.ndarray:
        return np.concatenate([[0], np.cumsum(counts)])[self.first_piece].astype(np.int64)

    def place(self, at: str) -> Place:
        """Where the values "points" or "cells" of the first step lie."""
        first, many = int(self.first_piece[0]), int(self.n_pieces[0])
        at_id = int(self.offsets("ConnectivityIdOffsets", self._before(self.ids))[0])
        at_cell = int(self.starts["cells"][0])
        points = self._stored("Points", int(self.starts["points"][0]), self.counts["points"], (3,))
        types = self._stored("Types", at_cell, self.counts["cells"])
        connectivity, offsets, base, at_offset = [], [np.zeros(1, np.int64)], 0, at_cell + first
        for piece in range(first, first + many):
            n_cells, n_ids = int(self.pieces["cells"][piece]), int(self.ids[piece])
            connectivity.append(self._stored("Connectivity", at_id, n_ids).astype(np.int64) + base)
            # a piece has one offset more than cells
            stops = self._stored("Offsets", at_offset, n_cells + 1)[1:].astype(np.int64)
            offsets.append(stops + offsets[-1][-1:])
            at_id, at_offset, base = (
                at_id + n_ids,
                at_offset + n_cells + 1,
                base + int(self.pieces["points"][piece]),
            )
        if np.any(types == POLYHEDRON):
            self.words.append("polyhedra are not kept: the mesh is a cloud of points")
            types = types[:0]
        if many > 1:
            self.words.append(f"{many} pieces: points that pieces share count once for each")
        return places.unstructured(
            points,
            np.concatenate(connectivity),
            np.concatenate(offsets),
            types.astype(np.int64),
            at,
        )

    def sizes(self, at: str, array: h5py.Dataset) -> tuple[int, ...]:
        """Sizes of the component axes of an array."""
        return tuple(n for n in array.shape[1:] if n != 1)

    def boxes(self, at: str, array: h5py.Dataset) -> list[Box]:
        """The box of an array that each step is."""
        starts = self.offsets(f"{GROUPS[at]}Offsets/{array.name.split('/')[-1]}", self.starts[at])
        self.require(array, int(starts.min()), int(starts.max()) + self.counts[at])
        return [
            [(int(start), self.counts[at]), *((0, n) for n in array.shape[1:])] for start in starts
        ]
