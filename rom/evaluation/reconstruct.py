"""What a stored model makes of a part of the data: its latents, and their errors in physical
units.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.data.memory import pass_bytes, pieces
from rom.data.snapshots import Snapshots
from rom.evaluation.accumulate import GATHERED_OF_SAMPLES, accumulators
from rom.metrics.sums import SquaredErrors
from rom.reducers.field_model import FieldModel
from rom.study.prepare import Prepared


@dataclass(frozen=True)
class Reconstruction:
    """What a model makes of one part of the data.

    Attributes
    ----------
    gathered : by name, all that metrics are functions of: the results of
        rom.evaluation.accumulate.GATHERED, in physical units; "sampled" where there is a posterior,
        on test rows; "latents" and, with a posterior, "log_variance"
    latents : (n, d), posterior means where there is a posterior
    log_variance : (n, d), None without a posterior
    trajectories : (n,), None where all snapshots are of one; a number of its own for each where
        they have no order
    decode_seconds : float; reading does not count
    """

    gathered: dict[str, Any]
    latents: np.ndarray
    log_variance: np.ndarray | None
    trajectories: np.ndarray | None
    decode_seconds: float

    @property
    def errors(self) -> SquaredErrors:
        errors: SquaredErrors = self.gathered["errors"]
        return errors


def reconstruct(
    model: FieldModel,
    prepared: Prepared,
    part: str,
    latents: np.ndarray,
    log_variance: np.ndarray | None,
) -> Reconstruction:
    """Decode the latents of one part of the split, and compare with its snapshots, block by block.

    Reconstructions are of posterior means; energies are relative to the mean of the training rows,
    and pooled numbers divide each variable by the pipeline's scale. Of the test set, one sample of
    each posterior is decoded too, with a fixed seed and whatever the blocks.

    Parameters
    ----------
    latents, log_variance : (n, d), of all snapshots of the part; no log-variances without a
        posterior
    """
    rows, valid = prepared.part(part), prepared.snapshots.layout.valid
    gathering = accumulators(prepared, part)
    of_samples = {}
    if log_variance is not None:
        of_samples = accumulators(prepared, part, GATHERED_OF_SAMPLES)
    generator = np.random.default_rng(0)
    decode_seconds, first = 0.0, 0
    for block in pieces(rows.blocks(pass_bytes(prepared.study.memory_limit))):
        here = slice(first, first + len(block))
        first = here.stop
        start = time.perf_counter()
        decoded = model.inverse_transform(latents[here])
        decode_seconds += time.perf_counter() - start
        # errors are of packed rows: masked values have no truth to compare with
        packed, decoded = block[:, valid], decoded[:, valid]
        for accumulator in gathering.values():
            accumulator.add(packed, decoded)
        if of_samples and log_variance is not None:
            # one generator for all blocks, row by row: the sample does not depend on their size
            noise = generator.standard_normal(latents[here].shape)
            sample = latents[here] + np.exp(log_variance[here] / 2) * noise
            decoded = model.inverse_transform(sample.astype(latents.dtype))[:, valid]
            for accumulator in of_samples.values():
                accumulator.add(packed, decoded)
    gathered: dict[str, Any] = {"latents": latents}
    if log_variance is not None:
        gathered["log_variance"] = log_variance
    for name, accumulator in {**gathering, **of_samples}.items():
        gathered[name] = accumulator.result()
    trajectories = _trajectories(rows, prepared.split.kind)
    return Reconstruction(gathered, latents, log_variance, trajectories, decode_seconds)


def _trajectories(rows: Snapshots, split_kind: str) -> np.ndarray | None:
    """Which snapshots follow each other in time.

    Without times and under a random split none do: the order in the file means nothing, or
    something else, as in images that are sorted by their labels.
    """
    unordered = rows.times is None and rows.trajectories is None and split_kind == "random"
    return np.arange(len(rows)) if unordered else rows.trajectories
