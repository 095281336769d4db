"""What can be recommended: every method and size that was compared, and POD with any modes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rom.registry import reducer_class
from rom.results import Method, Results
from rom.results.common import no_larger

#: Errors are equal where they differ by less than this share of the smaller one ...
SAME = 0.1
#: ... or by less than this.
NEGLIGIBLE = 5e-4
#: Bytes of a stored latent.
LATENT_BYTES = 4


@dataclass(frozen=True)
class Candidate:
    """A method with a number of latents and what it gives for it, means over the seeds.

    Attributes
    ----------
    reducer, n_components, beta : which method
    error : relative error of the test set
    stored_bytes : of the model and of the latents of all snapshots
    decode_seconds : of one snapshot; estimated for POD with modes that were not compared
    fit_seconds : 0 for POD with modes that were not compared
    method : None for POD with a number of modes that was not compared
    """

    reducer: str
    n_components: int
    beta: float | None
    error: float
    stored_bytes: float
    decode_seconds: float
    fit_seconds: float = 0.0
    method: Method | None = None

    @property
    def is_trained(self) -> bool:
        return bool(reducer_class(self.reducer).has_epochs)


def compared(results: Results, methods: Sequence[Method]) -> list[Candidate]:
    """The methods that have an error."""
    n = int(results.study["data"]["n_snapshots"])
    found = []
    for method in methods:
        error = results.mean(method, "relative_error")
        if not np.isfinite(error):
            continue
        stored = results.mean(method, "stored_bytes", "train")
        found.append(
            Candidate(
                method.reducer,
                method.n_components,
                method.beta,
                error,
                stored + LATENT_BYTES * n * method.n_components,
                results.mean(method, "decode_seconds") / results.size("test"),
                results.mean(method, "fit_seconds", "train"),
                method,
            )
        )
    return found


def pod_curve(results: Results) -> list[Candidate]:
    """POD with 1, 2, ... modes: one fit has all of them. Empty without a POD in the comparison."""
    curve, pods = results.study.get("pod_curve"), [m for m in results.methods if m.reducer == "pod"]
    if not curve or not pods:
        return compared(results, pods)
    known = {one.n_components: one for one in compared(results, pods)}
    # the time of a product with the modes grows with their number
    each = min(one.decode_seconds / k for k, one in known.items()) if known else float("nan")
    n, (none, one_mode) = int(results.study["data"]["n_snapshots"]), curve["bytes"]
    found = []
    for k, error in enumerate(curve["errors"], start=1):
        stored = none + one_mode * k + LATENT_BYTES * n * k
        found.append(known.get(k) or Candidate("pod", k, None, error, stored, each * k))
    return found


def pod_modes(curve: Sequence[Candidate], error: float) -> Candidate | None:
    """POD with the fewest modes whose test error is no larger; None where no number is enough."""
    return next((one for one in curve if one.error <= no_larger(error)), None)


def same_error(results: Results, one: Candidate, other: Candidate) -> bool:
    """Whether two errors are equal: little apart, or not significantly on the test set."""
    gap = abs(one.error - other.error)
    if gap <= max(SAME * min(one.error, other.error), NEGLIGIBLE):
        return True
    if one.method is None or other.method is None:
        return False
    found = results.snapshot_differences
    for a, b in ((one, other), (other, one)):
        rows = found[(found.n_components == a.n_components) & (a.n_components == b.n_components)]
        rows = rows[(rows.reducer == a.reducer) & (rows.other == b.reducer)]
        rows = rows[(rows.beta.fillna(-1) == _known(a)) & (rows.other_beta.fillna(-1) == _known(b))]
        if len(rows):
            return str(rows.verdict.iloc[0]) == "not significant"
    return False


def _known(candidate: Candidate) -> float:
    return -1.0 if candidate.beta is None else candidate.beta
