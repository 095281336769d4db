"""What a user may mean by arrays without a word on their axes: which of them, and what their axes
are, by what else lies in the file.
"""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rom.data.formats.common.workspace_axes import direction, times_among
from rom.data.layout import POINT_AXIS

Shapes = Mapping[str, tuple[int, ...]]
GRID = ("z", "y", "x")  # the grid axes of an array, slowest first, where nothing says them
MOST_VARIABLES = 8  # more arrays of one shape are steps or trajectories rather than variables
#: An axis this short that nothing names may hold components. It is only one reading of several that
#: are proposed, so a quantity more than a vector in space has is allowed.
MOST_COMPONENTS = 4
MOST_PARAMETERS = 6
MOST_READINGS = 4


@dataclass(frozen=True)
class Reading:
    """Options that would make snapshots of a file, and why."""

    datasets: tuple[str, ...]
    shape: tuple[int, ...]
    axes: tuple[str, ...]
    time: str = ""
    parameters: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    n_files: int = 1

    @property
    def mapping(self) -> dict[str, str | list[str]]:
        """The options, without those that are not needed."""
        found = {
            "dataset": self.datasets,
            "axes": (" ".join(self.axes),),
            "time": (self.time,),
            "parameters": self.parameters,
            "points": self.points,
        }
        return {
            key: values[0] if len(values) == 1 else list(values)
            for key, values in found.items()
            if any(values)
        }

    @property
    def arguments(self) -> str:
        """The options for a shell."""
        return " ".join(
            f"--{key} {shlex.quote(value if isinstance(value, str) else ','.join(value))}"
            for key, value in self.mapping.items()
        )

    @property
    def python(self) -> str:
        """The options for Python."""
        return ", ".join(f"{key}={value!r}" for key, value in self.mapping.items())

    @property
    def said(self) -> str:
        """What comes out."""
        sizes = dict(zip(self.axes, self.shape, strict=True))
        grid = [n for axis, n in sizes.items() if axis not in ("t", "c")]
        n = len(self.datasets) * sizes.get("c", 1)
        variables = "1 variable" if n == 1 else f"{n} variables"
        where = " x ".join(map(str, grid)) or "1"
        n_rows = sizes.get("t", 1) * self.n_files
        return f"{n_rows} snapshots of {variables} on {where} cells"


def readings(arrays: Shapes, n_files: int = 1) -> list[Reading]:
    """How the largest arrays may be read, the likeliest first; empty where there is no telling.

    Parameters
    ----------
    arrays : name -> shape of the arrays of real numbers of a file
    n_files : how many files there are of its kind; each is rather a snapshot of its own

    Examples
    --------
    >>> first, second = readings({"u": (50, 2, 20, 30), "time": (50,)})
    >>> first.arguments
    "--dataset u --axes 't c y x' --time time"
    >>> first.said, second.said
    ('50 snapshots of 2 variables on 20 x 30 cells', '50 snapshots of 1 variable on 2 x 20 x 30 cells')
    >>> readings({"Cp": (120, 349), "AoA": (349,), "x": (120,), "y": (120,)})[0].arguments
    "--dataset Cp --axes 'point t' --parameters AoA --points x,y"
    """  # noqa: E501
    groups: dict[tuple, list[str]] = {}
    for name, shape in arrays.items():
        if sum(n > 1 for n in shape) >= 2 and not _is_place(name):
            groups.setdefault((shape, name.rpartition("/")[0]), []).append(name)
    ranked = sorted(groups.items(), key=lambda item: -math.prod(item[0][0]))
    # others at least a third as large, such as the components by themselves, may be meant as well
    large = [g for g in ranked if 3 * math.prod(g[0][0]) >= math.prod(ranked[0][0][0])]
    if any(len(names) > MOST_VARIABLES for _, names in large):
        return []
    found = [
        reading for (shape, _), names in large for reading in _of_group(tuple(names), shape, arrays)
    ]
    if n_files > 1:
        alone = [_a_file_each(tuple(names), shape, arrays) for (shape, _), names in large]
        found = [one for one in alone if one] + found
    return [replace(one, n_files=n_files) for one in found[:MOST_READINGS]]


