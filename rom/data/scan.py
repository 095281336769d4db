"""One pass over all rows before anything is fitted: what is missing, what varies, and the identity
of the data.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rom.data.fingerprint import begin_fingerprint
from rom.errors import InputError, nearest

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots

MISSING = ("error", "drop-snapshots")


@dataclass(frozen=True)
class Scan:
    """What one pass found. Features are those outside the mask that the layout has.

    absent : (n_features,) bool. NaN in every snapshot.
    incomplete : (n_snapshots,) bool. NaN somewhere else.
    n_missing, first : how many such values there are, and where the first one is.
    constant : names of the variables that are the same in every snapshot, to rounding (4 eps of the
        largest value).
    fingerprint : identity of the data, :meth:`rom.Snapshots.fingerprint`.
    """

    absent: np.ndarray
    incomplete: np.ndarray
    n_missing: int
    first: str
    constant: tuple[str, ...]
    fingerprint: str


def scan(snapshots: Snapshots, max_bytes: int | None = None) -> Scan:
    """Read every value once, in blocks of `max_bytes`.

    Raises
    ------
    InputError
        If a value outside the mask is infinite; the message counts them and names the first one's
        place.
    """
    packed = snapshots.pack()
    n, n_features = packed.shape
    per_feature, per_row = np.zeros(n_features, dtype=np.int64), np.zeros(n, dtype=np.int64)
    low = np.full(n_features, np.nan, dtype=packed.dtype)
    high, digest = low.copy(), begin_fingerprint(snapshots)
    infinite, first = 0, ""
    for rows, block in zip(packed.block_slices(max_bytes), packed.blocks(max_bytes), strict=True):
        digest.update(np.ascontiguousarray(block))
        low, high = np.fmin(low, np.fmin.reduce(block)), np.fmax(high, np.fmax.reduce(block))
        with np.errstate(over="ignore", invalid="ignore"):
            if np.isfinite(block.sum()):  # the fast answer
                continue
        missing, wrong = np.isnan(block), np.isinf(block)
        per_feature += missing.sum(axis=0)
        per_row[rows] = missing.sum(axis=1)
        if wrong.any():
            row, feature = map(int, np.argwhere(wrong)[0])
            first = first or _place(snapshots, rows.start + row, feature, block[row, feature])
            infinite += int(wrong.sum())
    if infinite:
        raise InputError(
            f"{snapshots.name}: {infinite} values are infinite, the first at {first}; mend the file"
        )
    absent = per_feature == n
    incomplete = per_row > absent.sum()
    if incomplete.any():
        row = int(np.argmax(incomplete))
        feature = int(np.argmax(np.isnan(packed[row]) & ~absent))
        first = _place(snapshots, row, feature, np.nan)
    with np.errstate(invalid="ignore"):
        moves = high - low > 4 * np.finfo(packed.dtype).eps * np.maximum(np.abs(low), np.abs(high))
    varies = np.bincount(packed.layout.variable_index, moves, packed.layout.n_variables) > 0
    constant = tuple(name for name, v in zip(packed.layout.variables, varies, strict=True) if not v)
    n_missing = int(per_row.sum() - n * absent.sum())
    return Scan(absent, incomplete, n_missing, first, constant, digest.hexdigest()[:16])


def resolve(snapshots: Snapshots, found: Scan, missing: str = "error") -> Snapshots:
    """A lazy view without missing values: see :meth:`rom.Snapshots.resolve_missing`.

    >>> from rom import Snapshots
    >>> X = np.array([[1.0, np.nan, 2.0], [3.0, np.nan, np.nan], [4.0, np.nan, 5.0]])
    >>> Snapshots.from_array(X).resolve_missing("drop-snapshots").pack()[:].tolist()
    [[1.0, 2.0], [4.0, 5.0]]
    """
    if missing not in MISSING:
        raise InputError(
            f"--missing {missing} (in Python: missing={missing!r}) is unknown;"
            f" {nearest(str(missing), MISSING)}"
        )
    n, name = len(snapshots), snapshots.name
    if found.absent.all():
        raise InputError(
            f"{name}: all {n * len(found.absent)} values are NaN, there is nothing to reduce"
        )
    dropped = int(found.incomplete.sum())
    words = (
        f"{found.n_missing} values are missing (NaN) in {dropped} of {n} snapshots, the first at"
        f" {found.first}"
    )
    if dropped and missing == "error":
        raise InputError(
            f"{name}: {words}; mend the file, or leave these snapshots out with --missing"
            " drop-snapshots (in Python: missing='drop-snapshots')"
        )
    if dropped == n:
        raise InputError(
            f"{name}: {words}: no snapshot is left when those that lack values are dropped"
        )
    notes = []
    if found.absent.any():
        notes.append(
            f"{found.absent.sum()} of {len(found.absent)} values per snapshot are missing in every"
            " snapshot and are taken as the mask"
        )
        snapshots = _masked(snapshots, found.absent)
    if dropped:
        notes.append(
            f"{dropped} of {n} snapshots ({dropped / n:.1%}) lack values and are left out: {words}"
        )
        snapshots = _without(snapshots, found.incomplete)
    return snapshots.noted(*notes)


def _masked(snapshots: Snapshots, absent: np.ndarray) -> Snapshots:
    """A view whose mask also covers some of the features outside it."""
    layout = snapshots.layout
    valid = layout.valid.copy()
    valid[np.flatnonzero(valid)[absent]] = False
    mask = ~valid.reshape(layout.n_variables, *layout.grid_shape)
    layout = replace(layout, mask=mask[0] if (mask == mask[0]).all() else mask)
    return snapshots.map(None, layout, keep=~absent if layout.packed else None)


def _without(snapshots: Snapshots, left_out: np.ndarray) -> Snapshots:
    """A view without some rows; the split that came with the data goes with it."""
    view = snapshots.select(~left_out)
    if snapshots.own_split is None:
        return view
    number = np.cumsum(~left_out) - 1
    parts = {part: np.asarray(rows) for part, rows in snapshots.own_split.items()}
    return view.replace(
        own_split={part: number[rows[~left_out[rows]]] for part, rows in parts.items()}
    )


def _place(snapshots: Snapshots, row: int, feature: int, value: float) -> str:
    layout = snapshots.layout
    full = int(np.flatnonzero(layout.valid)[feature])
    variable, *cell = (
        int(i) for i in np.unravel_index(full, (layout.n_variables, *layout.grid_shape))
    )
    where = ", ".join(f"{axis} {i}" for axis, i in zip(layout.axes, cell, strict=True))
    return f"snapshot {row}, variable {layout.variables[variable]}, {where} ({value})"
