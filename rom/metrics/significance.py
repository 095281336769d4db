"""Is a dependence between latents significant? Nulls and effective sample sizes for series in time.

Snapshots that follow each other are not independent: two unrelated series with autocorrelation 0.9
have a "significant" correlation in half of all cases if every snapshot counts as one observation.
Three things here respect the course in time. *Circular shifts*: each latent keeps its own course
and loses what it has to do with the others. The *effective sample size* n_eff is the number of
independent snapshots whose correlation scatters as much. *Deleting blocks* of consecutive snapshots
(:mod:`rom.metrics.jackknife`) gives intervals without repeating any snapshot, which estimators by
distances could not bear.

Rows are in the order of time. For snapshots without an order nothing is lost: shifts of a random
sequence are permutations.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix
from rom.metrics.correlation import correlation_matrix
from rom.metrics.trajectories import pairings, several

#: Pairings of trajectories that an effective sample size is taken from.
PAIRINGS = 99
#: Draws of a null distribution, and of a bootstrap.
DRAWS = 999


def correlation_shifts(Z: ArrayLike, pairs: ArrayLike | None = None) -> NDArray[np.float64]:
    """Pearson correlation of pairs of latents under all circular shifts, by Fourier transform:
    (n_pairs, n).

    Entry [p, s] is that of z_i(t) and z_j(t + s) for pair p = (i, j). Default: all pairs i < j in
    the order of ``numpy.triu_indices``. NaN for constant latents.
    """
    spectrum = correlation_spectrum(component_matrix("Z", Z))
    n, d = np.shape(Z)
    first, second = (
        np.triu_indices(d, k=1) if pairs is None else np.asarray(pairs, dtype=int).reshape(-1, 2).T
    )
    return np.asarray(np.fft.irfft(spectrum[first].conj() * spectrum[second], n, axis=1))


def correlation_spectrum(latents: NDArray[np.float64]) -> NDArray[np.complex128]:
    """Fourier transforms of the latents with mean zero and length one (d, frequencies); NaN for
    constant ones.
    """
    centred = latents - latents.mean(axis=0)
    size = np.abs(centred).max(axis=0)
    flat = size <= 4 * np.finfo(np.float64).eps * np.abs(latents).max(axis=0)
    centred /= np.where(flat, np.nan, size)
    centred /= np.linalg.norm(centred, axis=0)
    return np.asarray(np.fft.rfft(centred, axis=0).T)


def effective_sample_size(
    Z: ArrayLike, trajectories: ArrayLike | None = None
) -> NDArray[np.float64]:
    """Effective number of snapshots for the correlation of each pair of latents.

    ``n_eff = n / sum_k rho_i(k) rho_j(k)`` with the circular autocorrelations rho of the two
    (Bartlett 1946), which is one over the mean square of their correlation over all circular
    shifts. Of two autoregressive series with coefficient phi it is ``n (1 - phi^2) / (1 + phi^2)``,
    of white noise n. Of a periodic flow with few periods it is a handful, whatever the number of
    snapshots.

    It is no more than what the two have together, each ``n / sum_k rho(k)^2``. A wave and its
    harmonic, cos wt and cos 2wt, are uncorrelated under every shift; without this bound they would
    seem to have an effective sample size of n, and have one of four.

    Parameters
    ----------
    Z : array (n_snapshots, n_components), rows in time
    trajectories : array (n_snapshots,), optional
        Which trajectory each row belongs to. From five on, instead, one over the mean square of the
        correlation of latents of different trajectories: their number counts.

    Returns
    -------
    array (n_components, n_components)
        At most n; NaN on the diagonal and for constant latents.

    References
    ----------
    Bartlett 1946, On the theoretical specification and sampling properties of autocorrelated
    time-series, J. R. Stat. Soc. Suppl. 8, 27.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import effective_sample_size
    >>> t = np.arange(600)
    >>> phase = 2 * np.pi * t / 100  # six periods
    >>> Z = np.column_stack([np.sin(phase), np.cos(phase)])
    >>> print(effective_sample_size(Z)[0, 1].round(3))
    2.0
    >>> harmonic = np.column_stack([Z[:, 0], np.cos(2 * phase)])
    >>> print(effective_sample_size(harmonic)[0, 1].round(3))
    4.0
    """
    latents = component_matrix("Z", Z)
    n, d = latents.shape
    sizes = np.full((d, d), np.nan)
    if n > 1 and d > 1:
        first, second = np.triu_indices(d, k=1)
        labels = several(trajectories, n)
        if labels is None:
            square = np.square(correlation_shifts(latents)).mean(axis=1)
            itself = np.tile(np.arange(d)[:, None], 2)
            own = 1 / np.square(correlation_shifts(latents, itself)).mean(axis=1)
            most = np.minimum(own[first] + own[second], n)
        else:
            square, most = _square_between(latents, labels)[first, second], np.float64(n)
        with np.errstate(divide="ignore"):
            sizes[first, second] = np.minimum(1 / square, most)
        sizes[second, first] = sizes[first, second]
    return sizes


def _square_between(latents: NDArray[np.float64], labels: NDArray[np.intp]) -> NDArray[np.float64]:
    """Mean square of the correlation of latents of different trajectories: (d, d)."""
    order = np.argsort(labels, kind="stable")
    rows, labels, d = latents[order], labels[order], latents.shape[1]
    draws = [
        np.square(correlation_matrix(np.take_along_axis(rows, one, axis=0)))
        for one in pairings(labels, d, PAIRINGS, 0)
    ]
    return np.asarray(np.mean(draws, axis=0))


def shifted(Z: NDArray[np.float64], shifts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Each latent at its own time: column i of row t is z_i(t + shifts_i), circularly."""
    rows = (np.arange(len(Z))[:, None] + shifts) % len(Z)
    return np.take_along_axis(Z, rows, axis=0)


