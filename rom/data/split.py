"""Splits of snapshots into train, validation and test rows that do not leak."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from rom.data.decorrelation import decorrelation_length
from rom.data.order import NEAR_COPY, neighbour_difference
from rom.data.snapshots import Snapshots
from rom.errors import AssumptionWarning, InputError, nearest

KINDS = ("auto", "own", "trajectories", "blocks", "random", "interpolation", "extrapolation")
BY_PARAMETER = ("interpolation", "extrapolation")
MIN_TRAJECTORIES = 3


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
    parameter: str | None = None,
    test_range: Sequence[float] | None = None,
    number: int = 0,
    of: int = 1,
    train_share: float = 1.0,
) -> Split:
    """Split snapshots into train, validation and test.

    Parameters
    ----------
    kind : {"auto", "own", "trajectories", "blocks", "random", "interpolation", "extrapolation"}, default "auto"
        "own": the split that came with the data (validation is taken from its training rows where it has
        none). "trajectories": whole trajectories, drawn with `seed`. "blocks": ``train | gap | validation | gap |
        test``, contiguous in time, in each trajectory. "random": seeded, with a warning where snapshots follow each
        other in time, because a test snapshot then has near-copies in the training set. "interpolation",
        "extrapolation": a range of `parameter` is tested on, with training values on both sides of it or on one.
        "auto": own if there is one, trajectories if there are at least three, blocks if ordered, else random.
    validation, test : float, default 0.1 and 0.2
        Fractions of all rows (with "own": `validation` of its training rows; of trajectories: of their number; by
        parameter: of its distinct values).
    gap : int, optional
        Snapshots between two blocks. Default: the first zero of the autocorrelation of the first POD coefficient, see
        :func:`rom.data.decorrelation.decorrelation_length`.
    seed : int, default 0
    stratify : str, optional
        Name of a parameter (a label) whose shares a random split keeps in every part.
    parameter : str, optional
        Name of the parameter whose range is split. Needed where there are several.
    test_range : (low, high), optional
        Parameter values to test on, ends included. Default: of "interpolation" the middle values, of "extrapolation"
        the highest.

    number, of : int, default 0 and 1
        Which of several splits of the same snapshots: other rows are tested on in each. The seed is raised by `number`;
        blocks move in time, with a third gap where the end meets the beginning; the tested range of an interpolation
        moves over the parameter.
    train_share : float in (0, 1], default 1
        Keep so much of the training part: the last of each series, whole trajectories, else drawn with the seed.

    Raises
    ------
    InputError
        If the kind is unknown, an option does not belong to it, or a part would be empty.
    """
    if not 0 <= number < of:
        raise InputError(f"split number={number!r} of={of!r}: the number must be at least 0 and below the other")
    if kind not in KINDS:
        raise InputError(f"split kind {kind!r} is unknown; one of {', '.join(KINDS)}")
    if not (0 < validation < 1 and 0 < test < 1 and validation + test < 1):
        raise InputError(f"split fractions validation={validation:g} and test={test:g} must be positive, sum below 1")
    if kind == "auto":
        kind = automatic_kind(snapshots)
    given = {"gap": gap, "stratify": stratify, "parameter": parameter, "test_range": test_range}
    homes = {"gap": ("blocks",), "stratify": ("random",), "parameter": BY_PARAMETER, "test_range": BY_PARAMETER}
    for name, value in given.items():
        if value is not None and kind not in homes[name]:
            raise InputError(f"{name}={value!r} belongs to split kind {' or '.join(homes[name])}, not to {kind}")
    if of > 1 and (kind in ("own", "extrapolation") or test_range is not None):
        fixed = f"a split of kind {kind!r}" if test_range is None else f"test_range={tuple(test_range)}"
        raise InputError(f"{snapshots.name}: {fixed} says what is tested on, it cannot be repeated; use another kind")
    if kind in BY_PARAMETER:
        split = by_parameter(snapshots, kind, parameter, test_range, validation, test, (number, of))
    elif kind == "trajectories":
        split = _trajectories(snapshots, validation, test, seed + number)
    elif kind == "own":
        split = _own(snapshots, validation, seed)
    elif kind == "random":
        split = _random(snapshots, validation, test, seed + number, stratify)
    else:
        split = _blocks(snapshots, validation, test, gap, (number, of))
    return split if train_share == 1 else _shortened(split, snapshots, train_share, seed)


def _shortened(split: Split, snapshots: Snapshots, share: float, seed: int) -> Split:
    """The same split with a part of its training rows."""
    if not 0 < share <= 1:
        raise InputError(f"train_share={share!r} must be above 0 and at most 1")
    rows, rng = split.train, np.random.default_rng(seed)
    groups = np.zeros(len(rows), int) if snapshots.trajectories is None else snapshots.trajectories[rows]
    if split.kind == "trajectories":
        names = rng.permutation(np.unique(groups))
        kept = rows[np.isin(groups, names[: max(1, round(share * len(names)))])]
    elif split.kind == "blocks":
        series = [rows[groups == name] for name in np.unique(groups)]
        kept = np.concatenate([some[-max(1, round(share * len(some))) :] for some in series])
    else:
        kept = np.sort(rng.permutation(rows)[: max(2, round(share * len(rows)))])
    words = f"{split.description}; {share:.0%} of the training part"
    return _checked(replace(split, train=kept, description=words), snapshots)


def automatic_kind(snapshots: Snapshots) -> str:
    """The kind that "auto" stands for."""
    if snapshots.own_split:
        return "own"
    if snapshots.trajectories is not None and len(np.unique(snapshots.trajectories)) >= MIN_TRAJECTORIES:
        return "trajectories"
    return "blocks" if snapshots.ordered else "random"


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
    near = neighbour_difference(snapshots) < NEAR_COPY
    if snapshots.ordered or near:
        kinds = "'blocks'" if snapshots.ordered else "'interpolation' or 'extrapolation', or 'blocks'"
        warnings.warn(
            f"{snapshots.name}: a random split of snapshots that follow each other tests on near-copies of the "
            f"training snapshots; use split kind {kinds}",
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


def _trajectories(snapshots: Snapshots, validation: float, test: float, seed: int) -> Split:
    belongs = np.zeros(len(snapshots), int) if snapshots.trajectories is None else snapshots.trajectories
    names = np.unique(belongs)
    n = len(names)
    if n < MIN_TRAJECTORIES:
        raise InputError(
            f"{snapshots.name}: {n} trajectory is too few to split by, at least {MIN_TRAJECTORIES} are needed; use "
            "split kind 'blocks'"
        )
    shuffled = np.random.default_rng(seed).permutation(names)
    n_test = min(max(1, round(test * n)), n - 2)
    n_validation = min(max(1, round(validation * n)), n - n_test - 1)
    cuts = np.split(shuffled, [n_test, n_test + n_validation])
    tested, held_out, train = (np.flatnonzero(np.isin(belongs, cut)) for cut in cuts)
    words = f"whole trajectories: {len(cuts[2])} to train, {n_validation} to validate, {n_test} to test, seed {seed}"
    return _checked(Split(train, held_out, tested, "trajectories", 0, words), snapshots)


def _blocks(
    snapshots: Snapshots, validation: float, test: float, gap: int | None, which: tuple[int, int] = (0, 1)
) -> Split:
    groups = np.zeros(len(snapshots), int) if snapshots.trajectories is None else snapshots.trajectories
    series = [np.flatnonzero(groups == name) for name in np.unique(groups)]
    words = ""
    if gap is None:
        gap, reached = decorrelation_length(snapshots.select(max(series, key=len)))
        words = " (first zero of the first POD coefficient's autocorrelation)"
        if not reached:
            words = " (a tenth of them: they are still correlated)"
            warnings.warn(
                f"{snapshots.name}: snapshots {gap} apart are still correlated, so the test part is not independent of "
                "the training part; give a longer series, or a gap",
                AssumptionWarning,
                stacklevel=4,
            )
    parts: tuple[list, list, list] = ([], [], [])
    number, of = which
    for rows in series:
        # of several splits each begins elsewhere, and the end, which is tested on, meets the beginning
        around = gap if of > 1 else 0
        rows = np.roll(rows, -round(number * len(rows) / of))[around:]
        usable = len(rows) - 2 * gap
        n_test, n_validation = max(1, round(test * usable)), max(1, round(validation * usable))
        n_train = max(0, usable - n_test - n_validation)
        start = n_train + gap
        cuts = (rows[:n_train], rows[start : start + n_validation], rows[start + n_validation + gap :])
        for part, cut in zip(parts, cuts, strict=True):
            part.append(cut)
    train, held_out, tested = (np.concatenate(part) for part in parts)
    each = " of each trajectory" if len(series) > 1 else ""
    description = f"contiguous blocks in time{each}, {gap} snapshots left out between them{words}"
    description += f", {number + 1} of {of} places" if of > 1 else ""
    return _checked(Split(train, held_out, tested, "blocks", gap, description), snapshots)


def by_parameter(
    snapshots: Snapshots,
    kind: str,
    parameter: str | None,
    test_range: Sequence[float] | None,
    validation: float,
    test: float,
    which: tuple[int, int] = (0, 1),
) -> Split:
    """Train on some values of a parameter, validate and test on ranges of others.

    The values of validation lie between those of training and test: below the tested range, or above it where the
    range is at the low end.
    """
    name, column = _parameter(snapshots, parameter)
    values = np.unique(column)
    n = len(values)
    if n < (least := 4 if kind == "interpolation" else 3):
        raise InputError(f"{snapshots.name}: {name} has {n} values, too few for {kind}; at least {least} are needed")
    n_test = min(max(1, round(test * n)), max(1, n - 3))
    n_validation = max(1, round(validation * n))
    first = (n - n_test + 1) // 2 if kind == "interpolation" else n - n_test
    number, of = which
    if of > 1:  # from the low end to the high one, with a value to validate on below and one to train on at each end
        lowest, highest = n_validation + 1, n - n_test - 1
        first = lowest + round(number * (highest - lowest) / (of - 1))
    tested = np.zeros(n, dtype=bool)
    tested[first : first + n_test] = True
    if test_range is not None:
        if len(test_range) != 2 or not test_range[0] <= test_range[1]:
            raise InputError(f"test_range={test_range!r} must be (low, high)")
        tested = (values >= test_range[0]) & (values <= test_range[1])
        if not tested.any():
            raise InputError(
                f"{snapshots.name}: no snapshot has {name} between {test_range[0]:g} and {test_range[1]:g}; its values "
                f"lie between {values[0]:g} and {values[-1]:g}"
            )
    low, high = np.flatnonzero(tested)[[0, -1]]
    # next to the tested values: below them, and above where they are the lowest
    held_out = np.arange(max(0, low - n_validation), low) if low > 0 else np.arange(high + 1, high + 1 + n_validation)
    train = np.setdiff1d(np.arange(n), [*np.flatnonzero(tested), *held_out])
    sides = {bool(number < low) for number in train}
    found = "interpolation" if len(sides) == 2 else "extrapolation"
    if found != kind:
        raise InputError(
            f"{snapshots.name}: testing on {name} from {values[low]:g} to {values[high]:g} is {found}, not {kind}: it "
            f"has {n} values, from {values[0]:g} to {values[-1]:g}; choose another test_range or kind"
        )
    numbers = np.searchsorted(values, column)
    rows = [np.flatnonzero(np.isin(numbers, part)) for part in (train, held_out, np.flatnonzero(tested))]
    words = f"{kind} in {name}: tested from {values[low]:g} to {values[high]:g}, {len(train)} of {n} values to train"
    return _checked(Split(rows[0], rows[1], rows[2], kind, 0, words), snapshots)


def _parameter(snapshots: Snapshots, name: str | None) -> tuple[str, np.ndarray]:
    """The parameter that is meant, and its value at each snapshot."""
    numbers = {key: values for key, values in snapshots.parameters.items() if values.dtype.kind in "fiu"}
    if name is None:
        varying = [key for key, values in numbers.items() if len(np.unique(values)) > 1]
        if len(varying) != 1:
            known = ", ".join(varying) or "none that varies"
            raise InputError(f"{snapshots.name}: which parameter? Give parameter=...; known: {known}")
        name = varying[0]
    if name not in numbers:
        raise InputError(f"{snapshots.name}: no parameter {name!r} of numbers; {nearest(name, numbers)}")
    if not np.isfinite(numbers[name]).all():
        raise InputError(f"{snapshots.name}: parameter {name} is not finite in every snapshot")
    return name, numbers[name]


def _checked(split: Split, snapshots: Snapshots) -> Split:
    sizes = {"train": len(split.train), "validation": len(split.validation), "test": len(split.test)}
    if min(sizes.values()) < 1 or sizes["train"] < 2:
        counts = ", ".join(f"{name} {n}" for name, n in sizes.items())
        raise InputError(
            f"{snapshots.name}: {len(snapshots)} snapshots are too few for a {split.kind} split with gap {split.gap} "
            f"({counts}); give more snapshots or a smaller gap"
        )
    return split
