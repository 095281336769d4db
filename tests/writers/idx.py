"""IDX images: one variable as bytes, which become values between 0 and 1."""

import struct
from pathlib import Path

import numpy as np

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow-idx3-ubyte"
    low, high = field.u.min(), field.u.max()
    pixels = np.rint(255 * (field.u - low) / (high - low)).astype(np.uint8)
    path.write_bytes(struct.pack(">4I", 0x803, *pixels.shape) + pixels.tobytes())
    held = {"u": (pixels / 255).astype(np.float32)}
    return Written(path, ("u",), ("intensity",), times=False, coordinates=False, held=held)
