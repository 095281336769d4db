"""Splits of snapshots into train, validation and test rows that do not leak."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom.data.order import NEAR_COPY, neighbour_difference
from rom.data.snapshots import Snapshots
from rom.data.split_blocks import by_blocks
from rom.data.split_parameter import by_parameter
from rom.errors import AssumptionWarning, InputError

KINDS = ("auto", "own", "trajectories", "blocks", "random", "interpolation", "extrapolation")
BY_PARAMETER = ("interpolation", "extrapolation")
MIN_TRAJECTORIES = 3
#: Fewer cannot be split into three parts.
MIN_SNAPSHOTS = 5


@dataclass(frozen=True)
class Split:
    """Row numbers of the three parts, and how they were chosen.

    `gap` is the number of snapshots left out between two neighbouring parts (0 where order means
    nothing).
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
    parameter: str | None = None,
    test_range: Sequence[float] | None = None,
    number: int = 0,
    of: int = 1,
    train_share: float = 1.0,
) -> Split:
    """Split snapshots into train, validation and test.

    Parameters
    ----------
    kind : {"auto", "own", "trajectories", "blocks", "random", "interpolation", "extrapolation"},
        default "auto"
        "own": the split that came with the data (validation is taken from its training rows where
        it has none). "trajectories": whole trajectories, drawn with `seed`. "blocks": ``train | gap
        | validation | gap | test``, contiguous in time, in each trajectory. "random": seeded, with
        a warning where snapshots follow each other in time, because a test snapshot then has
        near-copies in the training set. "interpolation", "extrapolation": a range of `parameter` is
        tested on, with training values on both sides of it or on one. "auto": own if there is one,
        trajectories if there are at least three, blocks if ordered, else random.
    validation, test : float, default 0.1 and 0.2
        Fractions of all rows (with "own": `validation` of its training rows; of trajectories: of
        their number; by parameter: of its distinct values).
    gap : int, optional
        Snapshots between two blocks. Default: the first zero of the autocorrelation of the first
        POD coefficient, see :func:`rom.data.decorrelation.decorrelation_length`.
    seed : int, default 0
    stratify : str, optional
        Name of a parameter (a label) whose shares a random split keeps in every part.
    parameter : str, optional
        Name of the parameter whose range is split. Needed where there are several.
    test_range : (low, high), optional
        Parameter values to test on, ends included. Default: of "interpolation" the middle values,
        of "extrapolation" the highest.

    number, of : int, default 0 and 1
        Which of several splits of the same snapshots: other rows are tested on in each. The seed is
        raised by `number`; blocks move in time, with a third gap where the end meets the beginning;
        the tested range of an interpolation moves over the parameter.
    train_share : float in (0, 1], default 1
        Keep this share of the training set: the last of each series, whole trajectories, else drawn
        with the seed.

    Raises
    ------
    InputError
        If the kind is unknown, an option does not belong to it, or a part would be empty.
    """
    if not 0 <= number < of:
        raise InputError(
            f"split number={number!r} of={of!r}: the number must be at least 0 and below the other"
        )
    if kind not in KINDS:
        raise InputError(f"split kind {kind!r} is unknown; one of {', '.join(KINDS)}")
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise InputError(
            f"split fractions validation={validation:g} and test={test:g} must be positive, sum"
            " below 1"
        )
    if kind == "auto":
        kind = automatic_kind(snapshots)
    given = {"gap": gap, "stratify": stratify, "parameter": parameter, "test_range": test_range}
    homes = {
        "gap": ("blocks",),
        "stratify": ("random",),
        "parameter": BY_PARAMETER,
        "test_range": BY_PARAMETER,
    }
    for name, value in given.items():
        if value is not None and kind not in homes[name]:
            raise InputError(
                f"{name}={value!r} belongs to split kind {' or '.join(homes[name])}, not to {kind}"
            )
    if of > 1 and (kind in ("own", "extrapolation") or test_range is not None):
        fixed = (
            f"a split of kind {kind!r}" if test_range is None else f"test_range={tuple(test_range)}"
        )
        raise InputError(
            f"{snapshots.name}: {fixed} says what is tested on, it cannot be repeated; use another"
            " kind"
        )

    between = 0
    if kind in BY_PARAMETER:
        rows, words = by_parameter(
            snapshots, kind, parameter, test_range, validation, test, (number, of)
        )
    elif kind == "trajectories":
        rows, words = _trajectories(snapshots, validation, test, seed + number)
    elif kind == "own":
        rows, words = _own(snapshots, validation, seed)
    elif kind == "random":
        rows, words = _random(snapshots, validation, test, seed + number, stratify)
    else:
        rows, between, words = by_blocks(snapshots, validation, test, gap, (number, of))

    split = Split(rows[0], rows[1], rows[2], kind, between, words)
    if kind != "own":  # that one is taken as it is
        _check(split, snapshots)
    return split if train_share == 1 else _shortened(split, snapshots, train_share, seed)


