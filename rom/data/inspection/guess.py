"""What a user may mean by a file that no layout recognises: which datasets, and what their axes
are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rom.data.inspection.contents import Item

TIMES = ("t", "time", "times")
#: Names of coordinates -> axis.
AXES = {
    "x": "x",
    "y": "y",
    "z": "z",
    "lon": "lon",
    "longitude": "lon",
    "lat": "lat",
    "latitude": "lat",
}
AXES |= {"xc": "x", "yc": "y", "zc": "z", "xcoor": "x", "ycoor": "y", "zcoor": "z"}
GRID = ("z", "y", "x")  # the grid axes of an array, slowest first, where nothing says them
MOST_VARIABLES = 8  # more datasets of one shape are steps or trajectories rather than variables


@dataclass(frozen=True)
class Guess:
    """Options that would make snapshots of a file: dataset(s), axes and perhaps times."""

    datasets: tuple[str, ...]
    axes: str
    time: str | None = None

    def command(self, verb: str, path: Path) -> str:
        """The command line that says it."""
        time = f" --time {self.time}" if self.time else ""
        return f"rom {verb} {path} --dataset {','.join(self.datasets)} --axes '{self.axes}'{time}"


def guess_mappings(items: Sequence[Item]) -> list[Guess]:
    """The largest datasets of real numbers with two axes or more, and others at least half as
    large: at most three.
    """
    shapes: dict[tuple, list[Item]] = {}
    for item in items:
        if sum(n > 1 for n in item.shape) >= 2 and item.dtype.startswith(("float", "int", "uint")):
            folder = item.name.rpartition("/")[0]
            shapes.setdefault((item.shape, item.dtype, folder), []).append(item)
    ranked = sorted(shapes.values(), key=lambda group: -group[0].nbytes)
    ranked = [group for group in ranked if 2 * group[0].nbytes >= ranked[0][0].nbytes]
    if any(len(group) > MOST_VARIABLES for group in ranked):
        return []
    vectors = {item.name: item.shape[0] for item in items if len(item.shape) == 1}
    return [_guess(group, vectors) for group in ranked[:3]]


def _guess(group: Sequence[Item], vectors: dict[str, int]) -> Guess:
    shape = group[0].shape
    names: list[str | None] = [None] * len(shape)
    time = None
    # a vector of the length of exactly one axis tells what that axis is
    for name, n in vectors.items():
        word = name.rpartition("/")[2].lower()
        axis = "t" if word in TIMES else AXES.get(word)
        if axis and shape.count(n) == 1 and axis not in names and names[shape.index(n)] is None:
            names[shape.index(n)] = axis
            time = name if axis == "t" else time
    if "t" not in names and None in names:
        names[names.index(None)] = "t"
    if len(group) == 1 and len(shape) >= 3 and names[-1] is None and shape[-1] <= 4:
        names[-1] = "c"
    free = [i for i, name in enumerate(names) if name is None]
    left = [name for name in GRID if name not in names]
    given = (
        left[len(left) - len(free) :]
        if len(free) <= len(left)
        else [f"x{i}" for i in range(len(free))]
    )
    for i, name in zip(free, given, strict=True):
        names[i] = name
    return Guess(tuple(item.name for item in group), " ".join(map(str, names)), time)