def _a_file_each(names: tuple[str, ...], shape: tuple[int, ...], arrays: Shapes) -> Reading | None:
    """Every file as one snapshot; None where vectors say that it holds several."""
    known = _known(names, shape, arrays)
    if "t" in known.axes or len(shape) > len(GRID):
        return None
    axes = known.axes
    if not any(axes):
        axes = GRID[-len(shape) :]
    if not all(axes):
        return None
    single = {name: 0 for name, s in arrays.items() if math.prod(s) == 1}
    time = next(iter(times_among(single)), "")
    return replace(known, axes=axes, time=time, why=(*known.why, "one snapshot in each file"))


def _of_group(names: tuple[str, ...], shape: tuple[int, ...], arrays: Shapes) -> list[Reading]:
    """The readings of arrays of one shape."""
    known = _known(names, shape, arrays)
    axes: list[str] = list(known.axes)
    short = [i for i, n in enumerate(shape) if not axes[i] and 1 < n <= MOST_COMPONENTS]
    # the first axis are rather the snapshots, unless it is known which are
    short = [i for i in short if i > 0 or "t" in axes]
    may_be_components = len(names) == 1 and len(shape) > 2 and bool(short)
    found = []
    if may_be_components:
        some = axes.copy()
        some[short[-1]] = "c"
        why = f"the axis of {shape[short[-1]]} values may be components"
        found.append(replace(known, axes=_named(some), why=(*known.why, why)))
    found.append(replace(known, axes=_named(axes)))
    if "t" not in axes and not axes[-1]:
        turned = axes.copy()
        turned[-1] = "t"
        found.append(replace(known, axes=_named(turned), why=(*known.why, "snapshots last")))
    return found


def _named(axes: Sequence[str]) -> tuple[str, ...]:
    """With names for those that nothing names: the first are the snapshots."""
    named = list(axes)
    if "t" not in named and "" in named:
        named[named.index("")] = "t"
    free = [i for i, name in enumerate(named) if not name]
    left = [name for name in GRID if name not in named]
    few = len(free) <= len(left)
    given = left[len(left) - len(free) :] if few else [f"x{i}" for i in range(len(free))]
    for i, name in zip(free, given, strict=True):
        named[i] = name
    return tuple(named)


def _known(names: tuple[str, ...], shape: tuple[int, ...], arrays: Shapes) -> Reading:
    """What vectors of the length of exactly one axis say of it."""
    axes = [""] * len(shape)
    vectors = {
        name: shape.index(s[0])
        for name, s in arrays.items()
        if len(s) == 1 and s[0] > 1 and shape.count(s[0]) == 1
    }
    why, time, points, parameters = [], "", list[str](), list[str]()
    for name in times_among(vectors)[:1]:
        axes[vectors[name]], time = "t", name
        why.append(f"{name!r} has {shape[vectors[name]]} values")
    places = {name: axis for name, axis in vectors.items() if direction(name)}
    for axis in sorted(set(places.values())):
        some = sorted((name for name in places if places[name] == axis), key=direction)
        name = direction(some[0]) if len(some) == 1 else POINT_AXIS
        if axes[axis] or name in axes:
            continue
        axes[axis] = name
        points = some if len(some) > 1 else points
        why.append(f"{', '.join(some)} have {shape[axis]} values")
    for name, s in arrays.items():
        if len(s) == 2 and _is_place(name) and shape.count(s[0]) == 1 and not points:
            axis = shape.index(s[0])
            if not axes[axis] and POINT_AXIS not in axes:
                axes[axis], points = POINT_AXIS, [name]
                why.append(f"{name!r} has {s[0]} points")
    others = [name for name, axis in vectors.items() if not axes[axis] and name not in places]
    if others and not time:  # next to times they are signals
        axis = vectors[others[0]]
        axes[axis] = "t"
        parameters = [name for name in others if vectors[name] == axis][:MOST_PARAMETERS]
        why.append(f"{', '.join(parameters)} have {shape[axis]} values")
    return Reading(names, shape, tuple(axes), time, tuple(parameters), tuple(points), tuple(why))


def _is_place(name: str) -> bool:
    """Whether a matrix is called after the points of a mesh."""
    return name.rpartition("/")[2].lower() in ("points", "coords", "coordinates", "xyz", "nodes")
