"""Solvers: mean, singular values and right singular vectors of snapshots."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from rom.data.snapshots import Snapshots
from rom.data.sources import Features, Tile
from rom.linalg.gram import centred, covariance_matrix, gram_matrix, panels
from rom.linalg.randomized import MOST_ITERATIONS, randomized
from rom.linalg.spectrum import Spectrum, rounding
from rom.linalg.spread import divide_features, read, spread


def direct(snapshots: Snapshots, max_bytes: int, precision: str = "double") -> Spectrum:
    """LAPACK's SVD of the whole centred matrix: accurate down to eps * sigma_1; needs it in
    memory.
    """
    mean = snapshots.mean(max_bytes)
    rows = np.concatenate([centred(block, mean) for block in snapshots.blocks(max_bytes)])
    _, values, modes = np.linalg.svd(rows, full_matrices=False)
    return Spectrum(
        mean, values, float(np.sum(values**2)), lambda k: modes[:k], rounding(snapshots)
    )


def gram(snapshots: Snapshots, max_bytes: int, precision: str = "double") -> Spectrum:
    """Eigenvalues of the smaller of ``Y Y^T`` (Sirovich 1987, method of snapshots) and ``Y^T Y``.

    Squaring loses half of the digits: an eigenvalue is right to about ``eps sigma_1^2``, so the
    relative error of sigma_i is about ``eps (sigma_1 / sigma_i)^2``. Singular values below
    ``sqrt(eps) sigma_1`` are rounding, about 1.5e-8 sigma_1 in double precision; their modes are an
    orthonormal completion. With ``precision="single"`` float32 products are added up in float64:
    twice as fast, with an error of 3e-8 sigma_1^2 (measured) in the place of eps. Memory: the
    smaller matrix, the modes, and two tiles.
    """
    dtype = np.float32 if precision == "single" else np.float64
    few_snapshots = snapshots.shape[0] <= snapshots.shape[1]
    matrix, mean = (gram_matrix if few_snapshots else covariance_matrix)(
        snapshots, max_bytes, dtype
    )
    total = float(np.trace(matrix))
    eigenvalues, vectors = np.linalg.eigh(matrix)
    values, vectors = np.sqrt(np.maximum(eigenvalues[::-1], 0)), vectors[:, ::-1]
    resolution = max(np.sqrt(np.finfo(dtype).eps * max(matrix.shape)), rounding(snapshots))
    if not few_snapshots:
        return Spectrum(mean, values, total, lambda k: vectors[:, :k].T.copy(), resolution)

    def modes(k: int) -> np.ndarray:
        floor = max(values[0] * np.finfo(np.float64).eps, np.finfo(np.float32).tiny)
        scaled = (vectors[:, :k] / np.maximum(values[:k], floor)).T
        # the rows of `scaled` sum to zero, so that the mean drops out; where it is large it is
        # subtracted first, for the sake of rounding
        small_mean = (
            len(snapshots) * float(mean @ mean) <= total and values[k - 1] > resolution * values[0]
        )
        return orthonormal(
            _project(snapshots, scaled, None if small_mean else mean, max_bytes, dtype)
        )

    if dtype is np.float32:
        return Spectrum(mean, values, total, modes, resolution)
    return Spectrum(
        mean, values, total, modes, resolution, left=vectors, row_energies=np.diagonal(matrix)
    )


#: Up to this condition of the products of rows Cholesky QR, done twice, is as orthonormal as
#: Householder QR.
CHOLESKY_CONDITION = 1e6


def _project(
    snapshots: Snapshots, left: np.ndarray, mean: np.ndarray | None, max_bytes: int, dtype: type
) -> np.ndarray:
    """``left (X - mean)`` for the rows X, (len(left), n_features) in the type of the rows; one
    pass.
    """
    product = np.zeros((len(left), snapshots.shape[1]), dtype=snapshots.dtype)
    left = left.astype(dtype)
    tiles = divide_features(snapshots, max_bytes, 0)
    if not tiles.items:
        centre = np.zeros(snapshots.shape[1]) if mean is None else mean
        for rows in snapshots.block_slices(max_bytes):
            product += left[:, rows] @ centred(snapshots[rows], centre, dtype)
    for found in spread(_project_tiles, snapshots, tiles, left, mean):
        for features, values in found:
            product[:, features] = values
    return product


def _project_tiles(
    snapshots: Snapshots, tiles: Sequence[Tile], left: np.ndarray, mean: np.ndarray | None
) -> list[tuple[Features, np.ndarray]]:
    """Numbers of the features of some tiles, and their part of the product."""
    products = []
    for block, features in read(snapshots, tiles, snapshots.read_tile):
        found = np.empty((len(left), block.shape[1]), dtype=snapshots.dtype)
        about = None if mean is None else mean[features]
        for panel in panels(block.shape[1]):
            values = block[:, panel].astype(left.dtype, copy=False)
            found[:, panel] = left @ (
                values if about is None else centred(values, about[panel], left.dtype)
            )
        products.append((features, found))
    return products


def orthonormal(rows: np.ndarray) -> np.ndarray:
    """Orthonormal rows that span the same space, in the order and with the signs of the given ones.

    Cholesky QR (Yamamoto et al. 2015), done twice unless the rows are nearly orthonormal: products
    of float64 panels, in place, where Householder QR would take three copies of the rows. Rows that
    are not independent enough for it go to QR.
    """
    for _ in range(2):
        products = np.zeros((len(rows), len(rows)))
        for panel in panels(rows.shape[1]):
            values = rows[:, panel].astype(np.float64)
            products += values @ values.T
        try:
            inverse = np.linalg.inv(np.linalg.cholesky(products))
        except np.linalg.LinAlgError:
            inverse = None
        condition = np.linalg.cond(products)
        if inverse is None or not np.isfinite(inverse).all() or condition > CHOLESKY_CONDITION:
            q, r = np.linalg.qr(rows.T.astype(np.float64))
            return (q * np.where(np.diagonal(r) < 0, -1.0, 1.0)).T.astype(rows.dtype)
        for panel in panels(rows.shape[1]):
            rows[:, panel] = inverse @ rows[:, panel].astype(np.float64)
        if condition < 2:  # nearly orthonormal before, to rounding now
            break
    return rows


SOLVERS: dict[str, Callable[..., Spectrum]] = {
    "svd": direct,
    "gram": gram,
    "randomized": randomized,
}

#: Up to this many operations (about a second) the direct SVD is worth its price.
DIRECT_OPERATIONS = 2e9
#: From this many operations on single precision is tried first.
SINGLE_OPERATIONS = 2e10
#: Share of the first mode's energy down to which single precision is good: sigma is right to 1.5e-5
#: there.
SINGLE_SHARE = 1e-3
#: From this many operations (a minute or so) the Gram matrix is given up for a randomised solver
#: with far fewer.
MANY_OPERATIONS, FAR_FEWER = 1e13, 10


def choose_solver(shape: tuple[int, int], max_bytes: int, width: int | None = None) -> str:
    """ "svd" where the matrix is small enough for it, "randomized" where both sides are long,
    "gram" otherwise.

    `width` is the number of vectors of the randomised solver; None where their number is not known
    beforehand.
    """
    n_rows, n_features = shape
    size, shorter = n_rows * n_features, min(shape)
    if size * shorter <= DIRECT_OPERATIONS and 8 * size <= max_bytes:
        return "svd"
    if width is None:
        return "gram"
    # the products, and LAPACK's eigenvectors, which take as long as 30 n^3 operations of a product
    # (measured, n = 2000)
    by_gram = size * shorter + 30 * shorter**3
    by_random = (MOST_ITERATIONS + 2) * 4 * size * width
    # the matrix, its eigenvectors and a work array do not fit in the memory limit, six blocks
    too_large = 3 * 8 * shorter**2 > 6 * max_bytes
    return (
        "randomized"
        if too_large or by_gram > max(MANY_OPERATIONS, FAR_FEWER * by_random)
        else "gram"
    )


def solve(
    snapshots: Snapshots,
    solver: Callable[..., Spectrum],
    max_bytes: int,
    rank: Callable[[Spectrum], int],
    left_out: float = 1.0,
) -> tuple[Spectrum, int, str]:
    """The spectrum, the number of modes to keep by `rank`, and the precision of the arithmetic.

    Large float32 data are tried in single precision first, and once more in double precision where
    a mode that is kept is too weak for it: by `rank`, a mode of less than a thousandth of the first
    one's energy. Where modes are kept until a smaller share of the energy is left out, one will be:
    nothing is tried.
    """
    operations = float(np.prod(snapshots.shape)) * min(snapshots.shape)
    may_be_single = snapshots.dtype == np.float32 and left_out >= SINGLE_SHARE
    if solver is not direct and may_be_single and operations >= SINGLE_OPERATIONS:
        spectrum = solver(snapshots, max_bytes, "single")
        k = rank(replace(spectrum, resolution=0.0))
        if spectrum.singular_values[k - 1] ** 2 >= SINGLE_SHARE * spectrum.singular_values[0] ** 2:
            return spectrum, k, "single"
    spectrum = solver(snapshots, max_bytes)
    return spectrum, rank(spectrum), "double"


def fix_signs(modes: np.ndarray) -> np.ndarray:
    """Flip each mode so that its entry of largest magnitude is positive (a mode's sign is
    arbitrary); in place.

    Returns the signs, (k,): -1 of a mode that was flipped.
    """
    flipped = np.array([mode.max() < -mode.min() for mode in modes], dtype=bool)
    # not numpy.negative(mode, out=mode): with rows that are columns in memory (stride 64 bytes) it
    # gave wrong numbers
    modes[flipped] *= -1
    return np.where(flipped, -1.0, 1.0)
