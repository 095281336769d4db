"""The tables of a comparison, from what its runs measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rom.evaluation.differences import differences
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


def differences_of(store: Store) -> pd.DataFrame:
    """Paired differences of the methods over the seeds; controls, which run once, are left out."""
    table = store.table()
    return differences(table[table.reducer.isin(store.study()["study"]["reducers"])])


def write_results(store: Store) -> None:
    """Write results.csv and what follows from it, differences.csv."""
    store.write_table("results.csv", store.table())
    store.write_table("differences.csv", differences_of(store))
