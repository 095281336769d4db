"""A case of OpenFOAM in text, as its utilities write one: a box of hexahedra in polyMesh, and a
folder of fields for each time.
"""

import itertools
from pathlib import Path

import numpy as np

HEAD = (
    "FoamFile\n{{\n    version 2.0;\n    format ascii;\n    class {kind};\n    location"
    ' "{where}";\n    object {name};\n}}\n'
)


def file(path: Path, kind: str, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD.format(kind=kind, where=path.parent.name, name=path.name) + body)


def listed(items) -> str:
    items = list(items)
    return f"{len(items)}\n(\n" + "\n".join(items) + "\n)\n"


def polymesh(folder: Path, nx: int, ny: int, size=(0.2, 0.5, 0.1)) -> None:
    """A layer of nx x ny cells: inner faces by owner and neighbour, then a patch of the others."""

    def point(i, j, k):
        return i + (nx + 1) * (j + (ny + 1) * k)

    points = [
        f"({i * size[0]} {j * size[1]} {k * size[2]})"
        for k, j, i in itertools.product(range(2), range(ny + 1), range(nx + 1))
    ]
    inner: list[tuple[int, int, list[int]]] = []
    outer: list[tuple[int, int, list[int]]] = []
    for j, i in itertools.product(range(ny), range(nx)):
        cell, corners = i + nx * j, [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
        east = [point(i + 1, j, 0), point(i + 1, j + 1, 0), point(i + 1, j + 1, 1),
                point(i + 1, j, 1)]  # fmt: skip
        north = [point(i, j + 1, 0), point(i, j + 1, 1), point(i + 1, j + 1, 1),
                 point(i + 1, j + 1, 0)]  # fmt: skip
        (inner if i + 1 < nx else outer).append((cell, cell + 1, east))
        (inner if j + 1 < ny else outer).append((cell, cell + nx, north))
        if i == 0:
            outer.append((cell, -1, [point(0, j, 0), point(0, j, 1), point(0, j + 1, 1),
                                     point(0, j + 1, 0)]))  # fmt: skip
        if j == 0:
            outer.append((cell, -1, [point(i, 0, 0), point(i + 1, 0, 0), point(i + 1, 0, 1),
                                     point(i, 0, 1)]))  # fmt: skip
        outer.append((cell, -1, [point(a, b, 0) for a, b in reversed(corners)]))
        outer.append((cell, -1, [point(a, b, 1) for a, b in corners]))
    faces = [*inner, *outer]
    where = folder / "constant" / "polyMesh"
    file(where / "points", "vectorField", listed(points))
    file(where / "faces", "faceList", listed(f"4({' '.join(map(str, f))})" for *_, f in faces))
    file(where / "owner", "labelList", listed(str(cell) for cell, *_ in faces))
    file(where / "neighbour", "labelList", listed(str(other) for _, other, _ in inner))
    patch = f"walls {{ type patch; nFaces {len(outer)}; startFace {len(inner)}; }}"
    file(where / "boundary", "polyBoundaryMesh", f"1\n(\n{patch}\n)\n")


def field(path: Path, values: np.ndarray, dimensions: str) -> None:
    """A field at the cells: (n,) numbers or (n, 3) vectors."""
    kind = "scalar" if values.ndim == 1 else "vector"
    items = [
        str(value) if values.ndim == 1 else f"({' '.join(map(str, value))})" for value in values
    ]
    body = f"dimensions {dimensions};\ninternalField nonuniform List<{kind}>\n{listed(items)};\n"
    body += "boundaryField { walls { type zeroGradient; } }\n"
    file(path, f"vol{kind.title()}Field", body)


def write(
    folder: Path, times, velocity: np.ndarray, pressure: np.ndarray, nx: int, ny: int
) -> Path:
    """A case with its fields at each time: velocity (n, cells, 3), pressure (n, cells)."""
    file(folder / "system" / "controlDict", "dictionary", "application icoFoam;\n")
    polymesh(folder, nx, ny)
    for time, u, p in zip(times, velocity, pressure, strict=True):
        field(folder / f"{time:g}" / "U", u, "[0 1 -1 0 0 0 0]")
        field(folder / f"{time:g}" / "p", p, "[0 2 -2 0 0 0 0]")
    return folder
