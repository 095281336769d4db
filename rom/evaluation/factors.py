"""What the latents have to do with the parameters of the snapshots, where these are known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np

from rom.metrics import factor_scores
from rom.metrics.factors import FEWEST, factor_correlation
from rom.study.values import Values, number

#: Integers with at most this number of values are labels: their order means nothing.
MOST_LABELS = 20


def usable_parameters(parameters: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The parameters with one finite number for each snapshot that vary and are no labels."""
    usable = {}
    for name, values in parameters.items():
        if values.ndim != 1 or values.dtype.kind not in "iuf" or not np.isfinite(values).all():
            continue
        distinct = len(np.unique(values))
        if distinct > (MOST_LABELS if values.dtype.kind in "iu" else 1):
            usable[name] = values.astype(np.float64)
    return usable


def measure_factors(
    latents: np.ndarray, active: np.ndarray, parameters: Mapping[str, np.ndarray]
) -> Values:
    """Rows ``factor_score[name]`` and ``factor_correlation[latent,parameter]`` of the active
    latents.

    None without an active latent, without a usable parameter, or with fewer than 20 snapshots.
    """
    factors = usable_parameters(parameters)
    if not factors or not active.any() or len(latents) < FEWEST:
        return []
    codes, table = latents[:, active].astype(np.float64), np.column_stack(list(factors.values()))
    scores = asdict(factor_scores(codes, table))
    reason = scores.pop("reason")
    rows = [
        number(
            "factor_score",
            value,
            key=name,
            n=len(codes),
            reason="" if np.isfinite(value) else reason,
        )
        for name, value in scores.items()
    ]
    for i, correlations in zip(
        np.flatnonzero(active), factor_correlation(codes, table), strict=True
    ):
        for name, value in zip(factors, correlations, strict=True):
            rows.append(number("factor_correlation", value, key=f"{i},{name}", n=len(codes)))
    return rows
