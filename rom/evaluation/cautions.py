"""What to know before errors are believed: is the test set too near to the training set, or too
far from it?
"""

from __future__ import annotations

from rom.study.store import Store

#: Share of the energy that the best method may lose between training and test set before a caution
#: is given.
MOST_LOST = 0.2
ADVICE = {
    "random": "give more snapshots",
    "blocks": (
        "give a longer series, which comes back to its states, or several series (with --split"
        " trajectories)"
    ),
    "trajectories": "give more trajectories",
}


def cautions(store: Store) -> list[str]:
    """Sentences without a full stop, a pure function of a store; none where nothing speaks against
    the errors.
    """
    leakage = store.leakage()
    near = [leakage["text"]] if leakage["leaks"] else []
    return near + _far(store)


def _far(store: Store) -> list[str]:
    """Whether even the best method describes the training set only."""
    table = store.table()
    energy = table[table.metric == "energy_captured"].pivot(
        index="run", columns="split", values="value"
    )
    energy = energy.reindex(columns=["train", "test"]).dropna()
    if energy.empty:
        return []
    best = int(energy["test"].argmax())
    train, test = (float(energy[part].iloc[best]) for part in ("train", "test"))
    if train - test < MOST_LOST:
        return []
    advice = ADVICE.get(str(table.split_kind.iloc[0]))
    return [
        f"the best method captures {100 * train:.1f} % of the energy of the training snapshots and"
        f" {100 * test:.1f} % of that of the test snapshots: the test set differs from the"
        " training set, and the errors say little about the methods"
        + (f"; {advice}" if advice else "")
    ]
