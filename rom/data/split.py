"""Splits of snapshots into train, validation and test rows that do not leak."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass

import numpy as np

from rom.data.snapshots import Snapshots
from rom.errors import AssumptionWarning, InputError

KINDS = ("auto", "own", "blocks", "random")


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, and how they were chosen.

    `gap` is the number of snapshots left out between two neighbouring parts (0 where order means nothing).
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    kind: str
    gap: int
    description: str


def split_snapshots(
    snapshots: Snapshots,
    *,
    kind: str = "auto",
    validation: float = 0.1,
    test: float = 0.2,
    gap: int | None = None,
    seed: int = 0,
    stratify: str | None = None,
) -> Split:
    """Split snapshots into train, validation and test.

    Parameters
    ----------
    kind : {"auto", "own", "blocks", "random"}, default "auto"
        "own": the split that came with the data (validation is taken from its training rows where it has
        none). "blocks": ``train | gap | validation | gap | test``, contiguous in time. "random": seeded,
        with a warning where snapshots follow each other in time, because a test snapshot then has
        near-copies in the training set. "auto": own if there is one, blocks if ordered, else random.
    validation, test : float, default 0.1 and 0.2
        Fractions of all rows (with "own": `validation` of its training rows).
    gap : int, optional
        Snapshots between two blocks. Default: the decorrelation length of :func:`decorrelation_length`.
    seed : int, default 0
    stratify : str, optional
        Name of a parameter (a label) whose shares a random split keeps in every part.

    Raises
    ------
    InputError
        If the kind is unknown or a part would be empty.
    """
    if kind not in KINDS:
        raise InputError(f"split kind {kind!r} is unknown; one of {', '.join(KINDS)}")
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise InputError(f"split fractions validation={validation:g} and test={test:g} must be positive, sum below 1")
    if kind == "auto":
        kind = "own" if snapshots.own_split else "blocks" if snapshots.ordered else "random"
    if stratify is not None and kind != "random":
        raise InputError(f"stratify={stratify!r} belongs to split kind 'random', not to {kind!r}")
    if kind == "own":
        return _own(snapshots, validation, seed)
    if kind == "random":
        return _random(snapshots, validation, test, seed, stratify)
    return _blocks(snapshots, validation, test, gap)


def _own(snapshots: Snapshots, validation: float, seed: int) -> Split:
    own = snapshots.own_split
    if not own or "train" not in own or "test" not in own:
        raise InputError(f"{snapshots.name} has no split of its own; use split kind 'blocks' or 'random'")
    train = np.asarray(own["train"])
    if "validation" in own:
        return Split(train, np.asarray(own["validation"]), np.asarray(own["test"]), "own", 0, "the data set's own")
    shuffled = np.random.default_rng(seed).permutation(train)
    n = max(1, round(validation * len(train)))
    return Split(
        np.sort(shuffled[n:]),
        np.sort(shuffled[:n]),
        np.asarray(own["test"]),
        "own",
        0,
        f"the data set's own test rows; validation: {n} of its training rows, seed {seed}",
    )


def _random(snapshots: Snapshots, validation: float, test: float, seed: int, stratify: str | None) -> Split:
    if snapshots.ordered:
        warnings.warn(
            f"{snapshots.name}: a random split of snapshots that follow each other in time tests on near-copies of "
            "the training snapshots; use split kind 'blocks'",
            AssumptionWarning,
            stacklevel=3,
        )
    if stratify is None:
        groups = np.zeros(len(snapshots), dtype=int)
    elif stratify in snapshots.parameters:
        groups = np.unique(snapshots.parameters[stratify], return_inverse=True)[1]
    else:
        raise InputError(f"{snapshots.name} has no parameter {stratify!r} to stratify by")
    rng = np.random.default_rng(seed)
    parts: tuple[list, list, list] = ([], [], [])
    for group in range(groups.max() + 1):
        rows = rng.permutation(np.flatnonzero(groups == group))
        n_test, n_validation = round(test * len(rows)), round(validation * len(rows))
        cuts = (rows[n_test + n_validation :], rows[n_test : n_test + n_validation], rows[:n_test])
        for part, cut in zip(parts, cuts, strict=True):
            part.append(cut)
    train, held_out, tested = (np.sort(np.concatenate(part)) for part in parts)
    by = f", stratified by {stratify}" if stratify else ""
    return _checked(Split(train, held_out, tested, "random", 0, f"seeded random, seed {seed}{by}"), snapshots)


def _blocks(snapshots: Snapshots, validation: float, test: float, gap: int | None) -> Split:
    n = len(snapshots)
    words = ""
    if gap is None:
        gap, reached = decorrelation_length(snapshots)
        words = " (the measured decorrelation length)" if reached else " (a tenth of them: they are still correlated)"
        if not reached:
            warnings.warn(
                f"{snapshots.name}: snapshots {gap} apart are still correlated, so the test part is not independent of "
                "the training part; give a longer series, or a gap",
                AssumptionWarning,
                stacklevel=4,
            )
    usable = n - 2 * gap
    n_test, n_validation = max(1, round(test * usable)), max(1, round(validation * usable))
    n_train = usable - n_test - n_validation
    start = n_train + gap
    description = f"contiguous blocks in time, {gap} snapshots left out between them{words}"
    rows = np.arange(n)
    split = Split(
        rows[: max(0, n_train)],
        rows[start : start + n_validation],
        rows[start + n_validation + gap :],
        "blocks",
        gap,
        description,
    )
    return _checked(split, snapshots)


def _checked(split: Split, snapshots: Snapshots) -> Split:
    sizes = {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)}
    if min(sizes.values()) < 1 or sizes["train"] < 2:
        counts = ", ".join(f"{name} {n}" for name, n in sizes.items())
        raise InputError(
            f"{snapshots.name}: {len(snapshots)} snapshots are too few for a {split.kind} split with gap {split.gap} "
            f"({counts}); give more snapshots or a smaller gap"
        )
    return split


def decorrelation_length(snapshots: Snapshots, *, max_rows: int = 256) -> tuple[int, bool]:
    """Snapshots after which a series has forgotten itself: first lag with autocorrelation below 1/e.

    The autocorrelation is that of the whole field, ``c(k) = <u_t, u_(t+k)> / <u_t, u_t>``, with the mean over
    the leading `max_rows` rows removed and every variable divided by its energy: the energy-weighted mean
    over all POD coefficients. At least 1; at most a tenth of the snapshots, so that a slow series keeps
    rows to train on: then the second value is False.
    """
    head = snapshots.select(slice(0, min(len(snapshots), max_rows))).pack()
    layout, mean = head.layout, head.mean()
    energy = np.zeros(layout.n_features)
    for block in head.blocks():
        energy += np.square(block - mean, dtype=np.float64).sum(axis=0)
    per_variable = np.bincount(layout.variable_index, energy * layout.feature_weights, layout.n_variables)
    if not per_variable.any():
        return 1, True
    share = layout.feature_weights / np.where(per_variable > 0, per_variable, np.inf)[layout.variable_index]
    limit = max(1, math.ceil(len(snapshots) / 10))
    slices = head.block_slices()
    gram = np.empty((len(head), len(head)))
    for i, rows in enumerate(slices):
        left = (head[rows] - mean) * share
        for columns in slices[i:]:
            gram[rows, columns] = left @ (head[columns] - mean).T
    variance = np.trace(gram) / len(head)
    for lag in range(1, min(limit, len(head) - 1) + 1):
        if np.diagonal(gram, lag).mean() / variance < 1 / math.e:
            return lag, True
    return limit, False
