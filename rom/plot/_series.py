"""Values over time, each trajectory in a panel of its own."""

from __future__ import annotations

import numpy as np

MAX_TRAJECTORIES = 4
LONE = "Each trajectory has one snapshot."


def time_series(
    times: np.ndarray, trajectories: np.ndarray | None
) -> tuple[list[tuple[str, np.ndarray]], str]:
    """Name and rows, in order of time, of each trajectory that is drawn; and a remark on them.

    >>> time_series(np.array([1.0, 0.0]), None)
    ([('', array([1, 0]))], '')
    """
    order = np.argsort(times, kind="stable")
    if trajectories is None:
        return [("", order)], ""
    every = np.unique(trajectories)
    groups = [(f"trajectory {number}", order[trajectories[order] == number]) for number in every]
    groups = [(name, rows) for name, rows in groups if len(rows) > 1]
    if not groups:
        return [("", order)], LONE
    shown = groups[:MAX_TRAJECTORIES]
    left_out = len(every) - len(shown)
    return shown, f"Shown are {len(shown)} of {len(every)} trajectories." if left_out else ""
