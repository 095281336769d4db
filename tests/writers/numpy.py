"""An archive of NumPy: the fields, and vectors that say what their axes are."""

from pathlib import Path

import numpy as np

from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.npz"
    np.savez(path, u=field.u, v=field.v, time=field.times, x=field.x, y=field.y, note="a flow")
    return Written(path, ("u", "v"), ("u", "v"))
