"""Why a measure of latents is not defined, in words; latents are named by their numbers from 0."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rom.metrics.correlation import correlation_matrix
from rom.metrics.information import FEWEST_DISTINCT, NEIGHBOURS
from rom.metrics.ranks import distinct_share


def refusal(rows: NDArray[np.float64], numbers: NDArray[np.intp]) -> str:
    """Why nothing can be measured of these latents, or nothing."""
    if not rows.shape[1]:
        return "no latent is active"
    broken = numbers[~np.isfinite(rows).all(axis=0)]
    if broken.size:
        return f"{_latents(broken)} NaN or infinite values"
    return f"{len(rows)} snapshot is too few" if len(rows) < 2 else ""


def too_many(rows: NDArray[np.float64], most: int | None) -> str:
    """Why a measure for at most `most` latents is not given of these, or nothing."""
    d = rows.shape[1]
    return f"for at most {most} latents, not {d}" if most is not None and d > most else ""


def why_undefined(rows: NDArray[np.float64], numbers: NDArray[np.intp]) -> str:
    """Why a measure of finite latents is NaN."""
    n, d = rows.shape
    constant = numbers[np.isnan(np.diag(correlation_matrix(rows)))]
    if constant.size:
        return f"{_latents(constant)} one value in all snapshots"
    if d == 1:
        return "one latent has no pair"
    if n <= max(d, NEIGHBOURS):
        return f"{n} snapshots are too few for {d} latents"
    tied = numbers[distinct_share(rows) < FEWEST_DISTINCT]
    return f"{_latents(tied)} too many equal values" if tied.size else "not defined"


def _latents(numbers: NDArray[np.intp]) -> str:
    """Names of latents, counted from 0, and their verb."""
    names = ", ".join(map(str, numbers[:5])) + (", ..." if len(numbers) > 5 else "")
    return f"latents {names} hold" if len(numbers) > 1 else f"latent {names} holds"
