"""Parts of files: which array holds which features of which rows, and how it is decoded."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from rom.data.hdf5_file import HDF5File
from rom.data.stored import Opener


@dataclass(frozen=True)
class Decoding:
    """How stored values become physical ones, in this order (CF conventions, section 8.1): values
    equal to one of `fill` become NaN, the others ``stored * scale + offset``; NaN too where outside
    `valid`, a range of stored values. With `unsigned`, stored signed integers are meant as unsigned
    ones, before all else.
    """

    fill: tuple[float, ...] = ()
    scale: float = 1.0
    offset: float = 0.0
    valid: tuple[float, float] = (-math.inf, math.inf)
    dtype: str = "float64"  # of the decoded values
    unsigned: bool = False

    def __call__(self, stored: np.ndarray) -> np.ndarray:
        if self.unsigned:
            stored = stored.view(stored.dtype.str.replace("i", "u"))
        missing = np.isin(stored, self.fill) if self.fill else np.zeros(stored.shape, dtype=bool)
        if np.isfinite(self.valid).any():
            missing |= (stored < self.valid[0]) | (stored > self.valid[1])
        values = stored.astype(self.dtype)
        if self.scale != 1:
            values *= values.dtype.type(self.scale)
        if self.offset != 0:
            values += values.dtype.type(self.offset)
        values[missing] = np.nan
        return values


@dataclass(frozen=True)
class Part:
    """An array of a file, or a box of one, that holds some features of some rows.

    Parameters
    ----------
    path, dataset : the file and the name of the array in it.
    axes : names of its axes, slowest first: ``t`` snapshots, ``c`` variables, others grid axes.
        Without ``t`` (or with a number for it in `take`) the part is one row.
    take : axis -> number (that axis is gone), range, or tuple of numbers (variables of ``c`` only).
    decoding : how stored values become physical ones; None: as they are.
    opener : what opens the file.
    """

    path: Path
    dataset: str
    axes: tuple[str, ...]
    take: Mapping[str, int | slice | tuple[int, ...]] = field(default_factory=dict)
    decoding: Decoding | None = None
    opener: Opener = HDF5File


@dataclass(frozen=True)
class Segment:
    """Some consecutive rows: the parts that make them, variable by variable; all parts have the
    same rows.

    Of a mesh in several pieces, `pieces` parts one after the other make a variable.
    """

    parts: tuple[Part, ...]
    pieces: int = 1
