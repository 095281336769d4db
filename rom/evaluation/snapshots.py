"""Differences of the methods on the same test snapshots: also of methods that have no seeds."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from rom.evaluation.differences import verdict
from rom.metrics import paired_error_difference
from rom.metrics.seeds import holm
from rom.registry import reducer_class
from rom.study.matrix import Run
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["reducer", "n_components", "beta", "other", "other_beta"]
COLUMNS += ["difference", "low", "high", "p_value", "snapshots", "reason"]


def snapshot_differences(store: Store) -> pd.DataFrame:
    """Of each number of latents each pair of methods, for snapshot_differences.csv.

    :func:`rom.metrics.paired_error_difference`: the difference of the relative errors, and how much
    it depends on which test snapshots there are. Squared errors are means over the seeds, so that
    neither their number nor their scatter enters. `p_holm` is corrected over all pairs and sizes.
    Of the controls only nonlinear ones are here, the others have POD's error. Empty where a store
    holds no errors of single snapshots.
    """
    import pandas as pd

    # a control with POD's error would add pairs that say nothing, and Holm corrects for each
    compared = store.study()["study"]["reducers"]
    shown = {
        method: runs
        for method, runs in store.methods().items()
        if method[0] in compared or not reducer_class(method[0]).has_linear_decoder
    }
    errors = {method: _errors(store, runs) for method, runs in shown.items()}
    known = {key: found for key, found in errors.items() if found is not None}

    rows = []
    for (one, a), (other, b) in combinations(known.items(), 2):
        # a method is its reducer, number of latents and beta
        if one[1] == other[1]:
            pair = (*one, other[0], other[2])
            names: dict[str, Any] = dict(zip(COLUMNS[:5], pair, strict=True))
            # energies and trajectories are of the snapshots, so those of either method serve
            found = paired_error_difference(
                a["squared_error"], b["squared_error"], a["energy"], **_order(a)
            )
            reason = {"reason": found.reason, "snapshots": found.n}
            rows.append(
                names | reason | {name: getattr(found, name) for name in ("low", "high", "p_value")}
            )
            rows[-1]["difference"] = found.value

    table = pd.DataFrame(rows, columns=COLUMNS)
    # a column of None alone, where no method has a beta, would not be one of numbers
    table = table.astype({"beta": float, "other_beta": float})
    table["p_holm"] = holm(table.p_value.to_numpy(float))
    table["verdict"] = [verdict(p) for p in table.p_holm]
    return table


def _errors(store: Store, runs: list[Run]) -> dict[str, np.ndarray] | None:
    """The squared error of each test snapshot, mean over the seeds, its energy, and its trajectory
    where it has one.
    """
    found = [store.snapshot_errors(run) for run in runs]
    if any(not one for one in found):
        return None
    return found[0] | {"squared_error": np.mean([one["squared_error"] for one in found], axis=0)}


def _order(errors: dict[str, np.ndarray]) -> dict[str, Any]:
    return {"trajectories": errors["trajectories"]} if "trajectories" in errors else {}
