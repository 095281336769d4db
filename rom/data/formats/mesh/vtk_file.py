"""Files that VTK reads, which happens in another process: their times, the mesh and the fields."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats.mesh.names import check_named, named, size_of
from rom.data.formats.mesh.step import Step
from rom.data.helper import Helper, Limits
from rom.data.stored import HeldArray
from rom.errors import InputError, nearest

#: A second for half a megabyte: meshes in text are slow to read.
VTK = Helper("rom.data.formats.mesh.vtk_reader:answer", "VTK", Limits(per_second=2**19))


class VTKFile:
    """A file or case: one of its times is held at a time.

    Parameters
    ----------
    path : Path
    block : names of blocks or regions, with commas; "" for the volume, or all
    """

    def __init__(self, path: Path, block: str = "") -> None:
        check_named(path)
        self.path, self.block, self._bytes = path, block, size_of(path)
        self.times: np.ndarray | None = self._ask("times")
        self._held: tuple[int, Step] | None = None

    def _ask(self, what: str, *arguments: Any) -> Any:
        where = os.path.abspath(self.path)
        return VTK.call(str(self.path), self._bytes, what, where, self.block, *arguments)

    @property
    def n_steps(self) -> int:
        return 1 if self.times is None else len(self.times)

    def step(self, number: int) -> Step:
        """The mesh with its fields at a time."""
        if self._held is None or self._held[0] != number:
            self._held = number, self._ask("step", number)
        return self._held[1]

    def sizes(self, number: int, at: str) -> np.ndarray:
        """Volume of each cell, area or length where cells have none; of a point its share of
        them.
        """
        return np.asarray(self._ask("sizes", number, at))

    def array(self, name: str) -> HeldArray:
        """The array ``STEP/points/NAME`` or ``STEP/cells/NAME``; of the first step by its name."""
        match = re.fullmatch(r"(\d+)/(points|cells)/(.+)", name, re.DOTALL)
        if match is None:
            names = {path.split("/", 2)[2]: path for path in self.shapes()}
            if name not in names:
                raise InputError(f"{self.path}: no field {name!r}; {nearest(name, names)}")
            return self.array(names[name])
        number, at, field = match.groups()
        known = self.step(int(number)).fields[at]
        if field not in known:
            raise InputError(
                f"{self.path}: no field {field!r} at {at} at step {number}; {nearest(field, known)}"
            )
        return HeldArray(known[field])

    def beside(self, name: str) -> Sequence[Path]:
        """What the file names; for a file that stands for a case of OpenFOAM, its folder."""
        folder = self.path.parent
        is_case = self.path.is_file() and self.path.suffix == ".foam"
        return [folder] if is_case else [folder / name for name in named(self.path)]

    def shapes(self) -> dict[str, tuple[int, ...]]:
        fields = self.step(0).fields
        return {
            f"0/{at}/{name}": values.shape
            for at in ("points", "cells")
            for name, values in fields[at].items()
        }

    def attributes(self) -> Mapping[str, Any]:
        return {
            name: values[0] for name, values in self.step(0).said.items() if np.size(values) == 1
        }
