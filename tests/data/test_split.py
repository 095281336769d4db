"""Splits: disjoint parts, gaps that nothing crosses, shares, and the warnings."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.snapshots import Snapshots
from rom.data.split import decorrelation_length, split_snapshots
from rom.errors import AssumptionWarning


def series(n, **options):
    return Snapshots.from_array(np.random.default_rng(0).normal(size=(n, 3)), **options)


@given(
    n=st.integers(12, 300),
    kind=st.sampled_from(["blocks", "random"]),
    validation=st.floats(0.05, 0.4),
    test=st.floats(0.05, 0.4),
    gap=st.one_of(st.none(), st.integers(0, 40)),
)
@settings(deadline=None)
def test_parts_are_disjoint_and_keep_their_distance(n, kind, validation, test, gap):
    snapshots = series(n, times=np.arange(n) if kind == "blocks" else None)
    try:
        split = split_snapshots(snapshots, kind=kind, validation=validation, test=test, gap=gap)
    except rom.InputError as error:
        assert "too few" in str(error)  # noqa: PT017  (refusing is one of two right answers)
        return
    parts = [split.train, split.validation, split.test]
    rows = np.concatenate(parts)
    assert len(np.unique(rows)) == len(rows)
    assert rows.min() >= 0
    assert rows.max() < n
    assert all(len(part) for part in parts)
    if kind == "blocks":
        for before, after in itertools.pairwise(parts):
            assert after.min() - before.max() == split.gap + 1
        assert len(rows) == n - 2 * split.gap
    else:
        assert len(rows) == n


def test_the_gap_is_measured_where_none_is_given():
    # an autoregressive series forgets itself after -1 / log(0.8) = 4.5 steps
    rng = np.random.default_rng(0)
    rows = np.zeros((2000, 30))
    for i in range(1, len(rows)):
        rows[i] = 0.8 * rows[i - 1] + rng.normal(size=30)
    snapshots = Snapshots.from_array(rows, times=np.arange(2000))
    assert decorrelation_length(snapshots)[0] in (4, 5)
    in_other_units = Snapshots.from_array(rows * np.geomspace(1, 1000, 30), times=np.arange(2000))
    assert split_snapshots(in_other_units).gap in range(1, 8)
    assert split_snapshots(snapshots).gap in (4, 5)


def test_units_do_not_change_the_gap():
    rng = np.random.default_rng(0)
    noise, trend = rng.normal(size=(300, 1, 4)), np.sin(np.arange(300) / 9)[:, None, None] * rng.normal(size=4)
    lengths = []
    for factor in (1.0, 1000.0):
        fields = np.concatenate([noise, factor * trend], axis=1)
        lengths.append(decorrelation_length(Snapshots.from_array(fields, axes="t c x")))
    assert lengths[0] == lengths[1]


def test_a_series_that_never_forgets_is_said_so():
    snapshots = series(40, times=np.arange(40))
    with pytest.warns(AssumptionWarning, match="still correlated"):
        split = split_snapshots(Snapshots.from_array(np.arange(40.0)[:, None] * np.ones(3), times=snapshots.times))
    assert "still correlated" in split.description


def test_a_random_split_of_a_series_warns_and_one_of_single_pictures_does_not():
    with pytest.warns(AssumptionWarning, match="near-copies"):
        split_snapshots(series(40, times=np.arange(40)), kind="random")
    split_snapshots(series(40), kind="random")


def test_auto_takes_what_the_data_is():
    own = Snapshots.from_array(np.eye(20))
    own.own_split = {"train": np.arange(12), "test": np.arange(12, 20)}
    assert split_snapshots(own).kind == "own"
    assert split_snapshots(series(40, times=np.arange(40))).kind == "blocks"
    assert split_snapshots(series(40)).kind == "random"


def test_validation_comes_out_of_the_own_training_rows():
    own = Snapshots.from_array(np.eye(20))
    own.own_split = {"train": np.arange(12), "test": np.arange(12, 20)}
    split = split_snapshots(own, validation=0.25)
    assert sorted([*split.train, *split.validation]) == list(range(12))
    assert len(split.validation) == 3
    np.testing.assert_array_equal(split.test, np.arange(12, 20))


def test_every_part_has_the_same_share_of_each_label():
    label = np.repeat([0, 1, 2], [100, 50, 30])
    split = split_snapshots(series(180, parameters={"label": label}), stratify="label")
    for part, share in ((split.test, 0.2), (split.validation, 0.1), (split.train, 0.7)):
        np.testing.assert_array_equal(np.bincount(label[part]), np.round(np.array([100, 50, 30]) * share))


def test_a_seed_decides_and_nothing_else():
    a, b, c = (split_snapshots(series(50), seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(a.train, b.train)
    assert not np.array_equal(a.train, c.train)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kind": "foo"}, "kind 'foo' is unknown"),
        ({"kind": "own"}, "no split of its own"),
        ({"validation": 0.0}, "must be positive"),
        ({"test": float("nan")}, "must be positive"),
        ({"validation": 0.5, "test": 0.5}, "sum below 1"),
        ({"kind": "blocks", "gap": 100}, "too few"),
        ({"stratify": "label"}, "no parameter 'label'"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(rom.InputError, match=words):
        split_snapshots(series(40), **options)
