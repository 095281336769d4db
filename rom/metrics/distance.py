"""Distance correlation of latents, all pairs in one pass, and under every circular shift in one
more.

The U-centred matrix of a latent, ``A_tu = |z_t - z_u| - r_t - r_u + c`` for t != u with ``r_t`` the
sum of row t over n - 2 and ``c`` that of all over (n - 1)(n - 2), is needed only through sums of
products of two of them. These are added up along wrapped diagonals u = t + k (mod n), half of which
suffice, in panels of bounded memory: matrix products of d columns. Along a diagonal a shift of one
latent in time is a shift of its column, so that the Fourier transform gives the sums for all shifts
at once.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.metrics._check import component_matrix, over_pairs
from rom.metrics.correlation import correlation_matrix

#: Bytes of a panel of distances.
PANEL_BYTES = 2**22
FEWEST_ROWS = 4
MEDIAN_ROWS = 500
#: Root mean square of a U-centred matrix, for distances up to two, below which it is rounding:
#: zero, as of a latent that has one value but for a single snapshot.
NOTHING = 1e-12
#: Turns differences (d, diagonals, n) into what it makes of them, in place: they are many.
Kernel = Callable[[NDArray[np.float64]], None]


def distance_correlation(Z: ArrayLike) -> NDArray[np.float64]:
    """Bias-corrected distance correlation of all pairs, ``sign(v) sqrt(|v|)`` with v its square.

    ``v = (A . B) / sqrt((A . A)(B . B))`` with the U-centred distance matrices A and B of two
    latents: zero on average for independent latents, hence also negative; comparable with
    ``|r|``. For a Gaussian pair v is a little below r^2; on a noiseless curve, where one latent is
    a function of the other, it can be small all the same (0.193 on a circle): see
    :func:`rom.metrics.informational_correlation` as well.

    Parameters
    ----------
    Z : array (n_snapshots, n_components)
        O(n^2 d^2) operations, O(n d) memory: give a few thousand snapshots at most.

    Returns
    -------
    array (n_components, n_components)
        Symmetric, ones on the diagonal. NaN for constant components, for those with one value but
        for a single snapshot (whose U-centred distances vanish), and for fewer than four snapshots.

    Raises
    ------
    InputError
        If Z is not a matrix of finite numbers.

    References
    ----------
    Székely, Rizzo 2014, Partial distance correlation with methods for dissimilarities, Ann. Stat.
    42, 2382.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import distance_correlation
    >>> phase = np.linspace(0, 2 * np.pi, 1500, endpoint=False)
    >>> print(distance_correlation(np.column_stack([np.cos(phase), np.sin(phase)]))[0, 1].round(3))
    0.193
    """
    normalised = _normalised(component_matrix("Z", Z), _absolute)
    correlation: NDArray[np.float64] = np.sign(normalised) * np.sqrt(np.abs(normalised))
    return correlation


def hsic(Z: ArrayLike) -> NDArray[np.float64]:
    """Normalised Hilbert-Schmidt independence criterion of all pairs, ``HSIC_ij / sqrt(HSIC_ii
    HSIC_jj)``, unbiased.

    As the square of :func:`distance_correlation` with a Gaussian kernel ``exp(-|z_t - z_u|^2 / (2
    h^2))`` in the place of the distance, h its median: more sensitive to dependence on short
    scales. Zero on average for independent latents.

    Parameters, errors and NaN as for :func:`distance_correlation`.

    References
    ----------
    Gretton et al. 2005, Measuring statistical dependence with Hilbert-Schmidt norms, ALT; Song et
    al. 2012, Feature selection via dependence maximization, J. Mach. Learn. Res. 13, 1393
    (unbiased).

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import hsic
    >>> x = np.random.default_rng(0).normal(size=(300, 1))
    >>> bool(hsic(np.hstack([x, x**2]))[0, 1] > 0.2)
    True
    """
    latents = component_matrix("Z", Z)
    return _normalised(latents, _gaussian(latents))


def _gaussian(latents: NDArray[np.float64]) -> Kernel:
    """Of each latent with the median of its distances as width."""
    median = np.array([_median_distance(column) for column in _unit(latents, _constant(latents))])
    width = np.where(median > 0, median, 1)[:, None, None]
    factor = np.sqrt(0.5) / width

    def kernel(differences: NDArray[np.float64]) -> None:
        np.multiply(differences, factor, out=differences)
        np.square(differences, out=differences)
        np.exp(np.negative(differences, out=differences), out=differences)

    return kernel


def _absolute(differences: NDArray[np.float64]) -> None:
    np.abs(differences, out=differences)


def _normalised(latents: NDArray[np.float64], kernel: Kernel) -> NDArray[np.float64]:
    """Inner products of the U-centred matrices of all pairs, divided by those of each latent with
    itself.
    """
    d = latents.shape[1]
    constant = _constant(latents)
    if constant.all():
        return np.full((d, d), np.nan)
    gram = np.zeros((d, d))
    for panel in _panels(_unit(latents, constant), kernel):
        flat = panel.reshape(d, -1)
        gram += flat @ flat.T
    normalised = _divided(gram, np.diag(gram), len(latents))
    np.fill_diagonal(normalised, np.where(np.isnan(np.diag(normalised)), np.nan, 1))
    return normalised


def distance_correlation_shifts(Z: ArrayLike) -> NDArray[np.float64]:
    """Distance correlation of all pairs under all circular shifts: entry [s, i, j] is that of
    z_i(t) and z_j(t + s).

    Shifted far enough, two latents keep their own course in time and lose what they have to do with
    each other: this is what they would score if they were independent. All n shifts take about as
    long as two passes of :func:`distance_correlation`.

    Returns
    -------
    array (n_snapshots, n_components, n_components)
    """
    squared = _shifts(component_matrix("Z", Z), _absolute)
    return np.asarray(np.sign(squared) * np.sqrt(np.abs(squared)))


def hsic_shifts(Z: ArrayLike) -> NDArray[np.float64]:
    """The same for :func:`hsic`."""
    latents = component_matrix("Z", Z)
    return _shifts(latents, _gaussian(latents))


def _shifts(latents: NDArray[np.float64], kernel: Kernel) -> NDArray[np.float64]:
    n, d = latents.shape
    constant = _constant(latents)
    if constant.all():
        return np.full((n, d, d), np.nan)
    spectrum = np.zeros((n // 2 + 1, d, d), dtype=np.complex128)
    for panel in _panels(_unit(latents, constant), kernel):
        transformed = np.fft.rfft(panel, axis=2).transpose(2, 0, 1)  # (frequency, latent, diagonal)
        spectrum += transformed.conj() @ transformed.transpose(0, 2, 1)
    sums = np.fft.irfft(spectrum, n, axis=0)
    return _divided(sums, np.diag(sums[0]), n)


def distance_correlations(Z: ArrayLike) -> dict[str, float]:
    """The mean and the largest :func:`distance_correlation` over the pairs i < j; NaN without a
    pair.
    """
    return over_pairs(distance_correlation(Z))


def mean_hsic(Z: ArrayLike) -> float:
    """Mean of :func:`hsic` over the pairs i < j; NaN without a pair."""
    return over_pairs(hsic(Z))["mean"]


def _unit(latents: NDArray[np.float64], constant: NDArray[np.bool_]) -> NDArray[np.float64]:
    """The columns as rows (d, n), centred and of spread one, so that products neither overflow nor
    vanish.
    """
    centred = (latents - latents.mean(axis=0)).T
    size = np.abs(centred).max(axis=1)
    return np.ascontiguousarray(np.where(constant, 0, centred.T / np.where(constant, 1, size)).T)


def _panels(columns: NDArray[np.float64], kernel: Kernel) -> Iterator[NDArray[np.float64]]:
    """Wrapped diagonals 1, 2, ... n // 2 of the U-centred matrices of (d, n) columns: panels (d,
    diagonals, n).

    The rest are the same ones again; if n is even the last one holds each pair twice, hence the
    square root.
    """
    n = columns.shape[1]
    row_sums = _distance_sums(columns) if kernel is _absolute else _kernel_sums(columns, kernel)
    # half of the constant goes with either row
    row = row_sums / (n - 2) - row_sums.sum(axis=1, keepdims=True) / (2 * (n - 1) * (n - 2))
    row_windows = _windows(row)
    for part, panel in _diagonals(columns, kernel):
        panel -= row[:, None, :]
        panel -= row_windows[:, part]
        if n % 2 == 0 and part.stop == n // 2 + 1:
            panel[:, -1] *= np.sqrt(0.5)
        yield panel


def _diagonals(
    columns: NDArray[np.float64], kernel: Kernel
) -> Iterator[tuple[slice, NDArray[np.float64]]]:
    """Kernel of the differences along wrapped diagonals: their numbers and values (d, diagonals,
    n).

    The values live in memory that the next ones overwrite: fresh memory for each would take a third
    of the time.
    """
    d, n = columns.shape
    windows = _windows(columns)
    step = min(max(1, PANEL_BYTES // (8 * d * n)), n // 2)
    memory = np.empty((d, step, n))
    for first in range(1, n // 2 + 1, step):
        part = slice(first, min(first + step, n // 2 + 1))
        panel = memory[:, : part.stop - first]
        np.subtract(columns[:, None, :], windows[:, part], out=panel)
        kernel(panel)
        yield part, panel


def _windows(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entry [i, k, t] is column i at t + k, circularly; a view."""
    n = columns.shape[1]
    return np.lib.stride_tricks.sliding_window_view(np.tile(columns, 2), n, axis=1)


