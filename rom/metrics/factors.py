"""Do the latents follow known factors? Scores of latents against parameters of the snapshots."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError
from rom.metrics._check import component_matrix
from rom.metrics.information import mutual_information
from rom.metrics.ranks import rank_correlation_matrix, rank_gaussianise

#: Snapshots that a score needs.
FEWEST = 20
#: Bins of equal counts at most, and snapshots in a cell of two at least.
BINS, CELL = 20, 5
#: Trees of the importance matrix, their depth, and the share of rows they are tested on.
TREES, DEPTH, HELD_OUT = 100, 4, 0.3


@dataclass(frozen=True)
class FactorScores:
    """Scores from 0 to 1, of d latents against K factors; NaN with a reason.

    Attributes
    ----------
    mutual_information_gap : float (MIG)
    separation : float (SAP)
    disentanglement, completeness, informativeness : float (DCI)
    modularity : float
    reason : str
    """

    mutual_information_gap: float = float("nan")
    separation: float = float("nan")
    disentanglement: float = float("nan")
    completeness: float = float("nan")
    informativeness: float = float("nan")
    modularity: float = float("nan")
    reason: str = ""


def factor_correlation(Z: ArrayLike, factors: ArrayLike) -> NDArray[np.float64]:
    """Spearman's rank correlation of every latent with every factor, signed: (d, K); NaN where one
    does not vary.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics.factors import factor_correlation
    >>> x = np.random.default_rng(0).normal(size=(100, 2))
    >>> print(factor_correlation(np.exp(x[:, :1]), x).round(1).tolist()[0][0])
    1.0
    """
    latents, values = _pair(Z, factors)
    d = latents.shape[1]
    return rank_correlation_matrix(np.hstack([latents, values]))[:d, d:]


def factor_information(Z: ArrayLike, factors: ArrayLike) -> NDArray[np.float64]:
    """Mutual information of every latent with every factor in nats
    (:func:`rom.metrics.mutual_information`): (d, K).
    """
    latents, values = _pair(Z, factors)
    d = latents.shape[1]
    return mutual_information(np.hstack([latents, values]))[:d, d:]


def factor_scores(Z: ArrayLike, factors: ArrayLike, *, seed: int = 0) -> FactorScores:
    """How well each latent stands for one known factor, by the usual scores.

    - MIG (Chen et al. 2018): for each factor the mutual information of the best latent minus that
      of the second best, over the entropy of the factor, all in bins of equal counts (20, fewer
      below 2,000 snapshots); the mean over the factors.
    - SAP (Kumar et al. 2018): the same with squared Pearson correlations, not divided.
    - DCI (Eastwood and Williams 2018): from an importance matrix P (d, K) of gradient-boosted trees
      that predict each factor. Disentanglement ``sum_j w_j (1 - H_K(P_j.))``, w_j the latent's
      share of all importance; completeness the mean of ``1 - H_d(P_.k)``; informativeness the mean
      R^2 on rows that are held out, not below 0. H in base of its length.
    - Modularity (Ridgeway and Mozer 2018): mean over the latents with information of
      ``1 - (sum_k m_jk^2 - max) / (max (K - 1))``.

    Parameters
    ----------
    Z : array (n_snapshots, d), the active latents
    factors : array (n_snapshots, K), numbers that vary; K >= 2, or the scores that compare factors
        are NaN
    seed : int, of the trees and of the rows they are tested on

    Raises
    ------
    InputError
        If these are not matrices of finite numbers with the same rows.

    Notes
    -----
    Scores of factors that depend on each other say little: check that the parameters were sampled
    independently. A rotation of the factors is penalised, a monotone map hardly. With one latent
    MIG, SAP and completeness are NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from rom.metrics import factor_scores
    >>> factors = np.random.default_rng(0).uniform(size=(500, 2))
    >>> scores = factor_scores(factors, factors)
    >>> print(scores.modularity > 0.9, scores.disentanglement > 0.9)
    True True
    """
    latents, values = _pair(Z, factors)
    if len(latents) < FEWEST:
        return FactorScores(reason=f"{len(latents)} snapshots are too few, {FEWEST} are needed")
    for name, columns in (("latent", latents), ("factor", values)):
        flat = np.flatnonzero(np.ptp(columns, axis=0) == 0)
        if flat.size:
            return FactorScores(reason=f"{name} {flat[0]} holds one value in all snapshots")
    information = np.maximum(
        np.nan_to_num(factor_information(latents, values), posinf=np.log(len(latents))), 0
    )
    importance, informativeness = _importance(latents, values, seed)
    several = latents.shape[1] > 1
    return FactorScores(
        mutual_information_gap=(
            float(_mutual_information_gap(latents, values)) if several else np.nan
        ),
        separation=(
            float(np.mean(_gap(_squared_correlation(latents, values)))) if several else np.nan
        ),
        disentanglement=_disentanglement(importance),
        completeness=_completeness(importance),
        informativeness=informativeness,
        modularity=_modularity(information),
        reason=(
            ""
            if several and values.shape[1] > 1
            else "one latent or one factor has nothing to compare with"
        ),
    )


def _pair(Z: ArrayLike, factors: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    latents, values = component_matrix("Z", Z), component_matrix("factors", factors)
    if len(latents) != len(values):
        raise InputError(f"Z has {len(latents)} rows and factors {len(values)}")
    return latents, values


def _gap(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each factor the largest entry minus the second: (K,)."""
    ordered = np.sort(table, axis=0)
    return np.asarray(ordered[-1] - ordered[-2])


