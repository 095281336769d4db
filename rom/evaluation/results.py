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


def write_results(store: Store) -> None:
    """Write results.csv and what follows from it, differences.csv and snapshot_differences.csv."""
    store.write_table("results.csv", store.table())
    store.write_table("differences.csv", differences_of(store))
    store.write_table("snapshot_differences.csv", snapshot_differences(store))


def write_variants(store: Store) -> None:
    """Write what several splits, a learning curve and tuning say, where there are any."""
    found = {"split_differences": split_differences(store), "learning_curve": learning_curve(store)}
    found |= {"tuning": tuning(store), "trials": trial_table(store)}
    for name, table in found.items():
        if len(table):
            store.write_table(f"{name}.csv", table)
