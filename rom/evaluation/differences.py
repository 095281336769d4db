"""Which methods differ, and is it more than the scatter of their seeds?"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rom.metrics.seeds import ENOUGH_SEEDS, holm, paired_difference
from rom.registry import reducer_class

if TYPE_CHECKING:
    import pandas as pd

#: What methods are compared by, on the test set; what the results do not have is left out.
COMPARED = (
    "relative_error",
    "energy_captured",
    "det_correlation_active",
    "mean_abs_correlation_active",
    "copula_total_correlation_active",
    "distance_correlation_active[mean]",
    "informational_correlation_active[mean]",
)
LEVEL = 0.05
METHOD = ["reducer", "n_components", "beta"]
COLUMNS = [
    "n_components", "metric", "reducer", "beta", "other", "other_beta", "difference", "low", "high",
    "p_value", "p_holm", "seeds", "verdict", "reason",
]  # fmt: skip


def differences(table: pd.DataFrame) -> pd.DataFrame:
    """Paired differences of all methods with as many latents, from the table of results.

    For each metric and latent size, each pair of methods (reducer and beta): the mean of ``reducer
    - other`` over the seeds that both have, its 95 % t interval, the p value of the t test and that
    after Holm's correction over all pairs and sizes of the metric. Runs of one seed have the same
    split, preprocessing and seed. A method without seeds, as POD, is paired with every seed of the
    other.

    `verdict`: "beyond the seeds" (corrected p below 0.05), "within the seeds", the same with "(few
    seeds)" below five, where no ranking should be claimed, or "not tested" with the reason. Seeds
    on one split say nothing of other snapshots: significant is what :mod:`rom.evaluation.splits`
    and :mod:`rom.evaluation.snapshots` call so.
    """
    import pandas as pd

    rows = []
    if len(table):
        test = table[(table.split == "test") & table.metric.isin(COMPARED)]
        for (metric, size), group in test.groupby(["metric", "n_components"], sort=False):
            methods = {
                key: frame.set_index("seed")["value"]
                for key, frame in group.groupby(["reducer", "beta"], sort=False, dropna=False)
            }
            pairs = combinations(methods.items(), 2)
            rows += [{"metric": metric, "n_components": size, **_compared(*pair)} for pair in pairs]
    found = pd.DataFrame(rows, columns=COLUMNS)
    found["p_holm"] = found.groupby("metric")["p_value"].transform(
        lambda p: holm(p.to_numpy(float))
    )
    found["verdict"] = [_of_seeds(p, n) for p, n in zip(found.p_holm, found.seeds, strict=True)]
    found["metric"] = pd.Categorical(
        found["metric"], [name for name in COMPARED if name in set(found["metric"])]
    )
    return found.sort_values(["metric", "n_components"], kind="stable", ignore_index=True).astype(
        {"metric": str}
    )


def _compared(one: tuple, other: tuple) -> dict:
    """The columns of a pair; of each method its (reducer, beta) and values by seed."""
    ((reducer, beta), a), ((other_reducer, other_beta), b) = one, other
    identity = {"reducer": reducer, "beta": beta, "other": other_reducer, "other_beta": other_beta}
    if reducer_class(reducer).has_seeds and reducer_class(other_reducer).has_seeds:
        # paired by seed; the value of a method without seeds is paired with every seed
        shared = a.index.intersection(b.index)
        a, b = a[shared], b[shared]
    there = np.isfinite(a.to_numpy()), np.isfinite(b.to_numpy())
    if not len(a) or not len(b) or not all(values.all() for values in there):
        return identity | {"seeds": 0, "reason": "not defined for every seed of both methods"}
    found = paired_difference(a.to_numpy(), b.to_numpy())
    return identity | {
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "seeds": found.n,
        "reason": found.reason,
    }


def _of_seeds(p_value: float, seeds: int) -> str:
    if not np.isfinite(p_value):
        return "not tested"
    few = "" if seeds >= ENOUGH_SEEDS else " (few seeds)"
    return f"{'beyond' if p_value < LEVEL else 'within'} the seeds{few}"


def verdict(p_value: float) -> str:
    """Of a test over splits or snapshots, by its corrected p value."""
    if not np.isfinite(p_value):
        return "not tested"
    return "significant" if p_value < LEVEL else "not significant"
