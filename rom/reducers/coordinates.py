"""POD coordinates: rows as coefficients of the leading modes of the training rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rom.data.layout import FieldLayout
from rom.data.memory import memory_bytes, pass_bytes
from rom.data.snapshots import Snapshots
from rom.linalg.gram import centred
from rom.reducers.pod import POD
from rom.spaced import evenly_spaced

#: Modes are kept until they leave so little of the fluctuations of the training rows, as an error.
LEFT_OUT = 1e-4
#: More modes are not kept: a network has to learn each of them.
MOST_MODES = 1024
#: Rows, and others among which the nearest is sought.
NEAREST = (500, 20_000)
#: Part of the memory limit for the modes, which a fit holds a few times.
MODES_SHARE = 4


@dataclass(frozen=True)
class Coefficients:
    """A part of the data in POD coordinates.

    Attributes
    ----------
    rows : (n, r + 1) float32 array. Coefficients, and the energy outside the span of the modes.
    residual : float. The part outside the span as a relative error about the training mean.
    """

    rows: np.ndarray
    residual: float

    def leading(self, r: int) -> Coefficients:
        """In the coordinates of the first r modes."""
        inside, left = self.rows[:, :-1], self.rows[:, -1:]
        more = np.square(inside[:, r:], dtype=np.float64).sum(axis=1, keepdims=True)
        rows = np.hstack([inside[:, :r], (left + more).astype(np.float32)])
        return Coefficients(rows, self.residual)

    def error_of(self, k: int) -> float:
        """The relative error of POD with k modes on these rows."""
        energies = np.square(self.rows[:, :-1], dtype=np.float64)
        outside = float(self.rows[:, -1].sum(dtype=np.float64))
        total = float(energies.sum()) + outside
        return float(np.sqrt((float(energies[:, k:].sum()) + outside) / total)) if total else 0.0

    def distance_to(self, others: Coefficients) -> float:
        """The relative error of taking the nearest of other rows for each: of up to NEAREST rows,
        evenly spaced.

        What two rows have outside the span counts as if it were orthogonal.
        """
        mine = self.rows[evenly_spaced(len(self.rows), NEAREST[0])]
        theirs = others.rows[evenly_spaced(len(others.rows), NEAREST[1])]
        a, b = mine[:, :-1].astype(np.float64), theirs[:, :-1].astype(np.float64)
        squares = np.square(a).sum(axis=1), np.square(b).sum(axis=1)
        apart = squares[0][:, None] + squares[1] - 2 * a @ b.T
        apart += mine[:, -1:] + theirs[:, -1]
        total = float(squares[0].sum()) + float(mine[:, -1].sum(dtype=np.float64))
        nearest = np.maximum(apart.min(axis=1), 0).sum()
        return float(np.sqrt(nearest / total)) if total else 0.0

    def snapshots(self) -> Snapshots:
        layout = FieldLayout(("coefficient",), (self.rows.shape[1],))
        return Snapshots.from_array(np.ascontiguousarray(self.rows), layout=layout)


def fit_modes(
    rows: Snapshots, memory_limit: int | str | None, at_least: int = 1
) -> tuple[POD, Coefficients | None]:
    """The modes that leave LEFT_OUT of the training rows, at most n - 1, MOST_MODES or what memory
    allows.

    However little memory allows, `at_least` modes may be taken: fewer modes than latents would be
    worse than POD. The rows in these coordinates come with them where the solver knows them: a pass
    over a large file less.
    """
    n, n_features = rows.shape
    # of many short rows a solver iterates vectors as long as there are rows, in double precision
    longer = max(n_features, 2 * n)
    affordable = memory_bytes(memory_limit) // MODES_SHARE // (rows.dtype.itemsize * longer)
    most = max(1, min(n - 1, n_features, MOST_MODES, max(affordable, at_least)))
    pod = POD(tolerance=LEFT_OUT, max_components=most, memory_limit=memory_limit, random_state=0)
    scores = pod.fit_scores(rows)
    return pod, None if scores is None else _coefficients(*scores, float(np.sum(pod.spectrum_**2)))


def project(pod: POD, rows: Snapshots, memory_limit: int | str | None) -> Coefficients:
    """Rows in the coordinates of the modes; one pass.

    What is outside the span is computed as a difference of fields, not of energies: it may be 1e-8
    of them.
    """
    modes = pod.components_
    inside, left, total = [], [], 0.0
    for block in rows.blocks(pass_bytes(memory_limit)):
        about = centred(block, pod.mean_, modes.dtype.type)
        total += float(np.square(about, dtype=np.float64).sum())
        inside.append(about @ modes.T)
        about -= inside[-1] @ modes
        left.append(np.einsum("ij,ij->i", about, about, dtype=np.float64))
    return _coefficients(np.concatenate(inside), np.concatenate(left), total)


def _coefficients(inside: np.ndarray, left: np.ndarray, total: float) -> Coefficients:
    """From the coefficients, what the modes leave of each row, and the energy of all rows."""
    rows = np.column_stack([inside, left]).astype(np.float32)
    outside = float(left.sum(dtype=np.float64))
    return Coefficients(rows, float(np.sqrt(outside / total)) if total > 0 else 0.0)


def leading(pod: POD, r: int) -> POD:
    """The same POD with its first r modes alone."""
    if r >= pod.n_components_:
        return pod
    values, arrays = pod.state()
    residual = float(np.sqrt(max(1 - pod.explained_variance_ratio_[:r].sum(), 0)))
    values["learned"] = values["learned"] | {"n_components_": r, "residual_": residual}
    for name in ("components_", "explained_variance_", "explained_variance_ratio_"):
        arrays[f"learned/{name}"] = arrays[f"learned/{name}"][:r].copy()
    found = POD.from_state(values, arrays)
    assert isinstance(found, POD)
    return found
