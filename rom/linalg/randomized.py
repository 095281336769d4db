"""Randomised subspace iteration: the leading modes where both sides of the matrix are long."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from rom.data.snapshots import Snapshots
from rom.data.sources import Features
from rom.linalg.gram import centred, first_mean, panels
from rom.linalg.spectrum import Spectrum, rounding
from rom.linalg.spread import Parts, divide, divide_features, read, spread, whole_blocks

#: Most power iterations of "auto", and the gain in energy, relative to what is left, below which it
#: stops.
MOST_ITERATIONS, ENOUGH = 7, 1e-4


def randomized(
    snapshots: Snapshots,
    max_bytes: int,
    precision: str = "double",
    *,
    n_modes: int,
    oversampling: int = 10,
    power_iterations: int | str = "auto",
    seed: int = 0,
) -> Spectrum:
    """The leading `n_modes` singular values and modes from a few passes (Halko, Martinsson, Tropp
    2011).

    Y is the matrix of centred rows, or its transpose where tiles of features are read. A random
    orthonormal Q with ``l = n_modes + oversampling`` columns becomes ``Q = orth(Y^T Y Q)``,
    ``power_iterations + 1`` times, and ``Y Q = U diag(sigma) W^T`` gives the modes ``Q W``. Every
    product with ``Y^T Y`` is one pass over blocks, so that a power iteration reads the data once,
    not twice.

    Singular values are those of ``Y Q``, never above the true ones; they are not squared, and ``Y^T
    (Y Q)`` is no product with a squared matrix either: what lies below ``sqrt(eps) sigma_1`` is
    found by the next iteration. `excess` of the result is an estimate, no bound: what the error may
    still lose by more iterations, from what the last ones gained.

    Memory: about four arrays of l times the longer side, in double precision, in addition to the
    blocks.
    """
    dtype = np.float32 if precision == "single" else np.float64
    n_rows, n_features = snapshots.shape
    width = min(n_modes + oversampling, n_rows, n_features)
    # blocks of rows are read fastest; tiles only where blocks would cut chunks
    parts: Parts[Any] = divide(
        snapshots, partial(whole_blocks, snapshots), max_bytes, 16 * width * n_features
    )
    tiles = None if parts.items else divide_features(snapshots, max_bytes, 16 * width * n_rows)
    tiled = tiles is not None and bool(tiles.items)
    if tiles is not None:
        parts = tiles if tiled else Parts(snapshots.block_slices(max_bytes), 1)
    mean = first_mean(snapshots, snapshots.block_slices(max_bytes)[0].stop)
    Q = np.random.default_rng(seed).normal(size=(n_rows if tiled else n_features, width))
    captured: list[float] = []
    most = MOST_ITERATIONS if power_iterations == "auto" else int(power_iterations)
    for iteration in range(most + 1):
        Q = np.linalg.qr(Q)[0]
        mean, total, latents, Q = _iterate(snapshots, parts, Q.astype(dtype), mean, tiled)
        captured.append(float(np.sum(np.linalg.eigvalsh(latents)[::-1][:n_modes])))
        if (
            power_iterations == "auto"
            and iteration > 1
            and captured[-1] - captured[-2] <= ENOUGH * (total - captured[-1])
        ):
            break
    Q = np.linalg.qr(Q)[0]
    B = np.empty((n_features if tiled else n_rows, width))
    for found in spread(_project, snapshots, parts, Q.astype(dtype), mean, tiled):
        for numbers, values in found:
            B[numbers] = values
    if not tiled:
        B -= B.mean(axis=0)
    left, sigma, W = np.linalg.svd(B, full_matrices=False)
    modes = left.T if tiled else W @ Q.T
    captured.append(float(np.sum(sigma[:n_modes] ** 2)))
    resolution = max(rounding(snapshots), float(np.finfo(dtype).eps))
    return Spectrum(mean, sigma, total, lambda k: modes[:k], resolution, _excess(captured, total))


def _iterate(
    snapshots: Snapshots,
    parts: Parts[Any],
    Q: np.ndarray,
    shift: np.ndarray,
    tiled: bool,
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray]:
    """Mean, ``sum |Y|^2``, ``(Y Q)^T Y Q`` and ``Y^T Y Q``; rows are shifted by about the mean,
    then corrected.
    """
    n_rows, n_features = snapshots.shape
    mean, energy = np.zeros(n_features), 0.0
    latents, product = np.zeros((Q.shape[1], Q.shape[1])), np.zeros(Q.shape)
    for sums, squares, small, large in spread(_iterate_parts, snapshots, parts, Q, shift, tiled):
        for features, values in sums:
            mean[features] += values
        energy += squares
        latents += small
        product += large
    mean /= n_rows
    if tiled:  # the means of a tile's features are known when it is read
        return mean, energy, latents, product
    about = mean @ Q
    latents -= n_rows * np.outer(about, about)
    product -= n_rows * np.outer(mean, about)
    return mean + shift.astype(Q.dtype), energy - n_rows * float(mean @ mean), latents, product


def _iterate_parts(
    snapshots: Snapshots, items: Sequence[Any], Q: np.ndarray, shift: np.ndarray, tiled: bool
) -> tuple[list[tuple[Features, np.ndarray]], float, np.ndarray, np.ndarray]:
    """What some blocks of rows, or tiles, add to the sums of :func:`_iterate`."""
    latents, product = np.zeros((Q.shape[1], Q.shape[1])), np.zeros(Q.shape)
    sums: list[tuple[Features, np.ndarray]] = []
    total, energy = np.zeros(0 if tiled else len(Q)), 0.0
    for part in read(snapshots, items, snapshots.read_tile if tiled else snapshots.__getitem__):
        Y, features, mean = _centred(part, shift, tiled, Q.dtype)
        if tiled:
            # a tile has all rows of its features: this is their mean, times n as `_iterate` divides
            sums.append((features, mean * len(snapshots)))
        else:
            total += np.ones(len(Y), dtype=Y.dtype) @ Y

        # in the order of memory, so that nothing is copied; in panels, as long float32 sums round
        flat = Y.T.reshape(-1) if tiled else Y.reshape(-1)
        energy += sum(float(np.vdot(flat[panel], flat[panel])) for panel in panels(len(flat)))

        projected = Y @ Q
        latents += projected.T @ projected
        product += Y.T @ projected

    return sums if tiled else [(slice(None), total)], energy, latents, product


def _project(
    snapshots: Snapshots, items: Sequence[Any], Q: np.ndarray, mean: np.ndarray, tiled: bool
) -> list[tuple[Features, np.ndarray]]:
    """``Y Q`` for some blocks of rows, or tiles, and which rows of the whole product these are."""
    parts: Iterator[tuple[Features, Any]]
    if tiled:
        parts = ((part[1], part) for part in read(snapshots, items, snapshots.read_tile))
    else:
        parts = zip(items, read(snapshots, items, snapshots.__getitem__), strict=True)
    return [(numbers, _centred(part, mean, tiled, Q.dtype)[0] @ Q) for numbers, part in parts]


def _centred(
    part: Any, shift: np.ndarray, tiled: bool, dtype: np.dtype
) -> tuple[np.ndarray, Features, np.ndarray]:
    """A block of rows minus the shift, or a tile, transposed, minus its own mean; which features;
    what was taken.
    """
    if not tiled:
        return centred(part, shift, dtype), slice(None), shift
    block, features = part
    mean = block.mean(axis=0, dtype=np.float64)
    return centred(block, mean, dtype).T, features, mean


def _excess(captured: Sequence[float], total: float) -> float:
    """Error over optimal error, minus one, if the energy continues to grow as it did: by at least
    the last gain.
    """
    gain, left = captured[-1] - captured[-2], total - captured[-1]
    before = captured[-2] - captured[-3] if len(captured) > 2 else np.inf
    rate = min(max(gain / before, 0.0), 0.99) if before > 0 else 0.0
    more = max(gain, 0.0) * max(1.0, rate / (1 - rate))
    smallest = np.finfo(np.float64).eps * total  # below it both are rounding
    return (
        float(np.sqrt(max(left, smallest) / max(left - more, smallest)) - 1) if total > 0 else 0.0
    )
