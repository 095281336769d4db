"""Do I have enough snapshots? The errors with a part of the training snapshots, and what
follows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rom.metrics.seeds import matched_correlation, subspace_angles
from rom.study.matrix import Run
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd

#: Half of the snapshots may raise the error by so much, relative to it, before more are asked for.
RISE = 0.1
#: Errors below this are what training ends at.
NEGLIGIBLE = 1e-3
COLUMNS = ["n_train", "reducer", "n_components", "beta", "error", "angle", "matched"]


def learning_curve(store: Store) -> pd.DataFrame:
    """Test error of every method with a part of the training snapshots: one row each, for
    learning_curve.csv.

    `error` is the mean over the seeds, `angle` the largest angle in degrees between what POD's
    modes of this part and of all training snapshots span (NaN of other methods): how much the modes
    still move. `matched` is the matched correlation (:func:`rom.metrics.seeds.matched_correlation`)
    of the active latents of the test snapshots with those after training on all, of the first seed:
    whether the latents stay what they are.
    """
    import pandas as pd

    shorter = store.variants("learning")
    rows, whole = [], store.methods()
    for one in [*shorter, store] if shorter else []:
        table, n = one.table(), int(one.study()["split"]["train"])
        errors = (
            table[(table.metric == "relative_error") & (table["split"] == "test")]
            .set_index("run")
            .value
        )
        for (reducer, k, beta), runs in one.methods().items():
            pair = (
                [(store, whole[reducer, k, beta][0]), (one, runs[0])]
                if (reducer, k, beta) in whole
                else []
            )
            row = {
                "n_train": n,
                "reducer": reducer,
                "n_components": k,
                "beta": np.nan if beta is None else beta,
            }
            row |= {"error": float(errors[[run.id for run in runs]].mean())}
            rows.append(row | {"angle": _angle(pair), "matched": _matched(pair)})
    return pd.DataFrame(rows, columns=COLUMNS)


def _matched(pair: list[tuple[Store, Run]]) -> float:
    latents = [store.latents(run)[:, store.run_info(run)["active"]] for store, run in pair]
    if not latents or not all(found.shape[1] for found in latents):
        return float("nan")
    return matched_correlation(*latents)


def _angle(pair: list[tuple[Store, Run]]) -> float:
    if not pair or pair[0][1].reducer != "pod":
        return float("nan")
    modes = [store.model(run).reducer.components_.T for store, run in pair]
    return float(np.degrees(subspace_angles(*modes).max()))


def advice(store: Store) -> str:
    """One sentence on the best method of the largest size, without a full stop; nothing without a
    learning curve.
    """
    curve = learning_curve(store)
    if curve.empty:
        return ""
    most = curve[curve.n_components == curve.n_components.max()]
    sizes = sorted(most.n_train.unique())
    last = most[most.n_train == sizes[-1]]
    best = last.loc[last.error.idxmin()]
    same = most[
        (most.reducer == best.reducer) & (most.beta.fillna(-1) == last.beta.fillna(-1)[best.name])
    ]
    by_size = same.set_index("n_train").error
    if len(sizes) < 2 or not np.isfinite(by_size.reindex(sizes[-2:])).all():
        return ""  # a run with a part of the snapshots failed
    before, now = by_size[sizes[-2]], by_size[sizes[-1]]
    said = (
        f"{best.reducer} with {best.n_components} latents has a test error of {before:.3g} with"
        f" {sizes[-2]} "
    )
    said += f"training snapshots and {now:.3g} with {sizes[-1]}"
    if now > NEGLIGIBLE and before > (1 + RISE) * now:
        return f"More snapshots would help: {said}"
    return f"There are enough snapshots: {said}"
