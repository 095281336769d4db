"""POD's whole curve: its test error with every number of modes, and what these take to store."""

from __future__ import annotations

from typing import Any

import numpy as np

from rom.reducers.coordinates import fit_modes, leading, project
from rom.study.prepare import Prepared

#: Modes at most.
MOST = 256


def measure_pod_curve(prepared: Prepared) -> dict[str, Any]:
    """Relative errors of the test set with 1, 2, ... modes of the training set, for study.json.

    ``e(k)^2 = (sum_(i>k) c_i^2 + left) / sum (c_i^2 + left)``, c the coefficients of the test rows
    and `left` what is outside all modes: one fit and one pass give all of them, in the norm of the
    comparison. `bytes` is what is stored for one mode and for none, by which all others follow.
    """
    limit = prepared.study.memory_limit
    rows = prepared.pipeline.transform(prepared.part("train"))
    pod, _ = fit_modes(rows, limit)
    pod = leading(pod, MOST)

    test = prepared.pipeline.transform(prepared.part("test"))
    found = project(pod, test, limit).rows.astype(np.float64)
    # the last column is no coefficient: it is the energy outside all modes
    energy, outside = np.square(found[:, :-1]).sum(axis=0), found[:, -1].sum()
    # entry k - 1 is what k modes leave: all that come after the k-th
    left = energy[::-1].cumsum()[::-1] - energy + outside
    total = energy.sum() + outside

    # every mode takes the same: `one - each` is what is stored in any case, as the mean is
    one = leading(pod, 1).stored_bytes_
    each = (pod.stored_bytes_ - one) / max(1, pod.n_components_ - 1)
    # the difference above may round to less than zero
    errors = np.sqrt(np.maximum(left, 0) / total) if total > 0 else np.zeros(len(energy))
    return {"errors": errors.tolist(), "bytes": [one - each, each]}
