"""Splits by ranges of a parameter: interpolation and extrapolation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import InputError, nearest


def by_parameter(
    snapshots: Snapshots,
    kind: str,
    parameter: str | None,
    test_range: Sequence[float] | None,
    validation: float,
    test: float,
    which: tuple[int, int] = (0, 1),
) -> tuple[list[np.ndarray], str]:
    """Train on some values of a parameter, validate and test on ranges of others.

    The values of validation lie between those of training and test: below the tested range, or
    above it where the range is at the low end.
    """
    name, column = _parameter(snapshots, parameter)
    values = np.unique(column)
    n = len(values)
    if n < (least := 4 if kind == "interpolation" else 3):
        raise InputError(
            f"{snapshots.name}: {name} has {n} values, too few for {kind}; at least {least} are"
            " needed"
        )
    n_test = min(max(1, round(test * n)), max(1, n - 3))
    n_validation = max(1, round(validation * n))
    first = (n - n_test + 1) // 2 if kind == "interpolation" else n - n_test
    number, of = which
    # from the low end to the high one, with a value to validate on below and one to train on at
    # each end
    if of > 1:
        lowest, highest = n_validation + 1, n - n_test - 1
        first = lowest + round(number * (highest - lowest) / (of - 1))
    tested = np.zeros(n, dtype=bool)
    tested[first : first + n_test] = True
    if test_range is not None:
        if len(test_range) != 2 or not test_range[0] <= test_range[1]:
            raise InputError(f"test_range={test_range!r} must be (low, high)")
        tested = (values >= test_range[0]) & (values <= test_range[1])
        if not tested.any():
            raise InputError(
                f"{snapshots.name}: no snapshot has {name} between {test_range[0]:g} and"
                f" {test_range[1]:g}; its values lie between {values[0]:g} and {values[-1]:g}"
            )
    low, high = np.flatnonzero(tested)[[0, -1]]
    # next to the tested values: below them, and above where they are the lowest
    held_out = (
        np.arange(max(0, low - n_validation), low)
        if low > 0
        else np.arange(high + 1, high + 1 + n_validation)
    )
    train = np.setdiff1d(np.arange(n), [*np.flatnonzero(tested), *held_out])
    sides = {bool(number < low) for number in train}
    found = "interpolation" if len(sides) == 2 else "extrapolation"
    if found != kind:
        raise InputError(
            f"{snapshots.name}: testing on {name} from {values[low]:g} to {values[high]:g} is"
            f" {found}, not {kind}: it has {n} values, from {values[0]:g} to {values[-1]:g}; choose"
            " another test_range or kind"
        )
    numbers = np.searchsorted(values, column)
    rows = [
        np.flatnonzero(np.isin(numbers, part)) for part in (train, held_out, np.flatnonzero(tested))
    ]
    words = (
        f"{kind} in {name}: tested from {values[low]:g} to {values[high]:g}, {len(train)} of {n}"
        " values to train"
    )
    return rows, words


def _parameter(snapshots: Snapshots, name: str | None) -> tuple[str, np.ndarray]:
    """The parameter that is meant, and its value at each snapshot."""
    numbers = {
        key: values for key, values in snapshots.parameters.items() if values.dtype.kind in "fiu"
    }
    if name is None:
        varying = [key for key, values in numbers.items() if len(np.unique(values)) > 1]
        if len(varying) != 1:
            known = ", ".join(varying) or "none that varies"
            raise InputError(
                f"{snapshots.name}: which parameter? Give parameter=...; known: {known}"
            )
        name = varying[0]
    if name not in numbers:
        raise InputError(
            f"{snapshots.name}: no parameter {name!r} of numbers; {nearest(name, numbers)}"
        )
    if not np.isfinite(numbers[name]).all():
        raise InputError(f"{snapshots.name}: parameter {name} is not finite in every snapshot")
    return name, numbers[name]
