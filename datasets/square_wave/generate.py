"""Write the square-wave snapshots: every shift of a periodic square wave; see README.md."""

from pathlib import Path

import numpy as np

from rom.data.formats.canonical import write_canonical

SIZES = {"full": 2048, "small": 128}


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file. The seed changes nothing: there is no randomness."""
    n = SIZES[size]
    index = np.arange(n)
    wave = np.where(index < n // 2, 1.0, -1.0).astype(np.float32)
    write_canonical(
        out,
        {"u": wave[(index[None, :] - index[:, None]) % n]},
        axes=("x",),
        units={"u": "1"},
        coordinates={"x": (index + 0.5) / n},
        coordinate_units={"x": "1"},
        periodic=("x",),
        parameters={"shift": index / n},
        attributes={"title": "Square wave, all shifts"},
    )
