"""Variables of a netCDF file that share a grid: their parts, coordinates, points and weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.formats.common.hdf5 import text
from rom.data.formats.netcdf import cf
from rom.data.formats.netcdf.ugrid import is_latitude, unstructured
from rom.data.formats.netcdf.variables import Variable, base
from rom.data.layout import POINT_AXIS
from rom.data.limits import check_values
from rom.data.mesh import Mesh
from rom.data.parts import Part
from rom.data.stored import Opener


class Grid:
    """Variables that share dimensions; the first of the chosen ones leads: the order of axes is its
    own.
    """

    def __init__(
        self,
        path: Path,
        variables: Mapping[str, Variable],
        group: Sequence[Variable],
        chosen: Sequence[Variable],
        times: Mapping[str, Variable | None],
        opener: Opener,
    ) -> None:
        self.opener = opener
        self.path, self.variables, self.group, self.lead = path, variables, group, chosen[0]
        self.sizes = {
            d: n for v in (self.lead, *group) for d, n in zip(v.dims, v.dataset.shape, strict=True)
        }
        self.time = next((dim for dim in self.lead.dims if dim in times), None)
        self.time_coordinate = times.get(self.time) if self.time else scalar_time(variables)
        self.dims = [dim for dim in self.lead.dims if dim != self.time and self.sizes[dim] > 1]
        self.words: list[str] = []
        self.unstructured = unstructured(path, variables, self.lead)
        self.mesh = self._mesh()
        own = [dim for dim in self.dims if self._coordinate(dim) is not None]
        # cells along a dimension without coordinates have no known neighbours
        self.points = len(self.dims) == 1 and not own
        self.names = {dim: _axis_name(dim) for dim in self.sizes}
        self.names |= {self.dims[0]: POINT_AXIS} if self.points else {}
        self.names |= {self.time: "t"} if self.time else {}

    def _coordinate(self, dim: str) -> Variable | None:
        own = self.variables.get(dim[1:])
        return (
            own
            if own and own.is_coordinate and own.is_number and own.dataset.size == self.sizes[dim]
            else None
        )

    def proposal(self, words: Sequence[str]) -> Proposal:
        """What the file says of them, after the words on what was left out."""
        parts, units = {}, {}
        for variable in self.group:
            decoding, more = cf.decoding(variable.dataset, self.path, variable.is_filled)
            self.words += more
            axes = tuple(self.names[dim] for dim in variable.dims)
            single = {
                self.names[d]: 0 for d in variable.dims if d != self.time and d not in self.dims
            }
            parts[variable.name] = Part(
                self.path, variable.dataset.name[1:], axes, single, decoding, self.opener
            )
            units[variable.name] = text(variable.dataset, "units")
        dropped = [base(d) for d in self.sizes if d != self.time and d not in self.dims]
        self.words += [f"dimensions of one value left out: {', '.join(dropped)}"] if dropped else []
        coordinates = {} if self.points else {d: c for d in self.dims if (c := self._coordinate(d))}
        times = (
            None
            if self.time_coordinate is None
            else np.ravel(self.time_coordinate.values(self.path))
        )
        weights = self._weights()
        return Proposal(
            [parts],
            tuple(self.names[d] for d in self.dims) or (POINT_AXIS,),
            units=units,
            coordinates={self.names[d]: c.values(self.path) for d, c in coordinates.items()},
            coordinate_units={
                self.names[d]: u for d, c in coordinates.items() if (u := _unit_of(c))
            },
            weights=weights,
            mesh=self.mesh,
            times=times,
            time_unit=_time_unit(self.time_coordinate),
            assumptions=[*words, *dict.fromkeys(self.words)],
        )

    def _weights(self) -> np.ndarray | None:
        """Areas or volumes that the attribute cell_measures names."""
        missing = []
        for name in self.lead.measures:
            measure = self.variables.get(name)
            if measure is None or not measure.is_number:
                missing.append(name)
            elif measure.dims and set(measure.dims) <= set(self.dims):
                values = self._on_grid(measure)
                if np.isnan(values).any():
                    self.words.append(f"cells without a value in {name} have weight zero")
                    values = np.nan_to_num(values, nan=0.0)
                without = [base(d) for d in self.dims if d not in measure.dims]
                even = f", equal along {', '.join(without)}" if without else ""
                self.words.append(f"cell weights: {name} (cell_measures){even}")
                return values
        if self.unstructured is not None:
            self.words.append(f"cell weights: areas of the faces of mesh {self.unstructured.name}")
            return self._spread(self.unstructured.weights, [self.unstructured.dimension])
        if missing:
            self.words.append(f"cell areas {', '.join(missing)} are not in the file")
        if self.mesh is not None:
            self.words.append("cell weights: equal, the file gives no areas of its cells")
        return None

    def _on_grid(self, variable: Variable) -> np.ndarray:
        """Values along some dimensions of the grid, for all of its cells."""
        values = variable.values(self.path)
        inside = [d for d in self.dims if d in variable.dims]
        return self._spread(values.transpose([variable.dims.index(d) for d in inside]), inside)

    def _spread(self, values: np.ndarray, inside: Sequence[str]) -> np.ndarray:
        """Values along some of the dimensions, repeated along the others."""
        shape = [self.sizes[d] if d in inside else 1 for d in self.dims]
        full = [self.sizes[d] for d in self.dims]
        check_values(full, values.itemsize, "the values of a grid")
        return np.broadcast_to(values.reshape(shape), full).copy()

    def _mesh(self) -> Mesh | None:
        """Points of a curvilinear grid, or of cells in a list, from the two auxiliary coordinates
        that say where; the mesh of the UGRID conventions where the values lie on one.
        """
        if self.unstructured is not None:
            whole = len(self.dims) == 1
            self.words += [] if whole else ["the mesh of one layer is not kept for several"]
            return self.unstructured.mesh if whole else None
        named = [self.variables[name] for name in self.lead.auxiliary if name in self.variables]
        named = [v for v in named if v.is_number and v.dims and set(v.dims) == set(self.dims)]
        x = [v for v in named if _along(v) == "x"]
        y = [v for v in named if _along(v) == "y"]
        others = [v.name for v in named]
        if len(x) == len(y) == 1 and not all(self._coordinate(d) for d in self.dims):
            others = [v.name for v in named if v not in (x[0], y[0])]
            self.words.append(f"points of the mesh: {x[0].name}, {y[0].name}")
        if others:
            self.words.append(f"auxiliary coordinates left out: {', '.join(others)}")
        if len(others) == len(named):
            return None
        columns = [self._on_grid(v).ravel() for v in (x[0], y[0])]
        return Mesh(np.column_stack([*columns, np.zeros(len(columns[0]))]))


def _along(variable: Variable) -> str:
    """Which direction of space a coordinate says: "x", "y" or ""."""
    unit, name = text(variable.dataset, "units").lower(), text(variable.dataset, "standard_name")
    axis = text(variable.dataset, "axis")
    if is_latitude(variable) or name == "projection_y_coordinate" or axis == "Y":
        return "y"
    east = unit in cf.LONGITUDE_UNITS or name in ("longitude", "projection_x_coordinate")
    return "x" if east or axis == "X" else ""


def _unit_of(coordinate: Variable) -> str:
    """The unit it says; a latitude by its standard name is in degrees."""
    said = text(coordinate.dataset, "units")
    return said or ("degrees_north" if is_latitude(coordinate) else "")


def _axis_name(dim: str) -> str:
    return base(dim) + "_" if base(dim) in ("t", "c") else base(dim)  # these two are taken


def scalar_time(variables: Mapping[str, Variable]) -> Variable | None:
    """The time of a file that is one snapshot."""
    single = [v for v in variables.values() if v.dataset.shape == () and v.is_number]
    return next(
        (v for v in single if cf.is_time(v.dataset) or base(v.name).lower() in cf.TIME_NAMES), None
    )


def _time_unit(coordinate: Variable | None) -> str:
    """Unit of times; a calendar that is not the usual one belongs to it."""
    if coordinate is None:
        return ""
    calendar = text(coordinate.dataset, "calendar").lower()
    usual = calendar in ("", "standard", "gregorian", "proleptic_gregorian")
    return text(coordinate.dataset, "units") + ("" if usual else f" ({calendar})")
