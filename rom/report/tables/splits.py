"""The tables of repeated splits and of a learning curve; none without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rom.evaluation.learning import learning_curve
from rom.evaluation.splits import best_on_each, split_differences
from rom.report.tables.table import Table, pairs, table_of
from rom.results import Results
from rom.results.words import MISSING, count, listing, number


def splits(results: Results) -> list[Table]:
    """Differences of the test errors over the splits, for each shown number of latents."""
    found = split_differences(results.store)
    found = found[found.metric == "relative_error"]
    return [
        _over_splits(results, found[found.n_components == k], k)
        for k in results.shown_sizes
        if (found.n_components == k).any()
    ]


def _over_splits(results: Results, found: pd.DataFrame, k: int) -> Table:
    first = pd.Series(best_on_each(results.store, k)).value_counts()
    best = listing([f"{results.name((str(name), None))} on {n}" for name, n in first.items()])
    note = (
        f"Means over {count(int(found.splits.max()), 'split')}, the seeds averaged in each. The"
        " variance over splits is corrected for the training snapshots that they share (Nadeau and"
        " Bengio 2003); p values are corrected over all pairs and sizes (Holm). The lowest test"
        f" error has {best}."
    )
    return Table(
        f"Differences over repeated splits, {count(k, 'latent')}",
        pairs(results, found),
        note,
    )


def learning(results: Results) -> list[Table]:
    """Test errors with a part of the training snapshots."""
    curve = learning_curve(results.store)
    if curve.empty:
        return []
    sizes = sorted(curve.n_train.unique())
    rows = []
    method: Any
    for method, found in curve.groupby(
        ["reducer", "n_components", "beta"], sort=False, dropna=False
    ):
        reducer, k, beta = method
        by_size = found.set_index("n_train")
        angle = by_size.angle.iloc[:-1]
        moved = (
            " / ".join(number(value) for value in angle) if np.isfinite(angle).all() else MISSING
        )
        errors = [number(by_size.error[n]) if n in by_size.index else MISSING for n in sizes]
        kept = " / ".join(number(value) for value in by_size.matched.iloc[:-1])
        rows.append([results.name((reducer, beta)), str(k), *errors, moved, kept])
    heads = ["method", "latents", *(f"{n} snapshots" for n in sizes), "angle (°)", "same latents"]
    note = (
        "Relative error of the same test snapshots after training on a part of the training"
        " snapshots, means over the seeds. Angle: the largest between what POD’s modes of a part"
        " and of all training snapshots span. Same latents: matched correlation of the active"
        " latents after training on a part with those after training on all, first seed; 1 if they"
        " are the same up to order, sign and scale."
    )
    return [table_of("Are there enough snapshots?", heads, rows, note)]
