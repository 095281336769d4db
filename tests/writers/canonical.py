"""The canonical layout, by the package's own writer."""

from pathlib import Path

from rom.data.formats.canonical import write_canonical
from tests.writers.field import Field, Written


def write(folder: Path, field: Field) -> Written:
    path = folder / "flow.h5"
    write_canonical(
        path,
        {"u": field.u, "v": field.v},
        axes=("y", "x"),
        coordinates={"y": field.y, "x": field.x},
        times=field.times,
    )
    return Written(path, ("u", "v"), ("u", "v"))
