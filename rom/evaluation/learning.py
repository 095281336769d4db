"""Do I have enough snapshots? The errors with a part of the training snapshots, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rom.metrics import matched_correlation, subspace_angles
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd

#: Half of the snapshots may raise the error by so much, relative to it, before more are asked for.
RISE = 0.1
#: Errors below this are what a training ends at.
NEGLIGIBLE = 1e-3
COLUMNS = ["n_train", "reducer", "n_components", "beta", "error", "angle", "matched"]


def learning_curve(store: Store) -> pd.DataFrame:
    """Test error of every method with a part of the training snapshots: one row each, for learning_curve.csv.

    `error` is the mean over the seeds, `angle` the largest angle in degrees between what POD's modes of this part and
    of all training snapshots span (NaN of other methods): how much the modes still move. `matched` is the matched
    correlation (:func:`rom.metrics.matched_correlation`) of the active latents of the test snapshots with those after
    training on all, of the first seed: whether the latents stay what they are.
    """
    import pandas as pd

    shorter = store.variants("learning")
    rows = []
    for one in [*shorter, store] if shorter else []:
        table = one.table()
        errors = table[(table.metric == "relative_error") & (table["split"] == "test")]
        n = int(one.study()["split"]["train"])
        for (reducer, k, beta), found in errors.groupby(["reducer", "n_components", "beta"], sort=False, dropna=False):
            row = {"n_train": n, "reducer": reducer, "n_components": k, "beta": beta}
            row |= {"error": float(found.value.mean()), "angle": _angle(store, one, str(reducer), k)}
            rows.append(row | {"matched": _matched(store, one, str(reducer), k, beta)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _matched(whole: Store, part: Store, reducer: str, k: Any, beta: Any) -> float:
    latents = []
    for store in (whole, part):
        for run in store.finished():
            same_beta = run.beta == beta or (run.beta is None and np.isnan(beta))
            if (run.reducer, run.n_components, run.seed) == (reducer, k, 0) and same_beta:
                latents.append(store.latents(run)[:, store.run_info(run)["active"]])
    if len(latents) < 2 or not all(found.shape[1] for found in latents):
        return float("nan")
    return matched_correlation(*latents)


def _angle(whole: Store, part: Store, reducer: str, k: object) -> float:
    if reducer != "pod":
        return float("nan")
    modes = []
    for store in (whole, part):
        run = next(run for run in store.finished() if run.reducer == "pod" and run.n_components == k)
        modes.append(store.model(run).reducer.components_.T)
    return float(np.degrees(subspace_angles(*modes).max()))


def advice(store: Store) -> str:
    """One sentence on the best method of the largest size, without a full stop; nothing without a learning curve."""
    curve = learning_curve(store)
    if curve.empty:
        return ""
    most = curve[curve.n_components == curve.n_components.max()]
    sizes = sorted(most.n_train.unique())
    last = most[most.n_train == sizes[-1]]
    best = last.loc[last.error.idxmin()]
    same = most[(most.reducer == best.reducer) & (most.beta.fillna(-1) == last.beta.fillna(-1)[best.name])]
    before, now = (float(same[same.n_train == n].error.iloc[0]) for n in sizes[-2:])
    said = f"{best.reducer} with {best.n_components} latents has a test error of {before:.3g} with {sizes[-2]} "
    said += f"training snapshots and {now:.3g} with {sizes[-1]}"
    if now > NEGLIGIBLE and before > (1 + RISE) * now:
        return f"More snapshots would help: {said}"
    return f"There are enough snapshots: {said}"