def random_shifts(n: int, d: int, draws: int, seed: int) -> NDArray[np.intp]:
    """Shifts of d latents, drawn independently and uniformly from 0 ... n - 1: (draws, d)."""
    return np.random.default_rng(seed).integers(0, n, size=(draws, d))


def permutation_null(
    statistic: Callable[[NDArray[np.float64]], float],
    Z: ArrayLike,
    *,
    block: int = 1,
    draws: int = 199,
    seed: int = 0,
) -> NDArray[np.float64]:
    """A statistic of surrogates whose blocks of consecutive snapshots are permuted, for each latent
    in another order: (draws,).

    ``block=1`` permutes snapshots: for snapshots without an order. Longer blocks, at least as long
    as the latents remember, keep most of the course in time. The rows that do not fill a block stay
    at the end.
    """
    latents = component_matrix("Z", Z)
    n, d = latents.shape
    if not 1 <= block <= n // 2:
        raise InputError(f"block={block}: from 1 to half of the {n} snapshots")
    generator, whole = np.random.default_rng(seed), n // block * block
    order = np.arange(n)
    found = []
    for _ in range(draws):
        rows = np.empty((n, d), dtype=int)
        for i in range(d):
            blocks = generator.permutation(order[:whole].reshape(-1, block))
            rows[:, i] = np.concatenate([blocks.ravel(), order[whole:]])
        found.append(statistic(np.take_along_axis(latents, rows, axis=0)))
    return np.array(found)


def p_value(value: float, null: ArrayLike, *, smaller: bool = False) -> float:
    """``(1 + number of draws at least as large) / (1 + draws)``; with `smaller`, at least as small.
    NaN for a NaN.
    """
    draws = np.asarray(null, dtype=np.float64)
    draws = draws[~np.isnan(draws)]
    if np.isnan(value) or not draws.size:
        return float("nan")
    margin = (
        1e-12 * abs(value) if np.isfinite(value) else 0.0
    )  # the same value from another order of additions
    extreme = draws <= value + margin if smaller else draws >= value - margin
    return float((1 + extreme.sum()) / (1 + draws.size))
