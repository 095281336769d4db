"""The rows of the results that say how independent the latents of one fitted model are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from rom.evaluation.reconstruct import Reconstruction
from rom.linalg.whiten import whitening
from rom.metrics.measurement import Measurement, measure_independence
from rom.study.values import Values, number

#: Latents of a measurement -> set of latents in the results.
MEANS = {"all": "all", "active": "active"}
SAMPLES = {"all": "sampled", "active": "sampled active"}
WHITENED = {"all": "whitened"}
COPIED = ("low", "high", "null", "p_value", "n", "n_eff", "reason")


def measure_latents(found: Reconstruction, active: np.ndarray, *, full: bool) -> Values:
    """Independence of all latents and of the `active` ones alone, of one part.

    A latent that is switched off can make the others look better or worse. In `full` with intervals
    and null values, and for a VAE once more of one sample of each posterior (the one that is
    decoded for `energy_captured_sampled`): noise makes latents look more independent.
    """
    order = _order(found)
    latents = found.latents[order].astype(np.float64)
    trajectories = (
        None if _alone(found) or found.trajectories is None else found.trajectories[order]
    )
    measured = measure_independence(latents, active, full=full, trajectories=trajectories)
    values = [*_rows(measured, MEANS)]
    if full and found.log_variance is not None:
        # drawn in the order of the file, as in reconstruct(): the same sample is measured
        noise = np.random.default_rng(0).standard_normal(latents.shape)[order]
        sampled = latents + np.exp(found.log_variance[order] / 2) * noise
        values += _rows(measure_independence(sampled, active, full=False), SAMPLES)
    return values


def _order(found: Reconstruction) -> np.ndarray:
    """As the snapshots stand; at random where each is a trajectory of its own.

    Shifts and blocks respect an order. Of snapshots without one, the order in the file would be
    taken for a course in time: of images that are sorted by their labels, of a sweep over a
    parameter.
    """
    n = len(found.latents)
    return np.random.default_rng(0).permutation(n) if _alone(found) else np.arange(n)


def _alone(found: Reconstruction) -> bool:
    """Whether each snapshot is a trajectory of its own."""
    return found.trajectories is not None and len(np.unique(found.trajectories)) == len(
        found.latents
    )


def measure_whitened(train: np.ndarray, test: np.ndarray, active: np.ndarray) -> Values:
    """The control: independence of the test latents after whitening them on the training set, and
    a random rotation.

    An invertible linear map, which changes nothing that can be decoded from the latents. None for
    fewer than two active latents, or fewer training snapshots than these.
    """
    if active.sum() < 2 or len(train) <= active.sum():
        return []
    white = whitening(train[:, active], rotation_seed=0)(test[:, active])
    rows = measure_independence(white, np.ones(white.shape[1], dtype=bool), full=False)
    return list(_rows((row for row in rows if row.latents == "all"), WHITENED))


def _rows(measurements: Iterable[Measurement], sets: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for row in measurements:
        more = {column: getattr(row, column) for column in COPIED}
        yield number(row.measure, row.value, key=row.key, latents=sets[row.latents], **more)
