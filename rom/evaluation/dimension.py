"""The intrinsic dimension of the training snapshots, in the norm of the comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.data.decorrelation import decorrelation_length
from rom.data.memory import pass_bytes
from rom.linalg.gram import gram_matrix
from rom.metrics.dimension import dimension_of_gram
from rom.spaced import evenly_spaced
from rom.study.prepare import Prepared

#: Snapshots that are looked at, and multiplications for their inner products; at least FEWEST.
MOST_ROWS, PRODUCTS, FEWEST = 1000, 2e10, 100


def measure_dimension(prepared: Prepared) -> dict[str, Any]:
    """:func:`rom.metrics.intrinsic_dimension` of evenly spaced training snapshots, for study.json;
    None for NaN.

    The window is the decorrelation length of the (longest) series, 0 where order means nothing.
    """
    snapshots, train = prepared.snapshots, prepared.split.train
    most = int(np.clip(np.sqrt(PRODUCTS / len(prepared.train_mean)), FEWEST, MOST_ROWS))
    rows = train[evenly_spaced(len(train), most)]
    groups = (
        np.zeros(len(snapshots), dtype=int)
        if snapshots.trajectories is None
        else snapshots.trajectories
    )
    window = 0
    if snapshots.ordered:
        names, sizes = np.unique(groups[train], return_counts=True)
        window = decorrelation_length(
            snapshots.select(train[groups[train] == names[sizes.argmax()]])
        )[0]
    chosen = prepared.pipeline.transform(snapshots.select(rows))
    gram = gram_matrix(chosen, pass_bytes(prepared.study.memory_limit), np.float64)[0]
    found = dimension_of_gram(gram, rows, groups[rows], window)
    estimates = {name: getattr(found, name) for name in ("two_neighbours", "many_neighbours")}
    finite = {name: value if np.isfinite(value) else None for name, value in estimates.items()}
    return {**finite, "n": found.n, "window": window, "reason": found.reason}
