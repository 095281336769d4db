"""Which latents matter: what is lost without one, and the order in which they add most.

All functions take `energy`, a function from latents (n, d) to the energy captured by what they
decode to, so that they work for every decoder: see :func:`decoded_energy`. A latent is taken away
by filling it with one value, its mean over the training snapshots: zero is not "off" for latents
with another mean.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix, real_array
from rom.metrics.reconstruction import energy_captured

Energy = Callable[[NDArray[np.float64]], float]

#: Share of the energy below which the loss of a latent is taken as zero.
SMALLEST_ABLATION = 1e-4


class Ranking(NamedTuple):
    """Latents in the order in which they add most.

    Attributes
    ----------
    order : int array (d,), the numbers of the latents, the most important first
    cumulative : array (d,), energy captured by the first 1, 2, ... d of them, the others filled
    """

    order: NDArray[np.intp]
    cumulative: NDArray[np.float64]


def decoded_energy(
    decode: Callable[[NDArray[np.float64]], ArrayLike],
    X: ArrayLike,
    *,
    reference: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> Energy:
    """A function from latents to the energy that what they decode to captures of X.

    Parameters
    ----------
    decode : function from latents (n, d) to rows (n, n_features)
    X : array (n, n_features)
    reference, weights : as for :func:`rom.metrics.energy_captured`

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics.ranking import decoded_energy
    >>> modes = np.eye(3)[:2]
    >>> energy = decoded_energy(lambda Z: Z @ modes, [[3.0, 0.0, 0.0], [0.0, 4.0, 0.0]])
    >>> energy(np.array([[3.0, 0.0], [0.0, 0.0]]))  # the second latent is missing
    0.36
    """
    return lambda Z: energy_captured(X, decode(Z), reference=reference, weights=weights)


def ablation_energy(
    energy: Energy, Z: ArrayLike, *, fill: ArrayLike | str | None = None
) -> NDArray[np.float64]:
    """Energy lost without each latent, dE_i = E(Z) - E(Z with z_i filled).

    It exists for every method, unlike the KL divergence, and asks what a latent does for the
    reconstruction.

    Parameters
    ----------
    energy : function from latents (n, d) to the energy captured
    Z : array (n, d)
    fill : array (d,), "zero" or None
        The value of a latent that is taken away: give the means over the training snapshots. None:
        the means of Z. "zero" is what some published figures have.

    Returns
    -------
    array (d,)
        1 is everything. May be negative: a latent that makes the reconstruction worse.

    Raises
    ------
    InputError
        If Z is not a matrix of finite numbers, or `fill` is not one number for each latent.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics.ranking import ablation_energy, decoded_energy
    >>> X = np.diag([3.0, 4.0])
    >>> ablation_energy(decoded_energy(lambda Z: Z, X), X, fill="zero").tolist()
    [0.36, 0.64]
    """
    latents = component_matrix("Z", Z)
    values, whole = _fill(latents, fill), energy(latents)
    return np.array(
        [
            whole - energy(_keep(latents, values, np.arange(len(values)) != i))
            for i in range(len(values))
        ]
    )


def active_latents(
    ablation: ArrayLike, *, threshold: float = SMALLEST_ABLATION
) -> NDArray[np.bool_]:
    """Which latents the reconstruction needs: dE_i above the threshold.

    The same rule for every method. Of a VAE, :func:`rom.metrics.active_components` looks at the
    posterior instead; a latent may carry information that the decoder does not use, or so little
    energy that nobody misses it.
    """
    active: NDArray[np.bool_] = real_array("ablation", ablation).astype(np.float64) > threshold
    return active


def greedy_ranking(energy: Energy, Z: ArrayLike, *, fill: ArrayLike | str | None = None) -> Ranking:
    """Latents in the order in which they add most: at each step the one with which the most energy
    is captured.

    Starts with all latents filled and takes d (d + 1) / 2 evaluations of `energy`. For POD this is
    the order of the singular values, and the cumulative energy on the training snapshots their
    share; for a nonlinear decoder the energy need not even grow with every latent.

    Parameters and errors as for :func:`ablation_energy`. Of latents that are as good, the first is
    taken.

    References
    ----------
    Eivazi, Le Clainche, Hoyas, Vinuesa 2022, Expert Syst. Appl. 202, 117038, algorithm 2 (there
    with zeros).

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import greedy_ranking
    >>> from rom.metrics.ranking import decoded_energy
    >>> X = np.diag([3.0, 4.0])
    >>> ranking = greedy_ranking(decoded_energy(lambda Z: Z, X), X, fill="zero")
    >>> ranking.order.tolist(), ranking.cumulative.tolist()
    ([1, 0], [0.64, 1.0])
    """
    latents = component_matrix("Z", Z)
    values = _fill(latents, fill)
    chosen = np.zeros(len(values), dtype=bool)
    order, cumulative = [], []
    for _ in values:
        scores = np.full(len(values), -np.inf)
        for i in np.flatnonzero(~chosen):
            score = energy(_keep(latents, values, chosen | (np.arange(len(values)) == i)))
            scores[i] = -np.inf if np.isnan(score) else score
        left = np.flatnonzero(~chosen)
        best = int(left[np.argmax(scores[left])])
        chosen[best] = True
        order.append(best)
        cumulative.append(float(scores[best]))
    return Ranking(np.array(order), np.array(cumulative))


def cumulative_energy(
    energy: Energy, Z: ArrayLike, order: ArrayLike, *, fill: ArrayLike | str | None = None
) -> NDArray[np.float64]:
    """Energy captured by the first 1, 2, ... latents of an order, e.g. of the training snapshots on
    the test ones.
    """
    latents, ranked = component_matrix("Z", Z), np.asarray(order, dtype=int)
    values = _fill(latents, fill)
    if sorted(ranked.tolist()) != list(range(len(values))):
        raise InputError(
            f"order must hold each of the {len(values)} latents once, not {ranked.tolist()}"
        )
    kept = [np.isin(np.arange(len(values)), ranked[:m]) for m in range(1, len(values) + 1)]
    return np.array([energy(_keep(latents, values, mask)) for mask in kept])


def rank_agreement(scores: ArrayLike, other: ArrayLike) -> float:
    """Spearman's correlation of two rankings by score, 1: the same order, -1: the reverse.

    NaN for fewer than two latents, or where one of the rankings is all ties.
    """
    from scipy.stats import rankdata  # here: importing the package must not load scipy

    first, second = (rankdata(real_array("scores", values)) for values in (scores, other))
    if first.shape != second.shape:
        raise InputError(
            f"rankings of as many latents are needed, not of {len(first)} and {len(second)}"
        )
    if len(first) < 2 or not np.ptp(first) or not np.ptp(second):
        return float("nan")
    return float(np.corrcoef(first, second)[0, 1])


def canonical_signs(J: ArrayLike) -> NDArray[np.float64]:
    """The sign of each latent that makes the largest change of what it decodes to positive.

    Parameters
    ----------
    J : array (n_features, n_components), the decoder's Jacobian at the mean of the training latents

    Returns
    -------
    array (n_components,)
        1 or -1: the sign of the entry of largest magnitude of each column, 1 for a column of zeros.
        Latents of a network have an arbitrary sign; multiplied by this one they can be compared
        between seeds.

    Examples
    --------
    >>> from rom.metrics.ranking import canonical_signs
    >>> canonical_signs([[0.5, 1.0], [-2.0, 0.3]]).tolist()
    [-1.0, 1.0]
    """
    columns = component_matrix("J", J)
    # without a copy of as many numbers; of equal magnitudes the first counts
    high, low = columns.max(axis=0), -columns.min(axis=0)
    first = columns.argmin(axis=0) < columns.argmax(axis=0)
    is_negative = (low > high) | ((low == high) & (low > 0) & first)
    return np.where(is_negative, -1.0, 1.0)


def _fill(latents: NDArray[np.float64], fill: ArrayLike | str | None) -> NDArray[np.float64]:
    if fill is None:
        mean: NDArray[np.float64] = latents.mean(axis=0)
        return mean
    if isinstance(fill, str):
        if fill != "zero":
            raise InputError(
                f"fill={fill!r}: an array of one value for each latent, 'zero' or None is needed"
            )
        return np.zeros(latents.shape[1])
    values = real_array("fill", fill).astype(np.float64)
    if values.shape != latents.shape[1:] or not np.isfinite(values).all():
        raise InputError(f"fill must hold one finite number for each of {latents.shape[1]} latents")
    return values


def _keep(
    latents: NDArray[np.float64], values: NDArray[np.float64], kept: NDArray[np.bool_]
) -> NDArray[np.float64]:
    return np.where(kept, latents, values)