def _shortened(split: Split, snapshots: Snapshots, share: float, seed: int) -> Split:
    """The same split with a part of its training rows."""
    if not 0 < share <= 1:
        raise InputError(f"train_share={share!r} must be above 0 and at most 1")
    rows, rng = split.train, np.random.default_rng(seed)
    groups = (
        np.zeros(len(rows), int) if snapshots.trajectories is None else snapshots.trajectories[rows]
    )
    if split.kind == "trajectories":
        names = rng.permutation(np.unique(groups))
        kept = rows[np.isin(groups, names[: max(1, round(share * len(names)))])]
    elif split.kind == "blocks":
        series = [rows[groups == name] for name in np.unique(groups)]
        kept = np.concatenate([some[-max(1, round(share * len(some))) :] for some in series])
    else:
        kept = np.sort(rng.permutation(rows)[: max(2, round(share * len(rows)))])
    words = f"{split.description}; {share:.0%} of the training set"
    shorter = replace(split, train=kept, description=words)
    _check(shorter, snapshots)
    return shorter


def automatic_kind(snapshots: Snapshots) -> str:
    """The kind that "auto" stands for."""
    if snapshots.own_split:
        return "own"
    if (
        snapshots.trajectories is not None
        and len(np.unique(snapshots.trajectories)) >= MIN_TRAJECTORIES
    ):
        return "trajectories"
    return "blocks" if snapshots.ordered else "random"


def _own(snapshots: Snapshots, validation: float, seed: int) -> tuple[list[np.ndarray], str]:
    own = snapshots.own_split
    if not own or "train" not in own or "test" not in own:
        raise InputError(
            f"{snapshots.name} has no split of its own; use split kind 'blocks' or 'random'"
        )
    train = np.asarray(own["train"])
    if "validation" in own:
        return [train, np.asarray(own["validation"]), np.asarray(own["test"])], "the data set's own"
    shuffled = np.random.default_rng(seed).permutation(train)
    n = max(1, round(validation * len(train)))
    rows = [np.sort(shuffled[n:]), np.sort(shuffled[:n]), np.asarray(own["test"])]
    return rows, f"the data set's own test rows; validation: {n} of its training rows, seed {seed}"


def _random(
    snapshots: Snapshots, validation: float, test: float, seed: int, stratify: str | None
) -> tuple[list[np.ndarray], str]:
    near = neighbour_difference(snapshots) < NEAR_COPY
    if snapshots.ordered or near:
        kinds = (
            "'blocks'" if snapshots.ordered else "'interpolation' or 'extrapolation', or 'blocks'"
        )
        warnings.warn(
            f"{snapshots.name}: a random split of snapshots that follow each other tests on"
            f" near-copies of the training snapshots; use split kind {kinds}",
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
    by = f", stratified by {stratify}" if stratify else ""
    return [np.sort(np.concatenate(part)) for part in parts], f"seeded random, seed {seed}{by}"


def _trajectories(
    snapshots: Snapshots, validation: float, test: float, seed: int
) -> tuple[list[np.ndarray], str]:
    belongs = (
        np.zeros(len(snapshots), int) if snapshots.trajectories is None else snapshots.trajectories
    )
    names = np.unique(belongs)
    n = len(names)
    if n < MIN_TRAJECTORIES:
        raise InputError(
            f"{snapshots.name}: {n} trajectory is too few to split by, at least {MIN_TRAJECTORIES}"
            " are needed; use split kind 'blocks'"
        )
    shuffled = np.random.default_rng(seed).permutation(names)
    n_test = min(max(1, round(test * n)), n - 2)
    n_validation = min(max(1, round(validation * n)), n - n_test - 1)
    cuts = np.split(shuffled, [n_test, n_test + n_validation])
    words = (
        f"whole trajectories: {len(cuts[2])} to train, {n_validation} to validate, {n_test} to"
        f" test, seed {seed}"
    )
    return [np.flatnonzero(np.isin(belongs, cut)) for cut in reversed(cuts)], words


def _check(split: Split, snapshots: Snapshots) -> None:
    """Raise InputError where a part is empty, or one row is all to train on."""
    sizes = {
        "train": len(split.train),
        "validation": len(split.validation),
        "test": len(split.test),
    }
    if min(sizes.values()) < 1 or sizes["train"] < 2:
        counts = ", ".join(f"{name} {n}" for name, n in sizes.items())
        raise InputError(
            f"{snapshots.name}: {len(snapshots)} snapshots are too few for a {split.kind} split"
            f" with gap {split.gap} ({counts}); give more snapshots or a smaller gap"
        )
