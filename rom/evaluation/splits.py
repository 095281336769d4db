"""Differences of the methods over repeated splits: what may be called significant."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.evaluation.differences import COMPARED, METHOD, verdict
from rom.metrics import resampled_difference
from rom.metrics.seeds import holm
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


def split_table(store: Store) -> pd.DataFrame:
    """Results of the test set on every split: reducer, n_components, beta, split, seed, metric,
    value.
    """
    import pandas as pd

    found = []
    for number, one in enumerate([store, *store.variants("splits")]):
        table = one.table()
        test = table[(table["split"] == "test") & table.metric.isin(COMPARED)]
        columns = [*METHOD, "seed", "metric", "value"]
        found.append(test[columns].assign(split=number))
    return pd.concat(found, ignore_index=True)


def split_differences(store: Store) -> pd.DataFrame:
    """Of each metric and number of latents each pair of methods over the splits, for
    split_differences.csv.

    :func:`rom.metrics.resampled_difference`: the variance over splits is corrected for the training
    snapshots they share. `p_holm` is corrected over all pairs and sizes of a metric; `verdict` is
    "significant", "not significant" or "not tested" with the reason. Controls are left out. Empty
    with one split.
    """
    import pandas as pd

    columns = ["metric", "n_components", "reducer", "beta", "other", "other_beta"]
    columns += ["difference", "low", "high", "p_value", "splits", "reason"]
    stores = [store, *store.variants("splits")]
    rows: list[dict[str, Any]] = []
    if len(stores) > 1:
        sizes = [one.study()["split"] for one in stores]
        rows_of = {part: np.array([size[part] for size in sizes]) for part in ("train", "test")}
        table = split_table(store)
        table = table[table.reducer.isin(store.study()["study"]["reducers"])]
        for (metric, k), group in table.groupby(["metric", "n_components"], sort=False):
            methods = list(group.groupby(["reducer", "beta"], sort=False, dropna=False))
            for (one, a), (other, b) in combinations(methods, 2):
                # columns 2 to 5 name the pair: reducer, beta, other, other_beta
                names = dict(zip(columns[2:6], (*one, *other), strict=True))
                rows.append(
                    {"metric": metric, "n_components": k, **names, **_compared(a, b, rows_of)}
                )
    found = pd.DataFrame(rows, columns=columns)
    found["p_holm"] = found.groupby("metric")["p_value"].transform(
        lambda p: holm(p.to_numpy(float))
    )
    found["verdict"] = [verdict(p) for p in found.p_holm]
    return found


def _compared(a: pd.DataFrame, b: pd.DataFrame, rows_of: dict[str, np.ndarray]) -> dict[str, Any]:
    numbers = range(len(rows_of["train"]))
    values = [
        [frame[frame["split"] == number].value.to_numpy() for number in numbers] for frame in (a, b)
    ]
    if any(not len(seeds) or not np.isfinite(seeds).all() for method in values for seeds in method):
        return {"splits": 0, "reason": "not defined on every split for both methods"}
    found = resampled_difference(*values, n_train=rows_of["train"], n_test=rows_of["test"])
    return {
        "difference": found.value,
        "low": found.low,
        "high": found.high,
        "p_value": found.p_value,
        "splits": found.n,
        "reason": found.reason,
    }


def best_on_each(store: Store, k: int) -> list[str]:
    """The reducer with the lowest test error on each split, means over the seeds."""
    table = split_table(store)
    errors = table[(table.metric == "relative_error") & (table.n_components == k)]
    errors = errors[errors.reducer.isin(store.study()["study"]["reducers"])]
    means = errors.groupby(["split", "reducer"])["value"].mean().unstack()
    return [str(name) for name in means.idxmin(axis=1)]
