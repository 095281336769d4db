"""Snapshots: the rows every other part of the package works on, read lazily."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.data import shown
from rom.data.axes import arrange
from rom.data.checks import check_columns, check_source
from rom.data.fingerprint import fingerprint
from rom.data.layout import FieldLayout, real_array
from rom.data.order import follow_each_other, sorted_by_time
from rom.data.sources import ArraySource, RowSource
from rom.data.views import Apply, Map, RowView
from rom.data.watch import states_of
from rom.errors import InputError, nearest

if TYPE_CHECKING:
    import xarray

    from rom.data.catalog import Card


#: What describes rows and may be replaced: nothing of it changes how they are read.
DESCRIPTION = (
    "times", "time_unit", "trajectories", "parameters", "own_split", "name", "card", "read_as",
    "files", "states",
)  # fmt: skip


class Snapshots(RowView):
    """Rows of fields, read a few at a time: ``(n_snapshots, n_features)`` without the whole in
    memory.

    Made by :func:`rom.open_snapshots` from a file or data set, by :meth:`from_array` from an array.
    They do not change: what is asked of them gives a view.

    Parameters
    ----------
    source : RowSource
        Where rows are read from.
    layout : FieldLayout
        What the features of a row are.
    times : (n_snapshots,) array, optional
        Times, distinct within a trajectory; snapshots are sorted by trajectory and time.
    trajectories : (n_snapshots,) int array, optional
        Which simulation or experiment each snapshot belongs to. None: all are of one.
    time_unit : str, default ""
        Unit of `times`.
    parameters : mapping of str to (n_snapshots,) array, optional
        Values that belong to each snapshot: a shift, a Reynolds number, a label.
    own_split : mapping of "train" | "validation" | "test" to row numbers, optional
        The split that came with the data.
    ordered : bool, optional
        Whether neighbouring rows are neighbours in time. Default: True where there are times,
        elsewhere measured (:func:`rom.data.order.follow_each_other`) when it is first asked for.
    name : str, default "array"
        Name for tables and reports.
    card : Card, optional
        The data set's card.

    Attributes
    ----------
    shape : (n_snapshots, n_features)
    dtype : data type of the rows
    layout, times, time_unit, trajectories, parameters, own_split, ordered, name, card : as above
    assumptions : list of str, what was assumed when the file was opened
    files, states : tuples of Path and of :class:`rom.data.watch.FileState`
        Files the rows come from: nothing may be written there. What they were when opened.
    read_as : str
        The layout of the file and how it was recognised.

    Examples
    --------
    >>> import numpy as np
    >>> snapshots = Snapshots.from_array(np.arange(24.0).reshape(2, 3, 4), axes="t y x")
    >>> snapshots.shape, snapshots.layout.grid_shape
    ((2, 12), (3, 4))
    >>> snapshots[0].shape, snapshots.select([1]).shape
    ((12,), (1, 12))
    """

    def __init__(
        self,
        source: RowSource,
        layout: FieldLayout,
        *,
        times: np.ndarray | None = None,
        time_unit: str = "",
        trajectories: np.ndarray | None = None,
        parameters: Mapping[str, np.ndarray] | None = None,
        own_split: Mapping[str, np.ndarray] | None = None,
        ordered: bool | None = None,
        name: str = "array",
        card: Card | None = None,
        assumptions: Sequence[str] = (),
    ) -> None:
        check_source(name, source, layout)
        super().__init__(source)
        self.layout = layout
        self.times = None if times is None else real_array(times, f"{name}: times")
        self.time_unit = time_unit
        labels = None if trajectories is None else np.asarray(trajectories, dtype=np.int64)
        self.trajectories = labels
        self.parameters = {key: np.asarray(values) for key, values in (parameters or {}).items()}
        self.own_split = own_split
        self.name, self.card, self.read_as = name, card, "an array"
        self.files, self.states = tuple(map(Path, getattr(source, "paths", ()))), states_of(())
        self._notes = tuple(assumptions)
        # None: it is measured when it is first asked for
        self._said_ordered = True if ordered is None and self.times is not None else ordered
        columns = [("times", self.times), ("trajectories", self.trajectories)]
        check_columns(name, len(self), [*columns, *self.parameters.items()])
        self._is_whole = True
        self.__dict__.update(sorted_by_time(self).__dict__)

    @classmethod
    def from_array(
        cls,
        X: np.ndarray,
        *,
        axes: str | None = None,
        layout: FieldLayout | None = None,
        times: np.ndarray | None = None,
        trajectories: np.ndarray | None = None,
        parameters: Mapping[str, np.ndarray] | None = None,
        name: str = "array",
    ) -> Snapshots:
        """Snapshots of an array in memory; the array is not copied where its axes are in order.

        Parameters
        ----------
        X : (n_snapshots, n_features) array, or more axes that `axes` names.
        axes : e.g. ``"t c y x"``: t snapshots, c variables, the others grid axes in the order
            given.
        layout : FieldLayout, optional. Variables, units, weights, mask; default from `axes`.
        times, trajectories, parameters, name : as for :class:`Snapshots`.

        Raises
        ------
        InputError
            If the array has more than two axes and they are not named, or the names do not fit.
        """
        X, layout = arrange(X, axes, layout, name)
        known: dict[str, Any] = {"times": times, "trajectories": trajectories, "name": name}
        return cls(ArraySource(X), layout, parameters=parameters, **known)

    __repr__, _repr_html_ = shown.line, shown.table

    @property
    def shape(self) -> tuple[int, int]:
        return len(self), self.layout.n_features

    @property
    def ordered(self) -> bool:
        """Whether neighbouring rows are neighbours in time; `assumptions` says what was found."""
        return self._order[0]

    @cached_property
    def _order(self) -> tuple[bool, str]:
        """Whether rows follow each other, and why if it had to be measured."""
        return follow_each_other(self) if self._said_ordered is None else (self._said_ordered, "")

    @property
    def assumptions(self) -> list[str]:
        """What was assumed, as far as it is known by now."""
        measured = self.__dict__.get("_order", (None, ""))[1]
        return [*self._notes, *([measured] if measured else [])]

    def __setattr__(self, name: str, value: Any) -> None:
        if "_is_whole" in self.__dict__:
            raise AttributeError(
                f"snapshots do not change; replace({name}=...) makes a view that has it"
            )
        super().__setattr__(name, value)

    def replace(self, **changes: Any) -> Snapshots:
        """A lazy view with another name, time unit, split, ...: attributes and their values."""
        for name in changes:
            if name not in DESCRIPTION:
                raise InputError(f"{name!r} cannot be replaced; {nearest(name, DESCRIPTION)}")
        columns = {key: changes.get(key) for key in ("times", "trajectories")}
        columns |= changes.get("parameters") or {}
        check_columns(self.name, len(self), list(columns.items()))
        return self._view(**changes)

    def noted(self, *notes: str) -> Snapshots:
        """A lazy view with more assumptions."""
        return self._view(_notes=(*self._notes, *notes))

    def select(self, rows: Any) -> Snapshots:
        """A lazy view of some rows: a slice, a boolean mask or row numbers. Nothing is read."""
        return self._view(
            _rows=self._rows[rows],
            times=None if self.times is None else self.times[rows],
            trajectories=None if self.trajectories is None else self.trajectories[rows],
            parameters={key: values[rows] for key, values in self.parameters.items()},
            own_split=None,
        )

    def isel(self, **where: Any) -> Snapshots:
        """A lazy view by numbers, ``isel(t=slice(0, 9), z=2)``: :func:`rom.data.select.isel`."""
        from rom.data.select import isel  # here: it is written in terms of Snapshots

        return isel(self, where)

    def sel(self, **where: Any) -> Snapshots:
        """By values, ``sel(z=850, time=slice("1990", "2000"))``: :func:`rom.data.select.sel`."""
        from rom.data.select import sel

        return sel(self, where)

    def map(
        self, apply: Apply | None, layout: FieldLayout, *, keep: np.ndarray | None = None
    ) -> Snapshots:
        """A lazy view whose rows went through a function that works on each feature by itself.

        Parameters
        ----------
        apply : callable(block, features) -> block, or None
            `block` holds some features of some rows, `features` says which (numbers after `keep`).
        layout : FieldLayout of the rows that come out.
        keep : (n_features,) bool, optional. The features that remain.
        """
        return self._view(_maps=(*self._maps, Map(apply, keep)), layout=layout)

    def pack(self) -> Snapshots:
        """A lazy view without the masked cells."""
        if self.layout.mask is None or self.layout.packed:
            return self
        return self.map(None, self.layout.pack(), keep=self.layout.valid)

    def resolve_missing(self, missing: str = "error") -> Snapshots:
        """A lazy view in which no value is missing; one pass over the data.

        Cells that are NaN in every snapshot become the mask (added to those that the layout masks
        already): reducers leave them out and decoded fields have NaN there. What was done is added
        to `assumptions`.

        Parameters
        ----------
        missing : {"error", "drop-snapshots"}, default "error"
            What to do with snapshots that lack other values: refuse them, or leave them out. Times,
            trajectories, parameters and the data's own split follow.

        Raises
        ------
        InputError
            If a value is infinite or, unless such snapshots are dropped, missing in some snapshots
            only: how many and where. If nothing is left.
        """
        from rom.data.scan import resolve, scan

        return resolve(self, scan(self), missing)

    def write(self, path: str | Path, *, like: Snapshots | str | Path | None = None) -> list[Path]:
        """Write as HDF5 in the canonical layout, with an XDMF file next to it that ParaView opens.

        Block by block, with names, units, coordinates or mesh, times, parameters and NaN in masked
        cells; :func:`rom.open_snapshots` opens it again. It is written whole or not at all.

        Parameters
        ----------
        path : of the HDF5 file; one that is there is replaced. The XDMF file has its name, or for
            several trajectories NAME_t0.xdmf, ... With the suffix .pvd a series of ParaView
            instead: a VTU file for each snapshot (extra ``mesh``).
        like : Snapshots or what :func:`rom.open_snapshots` takes, optional. From it comes what
            these snapshots do not know of themselves; times if there are as many.

        Returns
        -------
        list of Path : the HDF5 file, then the XDMF files.

        Raises
        ------
        InputError
            If `path` is a file that is read from, `like` has other features, the grid more than
            three axes, or an XDMF file of that name is not by this package.
        """
        # here: it needs h5py, snapshots of an array do not
        from rom.data.write import write_snapshots

        return write_snapshots(path, self, like=like)

    def to_xarray(self) -> xarray.Dataset:
        """A Dataset of xarray (extra ``xarray``) with units, coordinates, times and parameters."""
        from rom.data.write.xarray_dataset import snapshots_dataset

        return snapshots_dataset(self)

    def fingerprint(self) -> str:
        """Identity of the data, 16 hex digits: sha256 over layout, weights, mask, times, parameters
        and all rows outside the mask: a file that was mended in one place is another.
        """
        return fingerprint(self)
