"""FieldLayout: what the features of a snapshot are: variables on a grid, with weights and a
mask.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from rom.data.mesh import Mesh
from rom.errors import InputError, nearest

POINT_AXIS = "point"
IMAGE_AXES = ("row", "column")  # of a picture: the first row is on top, whereas y points upwards


def real_array(values: Any, what: str) -> np.ndarray:
    """Values as float64; InputError where they are not real numbers."""
    try:
        array = np.asarray(values)
    except ValueError as error:
        raise InputError(f"{what}: not an array: {error}") from error
    if array.dtype.kind not in "fiub":
        raise InputError(f"{what} must be real numbers, got {array.dtype}")
    return array.astype(np.float64)


@dataclass(frozen=True, eq=False)
class FieldLayout:
    """Meaning of the features of a snapshot.

    A snapshot is a field of shape ``(n_variables, *grid_shape)``; a row is that field flattened in
    C order (all cells of the first variable, then of the second, ...). A *packed* row holds the
    cells with data only; the cells of the mask are left out.

    Parameters
    ----------
    variables : tuple of str
        Names of the variables, e.g. ``("u", "v")``.
    grid_shape : tuple of int
        Number of cells along each grid axis, e.g. ``(40, 96)``.
    axes : tuple of str, default ("point",)
        Names of the grid axes, in the order of `grid_shape`. ``("point",)`` means that the cells
        have no neighbours (an unstructured mesh, or plain features).
    units : tuple of str, default all "" (unknown)
        Unit of each variable; ``"1"`` is dimensionless.
    coordinates : mapping of str to (n,) ndarray, default empty
        Cell centres along each axis.
    weights : ndarray of shape `grid_shape`, optional
        Cell weights (areas, volumes). None means equal weights. Only their ratios matter.
    mask : bool ndarray of shape `grid_shape`, or one such for each variable, optional
        True where a cell holds no data, as in :mod:`numpy.ma`.
    packed : bool, default False
        Whether rows leave out the masked cells.
    coordinate_units : mapping of str to str, default empty (unknown)
        Unit of the coordinates along each axis.
    mesh : Mesh, optional
        Where the cells lie, if not on a grid of rectilinear coordinates.
    periodic : tuple of str, default empty
        Axes whose last cell is a neighbour of the first.

    Raises
    ------
    InputError
        If shapes or names do not fit together.

    Examples
    --------
    >>> import numpy as np
    >>> layout = FieldLayout(("u", "v"), (2, 3), axes=("y", "x"), mask=np.eye(2, 3, dtype=bool))
    >>> layout.n_features, layout.pack().n_features
    (12, 8)
    >>> layout.pack().to_fields(np.zeros((5, 8))).shape
    (5, 2, 2, 3)
    """

    variables: tuple[str, ...]
    grid_shape: tuple[int, ...]
    axes: tuple[str, ...] = (POINT_AXIS,)
    units: tuple[str, ...] = ()
    coordinates: Mapping[str, np.ndarray] = field(default_factory=dict)
    weights: np.ndarray | None = None
    mask: np.ndarray | None = None
    packed: bool = False
    coordinate_units: Mapping[str, str] = field(default_factory=dict)
    mesh: Mesh | None = None
    periodic: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("variables", "axes"):
            names = getattr(self, name)
            self._set(name, (names,) if isinstance(names, str) else tuple(names))
        shape = (
            (self.grid_shape,) if isinstance(self.grid_shape, int | np.integer) else self.grid_shape
        )
        self._set("grid_shape", tuple(int(n) for n in shape))
        self._set("units", tuple(self.units) or ("",) * len(self.variables))
        self._set("periodic", tuple(self.periodic))
        self._check_names()
        self._check_coordinates()
        self._check_weights_and_mask()

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)  # the way a frozen dataclass tidies its own arguments

    def _check_names(self) -> None:
        if len(set(self.variables)) != len(self.variables) or not self.variables:
            raise InputError(f"variable names must be present and unique, got {self.variables}")
        if len(self.axes) != len(self.grid_shape):
            raise InputError(
                f"{len(self.axes)} axis names {self.axes} for a grid of shape {self.grid_shape}"
            )
        if min(self.grid_shape, default=0) < 1:
            raise InputError(f"a grid of shape {self.grid_shape} has no cells")
        if len({"t", "c", *self.axes}) != len(self.axes) + 2:
            raise InputError(
                f"grid axes {self.axes} must be unique and neither 't' nor 'c' (snapshots,"
                " variables)"
            )
        if len(self.units) != len(self.variables):
            raise InputError(f"{len(self.units)} units for {len(self.variables)} variables")

    def _check_coordinates(self) -> None:
        for axis in (*self.coordinates, *self.coordinate_units):
            if axis not in self.axes:
                raise InputError(
                    f"coordinates of {axis!r}, which is no axis of the grid;"
                    f" {nearest(axis, self.axes)}"
                )
        for axis, values in self.coordinates.items():
            if np.shape(values) != (self.grid_shape[self.axes.index(axis)],):
                raise InputError(
                    f"coordinates of {axis!r} have shape {np.shape(values)}, the grid"
                    f" {self.grid_shape}"
                )
            if not np.isfinite(real_array(values, f"coordinates of {axis!r}")).all():
                raise InputError(
                    f"coordinates of {axis!r} are not all finite; mend them, or name others"
                )
        if self.mesh is not None and self.mesh.n_values != self.n_cells:
            raise InputError(
                f"a mesh with {self.mesh.n_values} values for a grid of shape {self.grid_shape}"
            )
        if unknown := set(self.periodic) - set(self.axes):
            raise InputError(f"periodic {sorted(unknown)} is no axis of the grid {self.axes}")

    def _check_weights_and_mask(self) -> None:
        if self.weights is not None:
            weights = real_array(self.weights, "cell weights")
            if weights.shape != self.grid_shape:
                raise InputError(
                    f"weights have shape {weights.shape}, the grid has {self.grid_shape}"
                )
            if not np.all(np.isfinite(weights)) or weights.min() < 0 or weights.max() == 0:
                raise InputError("cell weights must be finite, not negative and not all zero")
            self._set("weights", weights)
        if self.mask is not None:
            mask = np.asarray(self.mask, dtype=bool)
            if mask.shape not in (self.grid_shape, (len(self.variables), *self.grid_shape)):
                raise InputError(f"the mask has shape {mask.shape}, the grid has {self.grid_shape}")
            if mask.all():
                raise InputError("the mask covers every cell, nothing is left to describe")
            self._set("mask", mask)

    @property
    def n_variables(self) -> int:
        return len(self.variables)

    @property
    def n_cells(self) -> int:
        return math.prod(self.grid_shape)

    @property
    def is_anonymous(self) -> bool:
        """Whether it is that of a plain array, which says nothing but how many features there
        are.
        """
        return (
            self.axes == (POINT_AXIS,)
            and self.variables == ("x",)
            and self.mask is None
            and self.mesh is None
        )

    @property
    def has_grid(self) -> bool:
        """Whether cells have neighbours along axes (1-D, 2-D or 3-D), so that convolutions make
        sense.
        """
        return self.axes != (POINT_AXIS,) and 1 <= len(self.axes) <= 3

    @property
    def n_features(self) -> int:
        full = self.n_variables * self.n_cells
        return int(self.valid.sum()) if self.packed else full

    @property
    def valid(self) -> np.ndarray:
        """Which features of a full row hold data: (n_variables * n_cells,) bool."""
        shape = (self.n_variables, *self.grid_shape)
        if self.mask is None:
            return np.ones(math.prod(shape), dtype=bool)
        return ~np.broadcast_to(self.mask, shape).reshape(-1)

    def _per_feature(self, full: np.ndarray) -> np.ndarray:
        return full[self.valid] if self.packed else full

    @property
    def variable_index(self) -> np.ndarray:
        """Number of the variable each feature of a row belongs to: (n_features,) int."""
        return self._per_feature(np.repeat(np.arange(self.n_variables), self.n_cells))

    @property
    def feature_weights(self) -> np.ndarray:
        """Weight of each feature, mean one over the cells with data and zero in the mask:
        (n_features,).

        Normalised because only ratios of cell weights mean something: a mesh in millimetres and the
        same mesh in metres must give the same loss and the same beta.
        """
        shape = (self.n_variables, *self.grid_shape)
        weights = np.ones(self.grid_shape) if self.weights is None else self.weights
        full = np.broadcast_to(weights, shape).reshape(-1) * self.valid
        return self._per_feature(full * (self.valid.sum() / full.sum()))

    def pack(self) -> FieldLayout:
        """The same layout for rows without the masked cells."""
        return self if self.mask is None else replace(self, packed=True)

    def unpack(self) -> FieldLayout:
        """The same layout for full rows."""
        return replace(self, packed=False)

    def to_fields(self, rows: np.ndarray, *, fill: float = np.nan) -> np.ndarray:
        """Rows (n, n_features) as fields ``(n, n_variables, *grid_shape)``, masked cells set to
        `fill`.
        """
        rows = np.asarray(rows)
        if rows.ndim != 2 or rows.shape[1] != self.n_features:
            raise InputError(
                f"rows of {self.n_features} features expected, got an array of shape {rows.shape}"
            )
        if self.mask is None:
            full = rows
        else:
            full = np.full((len(rows), self.n_variables * self.n_cells), fill, dtype=rows.dtype)
            full[:, self.valid] = rows if self.packed else rows[:, self.valid]
        return full.reshape(len(rows), self.n_variables, *self.grid_shape)

    def to_rows(self, fields: np.ndarray) -> np.ndarray:
        """Fields ``(n, n_variables, *grid_shape)`` as rows (n, n_features)."""
        fields = np.asarray(fields)
        if fields.shape[1:] != (self.n_variables, *self.grid_shape):
            raise InputError(
                f"fields of shape (n, {self.n_variables}, {', '.join(map(str, self.grid_shape))})"
                f" expected, got {fields.shape}"
            )
        rows = fields.reshape(len(fields), -1)
        return rows[:, self.valid] if self.packed else rows

    def state(self) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """What :meth:`from_state` needs: a JSON-able dict and the arrays."""
        meta = {
            "variables": list(self.variables),
            "grid_shape": list(self.grid_shape),
            "axes": list(self.axes),
            "units": list(self.units),
            "coordinate_units": dict(self.coordinate_units),
            "packed": self.packed,
            "periodic": list(self.periodic),
        }
        arrays = {
            f"coordinates/{name}": np.asarray(values) for name, values in self.coordinates.items()
        }
        if self.weights is not None:
            arrays["weights"] = self.weights
        if self.mask is not None:
            arrays["mask"] = self.mask
        if self.mesh is not None:
            meta["mesh"], mesh = self.mesh.state()
            arrays |= {f"mesh/{name}": values for name, values in mesh.items()}
        return meta, arrays

    @classmethod
    def from_state(cls, meta: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> FieldLayout:
        """The layout that :meth:`state` described."""
        coordinates, mesh = (
            {k.removeprefix(prefix): v for k, v in arrays.items() if k.startswith(prefix)}
            for prefix in ("coordinates/", "mesh/")
        )
        known = dict(meta)
        if "mesh" in known:
            known["mesh"] = Mesh.from_state(known["mesh"], mesh)
        return cls(
            **known, coordinates=coordinates, weights=arrays.get("weights"), mask=arrays.get("mask")
        )