def _mutual_information_gap(latents: NDArray[np.float64], values: NDArray[np.float64]) -> float:
    bins = int(np.clip(np.sqrt(len(latents) / CELL), 2, BINS))
    codes, labels = (
        np.array([_binned(column, bins) for column in table.T]) for table in (latents, values)
    )
    entropies = np.array([_entropy(label) for label in labels])
    shared = np.array(
        [[_entropy(c) + _entropy(v) - _entropy(bins * c + v) for v in labels] for c in codes]
    )
    return float(np.mean(_gap(shared) / entropies))


def _binned(column: NDArray[np.float64], bins: int) -> NDArray[np.intp]:
    """Numbers of bins of equal counts; of the values themselves where these are few."""
    labels = np.unique(column, return_inverse=True)[1]
    if labels.max() < bins:
        return np.asarray(labels, dtype=np.intp)
    return np.argsort(np.argsort(column, kind="stable")) * bins // len(column)


def _entropy(labels: NDArray[np.intp]) -> float:
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(-(shares * np.log(shares)).sum())


def _squared_correlation(
    latents: NDArray[np.float64], values: NDArray[np.float64]
) -> NDArray[np.float64]:
    d = latents.shape[1]
    return np.square(np.asarray(np.corrcoef(np.hstack([latents, values]).T))[:d, d:])


def _importance(
    latents: NDArray[np.float64], values: NDArray[np.float64], seed: int
) -> tuple[NDArray[np.float64], float]:
    """How much each latent is needed to predict each factor, columns of sum one; and the mean R^2
    on other rows.
    """
    from sklearn.ensemble import (
        GradientBoostingRegressor,
    )  # here: importing the package must not load it

    rows = np.random.default_rng(seed).permutation(len(latents))
    train, test = np.split(rows, [round(len(rows) * (1 - HELD_OUT))])
    targets = rank_gaussianise(values)
    importance, explained = np.zeros((latents.shape[1], values.shape[1])), []
    for k, target in enumerate(targets.T):
        trees = GradientBoostingRegressor(n_estimators=TREES, max_depth=DEPTH, random_state=seed)
        trees.fit(latents[train], target[train])
        importance[:, k] = trees.feature_importances_
        explained.append(max(0.0, trees.score(latents[test], target[test])))
    return importance, float(np.mean(explained))


def _disentanglement(importance: NDArray[np.float64]) -> float:
    if importance.shape[1] < 2 or importance.sum() == 0:
        return float("nan")
    weights = importance.sum(axis=1) / importance.sum()
    return float(weights @ (1 - _relative_entropy(importance)))


def _completeness(importance: NDArray[np.float64]) -> float:
    return (
        float(np.mean(1 - _relative_entropy(importance.T))) if len(importance) > 1 else float("nan")
    )


def _relative_entropy(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Entropy of each row as shares of its sum, 1 for a uniform row; 1 for a row of zeros."""
    sums = rows.sum(axis=1, keepdims=True)
    shares = np.where(sums > 0, rows / np.where(sums > 0, sums, 1), 1 / rows.shape[1])
    logarithms = np.log(np.where(shares > 0, shares, 1))
    return np.asarray(-(shares * logarithms).sum(axis=1) / np.log(rows.shape[1]))


def _modularity(information: NDArray[np.float64]) -> float:
    squares = np.square(information[information.max(axis=1) > 0])
    if information.shape[1] < 2 or not len(squares):
        return float("nan")
    best = squares.max(axis=1)
    return float(np.mean(1 - (squares.sum(axis=1) - best) / (best * (information.shape[1] - 1))))
