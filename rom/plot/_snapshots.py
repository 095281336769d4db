"""What tells a snapshot apart, and how wrong its reconstruction is."""

from __future__ import annotations

import numpy as np

from rom.data.layout import FieldLayout
from rom.plot._ticks import plain
from rom.results import Results
from rom.results.words import moment


def said(error: float) -> str:
    """A relative error in two digits.

    >>> said(0.0123), said(0.000021), said(float("nan"))
    ('0.012', '2.1×10⁻⁵', '–')
    """
    return plain([float(f"{error:.2g}")])[0] if np.isfinite(error) else "–"


def snapshot_name(results: Results, i: int) -> str:
    """What tells an example apart: its time, a parameter, or its place in the test set; first its
    trajectory.
    """
    position, times, trajectories = results.positions[i], results.times(), results.trajectories()
    first = "" if trajectories is None else f"trajectory {trajectories[position]}\n"
    if times is not None:
        return f"{first}{moment(float(times[position]), results.time_unit)}"
    for name, values in results.parameters().items():
        return f"{first}{name} = {values[position]:.4g}"
    return f"{first}test snapshot {position + 1}"


def relative_errors(
    layout: FieldLayout, originals: np.ndarray, fields: np.ndarray, mean: np.ndarray | float
) -> np.ndarray:
    """Of each snapshot (n, *grid): norm of the error over the distance from the mean, with the
    cell weights.
    """
    weights = 1.0 if layout.weights is None else layout.weights
    w = np.where(np.isnan(originals), 0.0, weights)
    axes = tuple(range(1, originals.ndim))
    error = np.nansum(w * (originals - fields) ** 2, axis=axes)
    scale = np.nansum(w * (originals - mean) ** 2, axis=axes)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sqrt(np.where(scale > 0, error / scale, np.nan))
