"""The order of rows: by time where there are times, elsewhere it is measured whether they are a
series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rom.errors import InputError

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots

#: Runs of neighbouring rows that are looked at, and rows of each.
RUNS, LENGTH = 16, 16
#: Below it rows follow each other: neighbours have a correlation above one half.
SERIES = 1.0
#: Below it neighbours are near-copies: they share three quarters of their energy and more.
NEAR_COPY = 0.5


def by_time(snapshots: Snapshots) -> tuple[np.ndarray, np.ndarray]:
    """Row numbers by trajectory, and by time within each; the times that occur twice in a
    trajectory.
    """
    n = len(snapshots)
    times = np.arange(float(n)) if snapshots.times is None else snapshots.times
    groups = (
        np.zeros(n, dtype=np.int64) if snapshots.trajectories is None else snapshots.trajectories
    )
    order = np.lexsort((times, groups))
    repeated = (np.diff(times[order]) == 0) & (np.diff(groups[order]) == 0)
    return order, times[order][1:][repeated]


def time_order(snapshots: Snapshots) -> np.ndarray:
    """Row numbers by trajectory, and by time within each.

    Raises
    ------
    InputError
        If a time is not finite, or occurs twice in a trajectory.
    """
    name, times = snapshots.name, snapshots.times
    if times is not None and not np.all(np.isfinite(times)):
        raise InputError(f"{name}: time number {np.argmin(np.isfinite(times))} is not finite")
    order, repeated = by_time(snapshots)
    if len(repeated):
        raise InputError(
            f"{name}: the time {repeated[0]:g} occurs more than once; leave one of these"
            " snapshots out, or name a dataset with other times: --time NAME (in Python:"
            " time='NAME')"
        )
    return order


def sorted_by_time(snapshots: Snapshots) -> Snapshots:
    """By trajectory, and by time within each; the split that came with the data follows.

    Raises
    ------
    InputError
        As :func:`time_order`.
    """
    order = time_order(snapshots)
    if np.array_equal(order, np.arange(len(order))):
        return snapshots
    what = "time" if snapshots.trajectories is None else "trajectory and time"
    place = np.argsort(order)
    own_split = snapshots.own_split and {
        part: place[np.asarray(rows)] for part, rows in snapshots.own_split.items()
    }
    found = snapshots.select(order).replace(own_split=own_split)
    return found.noted(f"snapshots were not stored in the order of {what} and are sorted by it")


def neighbour_difference(snapshots: Snapshots) -> float:
    """How much neighbouring rows differ, relative to the fluctuations about the mean of the rows
    looked at.

    ``sqrt(mean |x_(i+1) - x_i|^2 / mean |x_i - mean|^2)``: the square root of 2 for rows in any
    order, small for a series; each variable divided by its energy, cells weighted. Of long data, 16
    runs of 16 neighbours. NaN where nothing varies.
    """
    n = len(snapshots)
    length = min(LENGTH, n)
    starts = np.unique(
        np.linspace(0, n - length, min(RUNS, max(1, n // length))).round().astype(int)
    )
    packed = snapshots.pack()
    runs = np.stack([packed[start : start + length] for start in starts]).astype(np.float64)
    about = runs - runs.mean(axis=(0, 1))
    steps = np.square(np.diff(about, axis=1)).mean(axis=(0, 1))
    energy = np.square(about).mean(axis=(0, 1))
    layout = packed.layout
    per_variable = np.bincount(
        layout.variable_index, energy * layout.feature_weights, layout.n_variables
    )
    if not np.isfinite(per_variable).all() or not (per_variable > 0).any():
        return float("nan")
    share = (
        layout.feature_weights
        / np.where(per_variable > 0, per_variable, np.inf)[layout.variable_index]
    )
    return float(np.sqrt((steps * share).sum() / (energy * share).sum()))


def follow_each_other(snapshots: Snapshots) -> tuple[bool, str]:
    """Whether rows without times are a series in the order they stand in, and why, in words.

    They are where neighbours have a correlation above one half, and no parameter says what else
    their order may be.
    """
    varying = [name for name, values in snapshots.parameters.items() if len(np.unique(values)) > 1]
    if varying:
        return (
            False,
            (
                f"no times: snapshots are told apart by {', '.join(varying)}, their order means"
                " nothing"
            ),
        )
    difference = neighbour_difference(snapshots)
    if difference < SERIES:
        return (
            True,
            (
                f"no times: neighbouring snapshots differ by {difference:.2g} of their"
                " fluctuations, so they are taken to be in the order of time"
            ),
        )
    return (
        False,
        (
            f"no times: neighbouring snapshots differ as much as any ({difference:.2g} of their"
            " fluctuations), so their order is taken to mean nothing"
        ),
    )
