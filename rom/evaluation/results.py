"""The tables of a comparison, from what its runs measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rom.evaluation.differences import differences
from rom.evaluation.learning import learning_curve
from rom.evaluation.snapshots import snapshot_differences
from rom.evaluation.splits import split_differences
from rom.evaluation.tuning import trial_table, tuning
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


def differences_of(store: Store) -> pd.DataFrame:
    """Paired differences of the methods over the seeds; controls, which run once, are left out."""
    table = store.table()
    return differences(table[table.reducer.isin(store.study()["study"]["reducers"])])


def summary_table(store: Store) -> pd.DataFrame:
    """One row for each method and number of latents, one column for each metric of the test set.

    Means over the seeds; what was measured of the training set alone (the time of a fit, say) is
    there as well.
    """
    table = store.table()
    names = ["reducer", "n_components", "beta"]
    order = list(dict.fromkeys(zip(*(table[name].fillna(-1) for name in names), strict=True)))
    on_test = set(table[table["split"] == "test"].metric)
    table = table[(table["split"] == "test") | ~table.metric.isin(on_test)].fillna({"beta": -1})
    grouped = table.groupby([*names, "metric"], sort=False)["value"]
    wide = grouped.mean().unstack("metric").reindex(order)
    wide.insert(0, "seeds", table.groupby(names)["seed"].nunique().reindex(order))
    return wide.reset_index().replace({"beta": {-1: float("nan")}})


def write_results(store: Store) -> None:
    """Write results.csv and what follows from it, differences.csv and snapshot_differences.csv."""
    store.write_table("results.csv", store.table())
    store.write_table("summary.csv", summary_table(store))
    store.write_table("differences.csv", differences_of(store))
    store.write_table("snapshot_differences.csv", snapshot_differences(store))


def write_variants(store: Store) -> None:
    """Write what several splits, a learning curve and tuning say, where there are any."""
    found = {"split_differences": split_differences(store), "learning_curve": learning_curve(store)}
    found |= {"tuning": tuning(store), "trials": trial_table(store)}
    for name, table in found.items():
        if len(table):
            store.write_table(f"{name}.csv", table)
