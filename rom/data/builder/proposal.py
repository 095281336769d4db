"""Proposal: what a layout makes of one file, in plain data; :mod:`rom.data.builder.build` does
the rest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rom.data.mesh import Mesh
from rom.data.parts import Part


@dataclass
class Proposal:
    """Rows of a file and what they mean, as its layout says. The user's options win over all of it.

    Parameters
    ----------
    segments : sequence of mappings, variable name -> Part
        One mapping for consecutive rows: the whole file, a trajectory, a time step. Every one has
        the same variables in the same order, each a :class:`Part` (components of a vector: the same
        dataset with ``take={"c": i}``; they are read together). A part without ``t`` is one row. A
        tuple of parts in the place of a part: pieces of a mesh, as many for every variable, whose
        cells follow each other along the axis ``point``, whatever axes the pieces have.
    axes : names of the grid axes, slowest first; ``("point",)`` for cells without neighbours.
    units : variable name -> unit, where the file says one.
    coordinates, coordinate_units : axis -> (n,) centres, axis -> unit.
    weights, mask : arrays on the grid, as of a :class:`rom.FieldLayout`.
    mesh : Mesh, where coordinates along axes cannot say where the cells lie.
    periodic : axes whose ends are neighbours.
    times : (n_rows,) times, None where the file has none.
    time_unit : str
    time_step : whether a single time is that between the snapshots, where the file has several.
    trajectories : (n_rows,) ints, None where the file is one trajectory.
    parameters : name -> (n_rows,) values.
    ordered : whether neighbouring rows are neighbours in time; False for independent samples. None:
        where there are
        no times it is measured.
    own_split : part -> rows, where one file holds several parts of a split.
    own_part : the part of a split that the whole file is, "" where nothing says so.
    scaled_by : two arrays (n_variables, ...) on the grid, the scale and the offset of fields that
        were scaled before they were stored: what is read is ``stored * scale + offset``. None for
        fields that were not.
    assumptions : what was assumed and what was left out, in words for the user.
    """

    segments: Sequence[Mapping[str, Part | tuple[Part, ...]]]
    axes: tuple[str, ...]
    units: Mapping[str, str] = field(default_factory=dict)
    coordinates: Mapping[str, np.ndarray] = field(default_factory=dict)
    coordinate_units: Mapping[str, str] = field(default_factory=dict)
    weights: np.ndarray | None = None
    mask: np.ndarray | None = None
    mesh: Mesh | None = None
    periodic: tuple[str, ...] = ()
    times: np.ndarray | None = None
    time_unit: str = ""
    time_step: bool = False
    trajectories: np.ndarray | None = None
    parameters: Mapping[str, np.ndarray] = field(default_factory=dict)
    ordered: bool | None = None
    own_split: Mapping[str, np.ndarray] | None = None
    own_part: str = ""
    scaled_by: tuple[np.ndarray, np.ndarray] | None = None
    assumptions: list[str] = field(default_factory=list)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables."""
        return tuple(self.segments[0])


def first_part(proposal: Proposal) -> Part:
    """The part that holds the first rows of the first variable."""
    part = next(iter(proposal.segments[0].values()))
    return part[0] if isinstance(part, tuple) else part
