"""Everything that happens before the first run: open, check, split, fit the pipeline. Nothing is
written.
"""

from __future__ import annotations

import hashlib
import json
import warnings
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rom import __version__
from rom.data.memory import pass_bytes
from rom.data.moments import Moments
from rom.data.scan import resolve, scan
from rom.data.snapshots import Snapshots
from rom.data.split import MIN_SNAPSHOTS, Split, split_snapshots
from rom.errors import AssumptionWarning, InputError
from rom.pipeline import Pipeline
from rom.study.config import Study


@dataclass(frozen=True)
class Prepared:
    """A study with its data: what every run shares.

    `train_mean` (n packed features) is the reference of the energies; `total_variance` is that of
    the preprocessed training rows, ``mean_t |y_t - mean|^2 = sum_features w var / s_v^2`` (without
    w or s_v where the pipeline does not weight or scale), the scale of beta. `opened` are the
    snapshots as they were opened, before what is missing was left out; `fingerprint` is theirs.
    """

    study: Study
    snapshots: Snapshots
    split: Split
    pipeline: Pipeline
    train_mean: np.ndarray
    total_variance: float
    fingerprint: str
    notes: tuple[str, ...]
    opened: Snapshots

    def part(self, name: str) -> Snapshots:
        """The snapshots of "train", "validation" or "test"."""
        return self.snapshots.select(getattr(self.split, name))

    @cached_property
    def train_range(self) -> float:
        """Largest minus smallest value of the training snapshots; read when it is first asked
        for.
        """
        low, high = np.inf, -np.inf
        for block in self.part("train").pack().blocks(pass_bytes(self.study.memory_limit)):
            low, high = min(low, float(block.min())), max(high, float(block.max()))
        return high - low

    @property
    def identity(self) -> str:
        """Digest of version, data, split and pipeline: runs with the same one are comparable."""
        rows = [getattr(self.split, name) for name in ("train", "validation", "test")]
        parts = [__version__, self.fingerprint, self.pipeline.state()[0]]
        digest = hashlib.sha256(json.dumps(parts).encode())
        for part in rows:
            digest.update(np.asarray(part, dtype=np.int64).tobytes() + b"|")
        return digest.hexdigest()[:16]


def prepare(study: Study, snapshots: Snapshots) -> Prepared:
    """Check the data, split it and fit the pipeline on its training rows.

    The data is read twice: all rows once for what is missing, what varies and the fingerprint, the
    training rows once for their mean and variance. (The measure of the gap of a split reads a few
    hundred snapshots before.)

    Raises
    ------
    InputError
        If values are missing, nothing varies, or there are too few snapshots for a latent size.
    """
    study = study.resolve(snapshots.card)
    assert study.split is not None
    assert study.pipeline is not None
    assert study.n_components is not None
    _check_enough(snapshots)
    opened, size = snapshots, pass_bytes(study.memory_limit)
    found = scan(snapshots, size)
    snapshots = resolve(snapshots, found, study.missing)
    if found.constant:
        raise InputError(
            f"{snapshots.name}: {', '.join(found.constant)} is the same in every snapshot (to"
            " rounding), there is nothing to reduce; leave it out with variables=[...]"
        )
    _check_enough(snapshots)
    snapshots.ordered  # noqa: B018  # measured of all rows, once, before parts are taken
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", AssumptionWarning)
        split = split_snapshots(snapshots, **study.split.model_dump())
    if len(split.test) < 2:  # a correlation of latents needs two
        raise InputError(
            f"{snapshots.name}: {len(split.test)} of {len(snapshots)} snapshots to test on, at"
            " least 2 are needed; give more snapshots or a larger test set ([split] test in"
            " study.toml)"
        )
    train = snapshots.select(split.train)
    largest = min(len(split.train), snapshots.pack().shape[1])
    if max(study.n_components) > largest:
        raise InputError(
            f"{snapshots.name}: n_components={max(study.n_components)} is more than the"
            f" {len(split.train)} training snapshots of {snapshots.pack().shape[1]} values allow;"
            f" at most {largest}"
        )
    moments = Moments.of(train.pack().blocks(size))
    pipeline = Pipeline(**study.pipeline.model_dump()).fit(train, moments)
    with np.errstate(over="ignore"):  # checked below
        variance = float((pipeline.factors**2 * moments.variance).sum())
    if not 0 < variance < np.inf:
        raise InputError(
            f"{snapshots.name}: the variance of the training snapshots is {variance:g}: they are"
            " all the same, or too large or too small to be squared; use other units"
        )
    notes = (*snapshots.assumptions, *(str(w.message) for w in caught))
    return Prepared(
        study, snapshots, split, pipeline, moments.mean, variance, found.fingerprint, notes, opened
    )


def _check_enough(snapshots: Snapshots) -> None:
    if len(snapshots) < MIN_SNAPSHOTS:
        raise InputError(
            f"{snapshots.name}: {len(snapshots)} snapshots are too few to train, validate and test"
            " on; name the axis of snapshots 't', or give all files of the series: 'flow_*.h5'"
        )
