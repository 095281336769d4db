"""Which axis of an array is what, from vectors and matrices stored with it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.layout import POINT_AXIS
from rom.data.limits import check_values
from rom.data.mesh import Mesh
from rom.errors import InputError, nearest

COORDINATE = re.compile(r"([xyz])(\1|_?(c|grid|coords?|vec|axis))?", re.IGNORECASE)
ALONG = (("x", "lon", "longitude"), ("y", "lat", "latitude"))
OTHER_COORDINATES = ("lon", "longitude", "lat", "latitude", "r", "theta")
TIME = re.compile(r"t|tt|t_?(vec|span|s)|times?(_?(vec|steps?|s))?", re.IGNORECASE)
TIME_STEP = re.compile(r"dt|delta_?t|t(ime)?_?step", re.IGNORECASE)
#: An axis this short that nothing names may hold the components of a vector in space, or be one of
#: the axes of the grid: which, the user has to say.
MOST_IN_SPACE = 3


@dataclass(frozen=True)
class Convention:
    """How the program that wrote an array counts its axes.

    Attributes
    ----------
    where : " in MATLAB" after sizes in messages, or ""
    order : "in MATLAB's order" after names of axes, or ""
    is_reversed : whether it shows the axes the other way round than they are stored
    """

    where: str = ""
    order: str = ""
    is_reversed: bool = False

    def axes(self, stored: str) -> str:
        """Axes as the user gives them, from those that are stored: an example for messages."""
        shown = " ".join(reversed(stored.split())) if self.is_reversed else stored
        return f"--axes '{shown}' (in Python: axes='{shown}')"

    @property
    def advice(self) -> str:
        return f"name the axes{self.order}, e.g. {self.axes('t y x')}"


MATLAB = Convention(" in MATLAB", " in MATLAB's order", is_reversed=True)
NUMPY = Convention()


@dataclass(frozen=True, eq=False)
class Item:
    """A named array: one of NumPy or a dataset of HDF5, whose values are read when asked for."""

    name: str
    values: Any
    convention: Convention

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(self.values.shape)

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def size_text(self) -> str:
        """Size as the program shows it."""
        shape = reversed(self.shape) if self.convention.is_reversed else self.shape
        return " x ".join(str(n) for n in shape)

    @property
    def said(self) -> str:
        return f"{self.name!r} ({self.size_text}{self.convention.where})"

    def __getitem__(self, box: tuple[()]) -> np.ndarray:
        check_values(self.shape, self.values.dtype.itemsize, f"the array {self.name!r}")
        return np.asarray(self.values[box])


Arrays = Mapping[str, Item]


@dataclass
class Places:
    """Axis number -> name, and where the cells lie."""

    names: dict[int, str] = field(default_factory=dict)
    coordinates: dict[str, np.ndarray] = field(default_factory=dict)
    mesh: Mesh | None = None
    words: list[str] = field(default_factory=list)


def squeezed(item: Item) -> tuple[int, ...]:
    """Shape without axes of one value: a vector is 1 x n or n x 1 in MATLAB."""
    return tuple(n for n in item.shape if n > 1)


def direction(name: str) -> str:
    """The axis that an array of coordinates is called after, "" for other arrays.

    >>> direction("grid/X"), direction("yc"), direction("lat"), direction("xi")
    ('x', 'y', 'lat', '')
    """
    last = name.split("/")[-1]
    match = COORDINATE.fullmatch(last)
    return match[1].lower() if match else last.lower() if last.lower() in OTHER_COORDINATES else ""


def times_among(names: Iterable[str]) -> list[str]:
    """Names that are usual for times."""
    return [name for name in names if TIME.fullmatch(name.split("/")[-1])]


def steps_among(names: Iterable[str]) -> list[str]:
    """Names that are usual for the time between two snapshots."""
    return [name for name in names if TIME_STEP.fullmatch(name.split("/")[-1])]


def find_times(path: Path, array: Item, others: Arrays, given: str | None) -> tuple[str, int]:
    """The vector of times, and the axis that alone has its length."""
    said, advice = array.said, array.convention.advice
    if given and given not in others:
        raise InputError(f"{path}: no array {given!r}; {nearest(given, others)}")
    # a scalar, such as the step of time, is no vector
    vectors = [name for name in ([given] if given else times_among(others)) if name in others]
    vectors = [name for name in vectors if len(squeezed(others[name])) == 1]
    for name in vectors:
        axes = [i for i, n in enumerate(array.shape) if n == others[name].size]
        if len(axes) == 1:
            return name, axes[0]
        if axes:
            raise InputError(f"{path}: {name!r} is as long as several axes of {said}; {advice}")
    looked = (
        f"{', '.join(vectors)} is not as long as an axis of"
        if vectors
        else "no vector of times for"
    )
    raise InputError(
        f"{path}: {looked} {said}: which axis are the snapshots? {advice}, or give --time NAME (in"
        " Python: time='NAME')"
    )


def find_places(path: Path, array: Item, others: Arrays, grid: Sequence[int]) -> Places:
    """Names of the axes of the grid, and coordinates of the cells."""
    near = array.name.rpartition("/")[0]
    # of two that are called alike, that of the field's own struct
    ordered = sorted(others, key=lambda name: name.rpartition("/")[0] == near)
    found = {
        d: np.squeeze(others[name][()])
        for name in ordered
        if (d := direction(name)) and _small(others[name], array)
    }
    shape = tuple(array.shape[i] for i in grid)
    places = Places()
    matrices = {
        d: values for d, values in found.items() if values.shape == shape and len(shape) > 1
    }
    if matrices:
        _from_matrices(places, matrices, grid)
    else:
        _from_vectors(places, {d: v for d, v in found.items() if v.ndim == 1}, array, grid)
    unnamed = [i for i in grid if i not in places.names]
    if len(grid) > 1 and any(array.shape[i] <= MOST_IN_SPACE for i in unnamed):
        axes, order = array.convention.axes("t c y x"), array.convention.order
        raise InputError(
            f"{path}: the axis of {min(array.shape[i] for i in unnamed)} of {array.said} may be"
            f" components or a direction of space; name the axes{order}, e.g. {axes}"
        )
    if unnamed and len(grid) == 1:
        places.names[grid[0]] = POINT_AXIS
    elif unnamed:
        # i is the first that the program shows
        shown = unnamed[::-1] if array.convention.is_reversed else unnamed
        places.names |= dict(zip(shown, "ijklmnop", strict=False))
        called = ", ".join(places.names[i] for i in shown)
        order = array.convention.order
        places.words.append(f"axes of the grid that no coordinates name are called {called}{order}")
    return places


def places_on_named_axes(path: Path, array: Item, others: Arrays, axes: Sequence[str]) -> Places:
    """Where the cells lie by matrices of coordinates, as meshgrid makes them, once the axes of the
    array have names; these have to agree.
    """
    grid = [i for i, name in enumerate(axes) if name not in ("t", "c")]
    shape, places = tuple(array.shape[i] for i in grid), Places()
    matrices = {
        d: np.reshape(item[()], shape)
        for name, item in others.items()
        if (d := direction(name)) and squeezed(item) == shape and _small(item, array)
    }
    if len(grid) < 2 or not matrices:
        return places
    _from_matrices(places, matrices, grid)
    for i, name in places.names.items():
        if name in axes and axes[i] != name:
            raise InputError(
                f"{path}: the values of {name!r} change along the axis that is called {axes[i]!r};"
                f" the axes{array.convention.order} stand in another order"
            )
    # an axis may have another name than its coordinates
    places.coordinates = {axes[i]: places.coordinates[name] for i, name in places.names.items()}
    return places


def _small(item: Item, array: Item) -> bool:
    """Whether coordinates are smaller than the field: others are not read."""
    return 1 < item.size < array.size


def _from_matrices(places: Places, matrices: Mapping[str, np.ndarray], grid: Sequence[int]) -> None:
    """Matrices as meshgrid makes them vary along one axis each; others are points of a curvilinear
    grid.
    """
    for name, values in matrices.items():
        varying = [i for i in range(len(grid)) if np.ptp(values, axis=i).any()]
        if len(varying) == 1 and grid[varying[0]] not in places.names:
            places.names[grid[varying[0]]] = name
            places.coordinates[name] = np.moveaxis(values, varying[0], 0).reshape(
                values.shape[varying[0]], -1
            )[:, 0]
    if len(places.names) == len(matrices):
        return
    places.names, places.coordinates = {}, {}
    places.mesh = _points(matrices)
    places.words.append(
        f"points of the mesh: {', '.join(matrices)}" if places.mesh else "coordinates are not used"
    )


def _from_vectors(
    places: Places, vectors: Mapping[str, np.ndarray], array: Item, grid: Sequence[int]
) -> None:
    fits = {
        name: [i for i in grid if array.shape[i] == len(values)] for name, values in vectors.items()
    }
    fits = {name: axes for name, axes in fits.items() if axes}
    if (
        len(grid) == 1
        and len(fits) > 1
        and (mesh := _points({name: vectors[name] for name in fits}))
    ):
        places.mesh = mesh
        places.words.append(f"points of the mesh: {', '.join(fits)}")
        return
    for name, axes in fits.items():
        if len(axes) == 1 and sum(axes == others for others in fits.values()) == 1:
            places.names[axes[0]] = name
            places.coordinates[name] = vectors[name]
        else:
            places.words.append(
                f"{name!r} may belong to several axes and is not used; {array.convention.advice}"
            )


def _points(found: Mapping[str, np.ndarray]) -> Mesh | None:
    """Points from coordinates of each; None where they are not those of a plane or of space."""
    both = [
        [values for name in names if (values := found.get(name)) is not None] for names in ALONG
    ]
    if not all(both):
        return None
    columns = [values[0] for values in both]
    columns.append(found.get("z", np.zeros_like(columns[0])))
    return Mesh(np.column_stack([values.ravel() for values in columns]).astype(np.float64))