def _kernel_sums(columns: NDArray[np.float64], kernel: Kernel) -> NDArray[np.float64]:
    """``sum_(u != t) k(z_t - z_u)`` for each t: (d, n)."""
    n = columns.shape[1]
    sums = np.zeros_like(columns)
    for part, panel in _diagonals(columns, kernel):
        for k, values in zip(range(part.start, part.stop), panel.swapaxes(0, 1), strict=True):
            sums += values
            if 2 * k != n:  # that diagonal holds both members of each pair already
                sums += np.roll(values, k, axis=1)
    return sums


def _distance_sums(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """``sum_u |z_t - z_u|`` for each t, by sorting: (d, n)."""
    n = columns.shape[1]
    order = np.argsort(columns, axis=1)
    ordered = np.take_along_axis(columns, order, axis=1)
    below = np.cumsum(ordered, axis=1)
    rank = np.arange(1, n + 1)
    sums = (2 * rank - n) * ordered - 2 * below + below[:, -1:]
    result = np.empty_like(columns)
    np.put_along_axis(result, order, sums, axis=1)
    return result


def _median_distance(column: NDArray[np.float64]) -> float:
    """Median of |z_t - z_u|, of evenly spaced snapshots where there are many."""
    few = column[:: -(-len(column) // MEDIAN_ROWS)]
    return (
        float(np.median(np.abs(few[:, None] - few)[np.triu_indices(len(few), k=1)]))
        if len(few) > 1
        else 0.0
    )


def _constant(latents: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which latents have no distances to speak of; all of them where there are too few
    snapshots.
    """
    few = len(latents) < FEWEST_ROWS
    return (
        np.full(latents.shape[1], True) if few else np.isnan(np.diag(correlation_matrix(latents)))
    )


def _divided(sums: NDArray[np.float64], own: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    """The sums (..., d, d) over the roots of those of each latent with itself, from -1 to 1; NaN
    where these vanish.
    """
    norm = np.sqrt(np.where(own > (n * NOTHING) ** 2 / 2, own, np.nan))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.clip(sums / (norm[:, None] * norm), -1, 1))
