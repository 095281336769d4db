"""One pass over all rows before anything is fitted: is every value a number, does anything vary?"""

from __future__ import annotations

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import InputError


def check_values(snapshots: Snapshots) -> None:
    """Raise InputError if a value outside the mask is NaN or infinite, or a variable never changes.

    The message counts the bad values and names the first one's snapshot, variable and cell.
    """
    packed = snapshots.pack()
    layout = packed.layout
    variable = layout.variable_index
    first_row: np.ndarray | None = None
    varies = np.zeros(layout.n_features, dtype=bool)
    bad, first = 0, ""
    for rows in packed.block_slices():
        block = packed[rows]
        finite = np.isfinite(block)
        if not finite.all():
            bad += int((~finite).sum())
            first = first or _place(snapshots, block, finite, rows.start)
            continue
        first_row = block[0].copy() if first_row is None else first_row
        varies |= (block != first_row).any(axis=0)
    if bad:
        raise InputError(f"{snapshots.name}: {bad} values are NaN or infinite outside the mask, the first at {first}")
    constant = [name for v, name in enumerate(layout.variables) if not varies[variable == v].any()]
    if constant:
        raise InputError(
            f"{snapshots.name}: {', '.join(constant)} is the same in every snapshot, there is nothing to reduce; "
            "leave it out with variables=[...]"
        )


def _place(snapshots: Snapshots, block: np.ndarray, finite: np.ndarray, start: int) -> str:
    row, feature = map(int, np.argwhere(~finite)[0])
    layout = snapshots.layout
    full = int(np.flatnonzero(layout.valid)[feature])
    variable, *cell = (int(i) for i in np.unravel_index(full, (layout.n_variables, *layout.grid_shape)))
    where = ", ".join(f"{axis} {i}" for axis, i in zip(layout.axes, cell, strict=True))
    return f"snapshot {start + row}, variable {layout.variables[variable]}, {where} ({block[row, feature]})"
