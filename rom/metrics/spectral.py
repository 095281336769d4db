"""At which wavelengths a reconstruction is wrong: squared errors in bands of wavenumbers, on
periodic uniform grids.

By Plancherel's theorem the squared error of a snapshot is the sum over its Fourier coefficients, so
bands of wavenumbers share it out without remainder. The bands are those of the benchmark The Well
(Ohana et al. 2024): three, at equal ratios from the smallest wavenumber of the longest axis to the
largest of all, pi sqrt(number of axes) per cell. In two or three dimensions the wavenumber is that
of the wave itself, |k|. Cells need not be cubes here: lengths are counted in the smallest side of a
cell.

On a grid that is not periodic the jump at the edge would put error into every band: there is no
such number there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import real_array

BANDS = ("long", "middle", "short")


@dataclass(frozen=True, eq=False)
class BandErrors:
    """Mean squares per value in each band of wavenumbers, pooled over variables that are divided by
    their scales.

    Attributes
    ----------
    error : array (n_snapshots, 3), of x - xhat
    reference : array (n_snapshots, 3), of x - reference
    """

    error: NDArray[np.float64]
    reference: NDArray[np.float64]

    @classmethod
    def concatenate(cls, blocks: Sequence[Self]) -> Self:
        """Join those of consecutive blocks of rows."""
        if not blocks:
            raise InputError("there are no blocks of band errors to concatenate")
        error = np.concatenate([block.error for block in blocks])
        return cls(error, np.concatenate([block.reference for block in blocks]))


def wavenumber_bands(shape: Sequence[int], spacings: ArrayLike | None = None) -> NDArray[np.intp]:
    """The band of each coefficient of ``numpy.fft.rfftn`` on a grid: 0 long, 1 middle, 2 short
    waves.

    Parameters
    ----------
    shape : number of cells along each axis
    spacings : array (n_axes,), optional. Cell sizes, of which only ratios matter. Default: equal.
    """
    steps = (
        np.ones(len(shape))
        if spacings is None
        else real_array("spacings", spacings).astype(np.float64)
    )
    if len(shape) == 0 or min(shape) < 2 or steps.shape != (len(shape),) or not (steps > 0).all():
        raise InputError(
            f"a grid of shape {tuple(shape)} with spacings {steps.tolist()} has no wavenumbers"
        )

    steps = steps / steps.min()
    squares: NDArray[np.float64] = np.zeros(())
    for axis, (n, step) in enumerate(zip(shape, steps, strict=True)):
        # rfftn leaves out what is known by symmetry along the last axis only
        is_last = axis == len(shape) - 1
        frequencies = np.fft.rfftfreq(n, step) if is_last else np.fft.fftfreq(n, step)
        squares = squares[..., None] + np.square(2 * np.pi * frequencies)

    longest = max(n * step for n, step in zip(shape, steps, strict=True))
    smallest, largest = 2 * np.pi / longest, np.pi * np.sqrt(len(shape))
    edges = np.geomspace(smallest, largest, len(BANDS) + 1)[1:-1]
    # a wave on an edge belongs to the shorter ones, however its wavenumber was rounded
    return np.searchsorted(edges * (1 - 1e-12), np.sqrt(squares), side="right")


def band_errors(
    X: ArrayLike,  # (n_snapshots, n_variables, *grid)
    X_hat: ArrayLike,
    *,
    reference: ArrayLike | None = None,  # (n_variables, *grid)
    scales: ArrayLike | None = None,  # (n_variables,)
    spacings: ArrayLike | None = None,  # (n_axes,)
) -> BandErrors:
    """Mean squared errors in three bands of wavenumbers, snapshot by snapshot.

    Parameters
    ----------
    X, X_hat : array (n_snapshots, n_variables, *grid)
        Fields on a uniform grid all of whose axes are periodic, and their reconstructions.
    reference : array (n_variables, *grid), optional. Default: zero.
    scales : array (n_variables,), optional. What each variable is divided by. Default: ones.
    spacings : see :func:`wavenumber_bands`

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics.spectral import band_errors
    >>> x = np.arange(64) * 2 * np.pi / 64
    >>> wave = lambda k: np.sin(k * x)[None, None]
    >>> band_errors(wave(1) + wave(8) + wave(20), wave(1) + wave(8)).error.round(6).tolist()
    [[0.0, 0.0, 0.5]]
    """
    fields, decoded = real_array("X", X), real_array("X_hat", X_hat)
    if fields.shape != decoded.shape or fields.ndim < 3 or fields.size == 0:
        raise InputError(
            "X and X_hat must both have shape (n_snapshots, n_variables, *grid), not"
            f" {fields.shape} and {decoded.shape}"
        )
    origin = 0.0 if reference is None else real_array("reference", reference)
    scale = np.ones(fields.shape[1]) if scales is None else real_array("scales", scales)
    bands = wavenumber_bands(fields.shape[2:], spacings)
    divisor = scale.reshape(-1, *[1] * (fields.ndim - 2))
    return BandErrors(
        _shares(np.subtract(fields, decoded, dtype=np.float64) / divisor, bands),
        _shares(np.subtract(fields, origin, dtype=np.float64) / divisor, bands),
    )


def spectral_error(bands: BandErrors) -> dict[str, float]:
    """Share of the energy of each band that is lost, as a relative error: sqrt(sum_t error / sum_t
    reference).

    Keys: ``long``, ``middle`` and ``short`` waves. 1 for predicting the reference; NaN for a band
    without energy (below 1e-12 of that of all bands).
    """
    error, energy = bands.error.sum(axis=0), bands.reference.sum(axis=0)
    exists = energy > 1e-12 * energy.sum()
    values = np.sqrt(np.divide(error, energy, out=np.full(len(BANDS), np.nan), where=exists))
    return dict(zip(BANDS, values.tolist(), strict=True))


def spectral_mse(bands: BandErrors) -> dict[str, float]:
    """Mean squared error in each band; together they are `mean_squared_error`, without weights."""
    return dict(zip(BANDS, bands.error.mean(axis=0).tolist(), strict=True))


def _shares(fields: NDArray[np.float64], bands: NDArray[np.intp]) -> NDArray[np.float64]:
    """Mean squares of fields (n, n_variables, *grid) by band: (n, 3)."""
    n, n_variables, *grid = fields.shape
    coefficients = np.fft.rfftn(fields, axes=tuple(range(2, fields.ndim)))
    power = np.square(coefficients.real) + np.square(coefficients.imag)
    power[..., 1 : (grid[-1] + 1) // 2] *= 2  # stands for its complex conjugate too
    power = power.sum(axis=1).reshape(n, -1)
    n_cells = int(np.prod(grid))
    members = np.arange(len(BANDS)) == bands.reshape(-1, 1)
    shares: NDArray[np.float64] = power @ members.astype(np.float64) / n_cells**2 / n_variables
    return shares
