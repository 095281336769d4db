"""Splits of series into blocks in time, with gaps that the series takes to forget itself."""

from __future__ import annotations

import warnings

import numpy as np

from rom.data.decorrelation import decorrelation_length
from rom.data.snapshots import Snapshots
from rom.errors import AssumptionWarning


def by_blocks(
    snapshots: Snapshots,
    validation: float,
    test: float,
    gap: int | None,
    which: tuple[int, int] = (0, 1),
) -> tuple[list[np.ndarray], int, str]:
    """Train on the first part of each series, validate and test on the next two; the gap between
    them, and words.
    """
    groups = (
        np.zeros(len(snapshots), int) if snapshots.trajectories is None else snapshots.trajectories
    )
    series = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    words = ""
    if gap is None:
        gap, reached = decorrelation_length(snapshots.select(max(series, key=len)))
        words = " (first zero of the first POD coefficient's autocorrelation)"
        if not reached:
            words = " (a tenth of them: they are still correlated)"
            warnings.warn(
                f"{snapshots.name}: snapshots {gap} apart are still correlated, so the test set is"
                " not independent of the training set; give a longer series, or a gap",
                AssumptionWarning,
                stacklevel=4,
            )

    parts: tuple[list, list, list] = ([], [], [])
    number, of = which
    for rows in series:
        # of several splits each begins elsewhere, and the end, which is tested on, meets the
        # beginning
        around = gap if of > 1 else 0
        rows = np.roll(rows, -round(number * len(rows) / of))[around:]
        usable = len(rows) - 2 * gap
        n_test, n_validation = max(1, round(test * usable)), max(1, round(validation * usable))
        n_train = max(0, usable - n_test - n_validation)
        start = n_train + gap
        cuts = (
            rows[:n_train],
            rows[start : start + n_validation],
            rows[start + n_validation + gap :],
        )
        for part, cut in zip(parts, cuts, strict=True):
            part.append(cut)

    each = " of each trajectory" if len(series) > 1 else ""
    description = f"contiguous blocks in time{each}, {gap} snapshots left out between them{words}"
    description += f", {number + 1} of {of} places" if of > 1 else ""
    return [np.concatenate(part) for part in parts], gap, description
