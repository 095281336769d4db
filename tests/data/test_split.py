"""Splits: disjoint parts, gaps that nothing crosses, shares, and the warnings."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import rom
from rom.data.decorrelation import decorrelation_length
from rom.data.snapshots import Snapshots
from rom.data.split import split_snapshots
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
        gap = gap if kind == "blocks" else None
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


def test_the_gap_is_a_quarter_of_the_period_of_a_wave():
    wave = np.cos(2 * np.pi * (np.arange(400)[:, None] / 52 - np.arange(20) / 20))
    snapshots = Snapshots.from_array(wave, times=np.arange(400))
    assert split_snapshots(snapshots).gap in (
        13,
        14,
    )  # a finite window shifts the zero by less than one
    noisy = wave + 0.1 * np.random.default_rng(0).normal(size=wave.shape)
    assert split_snapshots(Snapshots.from_array(noisy, times=np.arange(400))).gap in (13, 14)


def test_the_first_mode_counts_not_the_noise_around_it():
    # the whole field forgets at once, its first coefficient after 30 snapshots
    rng = np.random.default_rng(0)
    field = rng.normal(size=(1000, 50))
    field[:, 0] += 5 * np.cos(2 * np.pi * np.arange(1000) / 120)
    assert decorrelation_length(Snapshots.from_array(field)) in ((29, True), (30, True), (31, True))


def test_a_slow_series_is_measured_on_snapshots_spread_over_all():
    slow = np.cos(2 * np.pi * np.arange(20_000)[:, None] / 4000 - np.arange(3))
    length, reached = decorrelation_length(Snapshots.from_array(slow))
    assert reached
    assert 900 < length < 1200  # to the resolution of 79 snapshots


def test_units_do_not_change_the_gap():
    rng = np.random.default_rng(0)
    noise, trend = (
        rng.normal(size=(300, 1, 4)),
        np.sin(np.arange(300) / 9)[:, None, None] * rng.normal(size=4),
    )
    lengths = []
    for factor in (1.0, 1000.0):
        fields = np.concatenate([noise, factor * trend], axis=1)
        lengths.append(decorrelation_length(Snapshots.from_array(fields, axes="t c x")))
    assert lengths[0] == lengths[1]


def test_a_series_that_never_forgets_is_said_so():
    snapshots = series(40, times=np.arange(40))
    with pytest.warns(AssumptionWarning, match="still correlated"):
        split = split_snapshots(
            Snapshots.from_array(np.arange(40.0)[:, None] * np.ones(3), times=snapshots.times)
        )
    assert "still correlated" in split.description


def test_a_random_split_of_a_series_warns_and_one_of_single_pictures_does_not():
    with pytest.warns(AssumptionWarning, match="near-copies"):
        split_snapshots(series(40, times=np.arange(40)), kind="random")
    split_snapshots(series(40), kind="random")


def test_auto_takes_what_the_data_is():
    own = Snapshots.from_array(np.eye(20))
    own = own.replace(own_split={"train": np.arange(12), "test": np.arange(12, 20)})
    assert split_snapshots(own).kind == "own"
    assert split_snapshots(series(40, times=np.arange(40))).kind == "blocks"
    assert split_snapshots(series(40)).kind == "random"


def test_validation_comes_out_of_the_own_training_rows():
    own = Snapshots.from_array(np.eye(20))
    own = own.replace(own_split={"train": np.arange(12), "test": np.arange(12, 20)})
    split = split_snapshots(own, validation=0.25)
    assert sorted([*split.train, *split.validation]) == list(range(12))
    assert len(split.validation) == 3
    np.testing.assert_array_equal(split.test, np.arange(12, 20))


def test_every_part_has_the_same_share_of_each_label():
    label = np.repeat([0, 1, 2], [100, 50, 30])
    split = split_snapshots(series(180, parameters={"label": label}), stratify="label")
    for part, share in ((split.test, 0.2), (split.validation, 0.1), (split.train, 0.7)):
        np.testing.assert_array_equal(
            np.bincount(label[part]), np.round(np.array([100, 50, 30]) * share)
        )


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
        ({"gap": 3}, "belongs to split kind blocks, not to random"),
        ({"kind": "blocks", "stratify": "label"}, "belongs to split kind random, not to blocks"),
        ({"kind": "random", "parameter": "Re"}, "interpolation or extrapolation"),
        ({"kind": "trajectories"}, "1 trajectory is too few"),
        ({"kind": "extrapolation"}, "which parameter"),
        ({"kind": "extrapolation", "parameter": "Re"}, "no parameter 'Re'"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(rom.InputError, match=words):
        split_snapshots(series(40), **options)


def runs(n_runs, n_times):
    """Trajectories of the same times, one after the other."""
    rows = np.random.default_rng(0).normal(size=(n_runs * n_times, 3))
    times, names = np.tile(np.arange(n_times), n_runs), np.repeat(np.arange(n_runs), n_times)
    return Snapshots.from_array(rows, times=times, trajectories=names)


@given(
    n_runs=st.integers(3, 12),
    seed=st.integers(0, 9),
    test=st.floats(0.05, 0.6),
    validation=st.floats(0.05, 0.3),
)
@settings(deadline=None)
def test_a_trajectory_is_in_one_part_only(n_runs, seed, test, validation):
    snapshots = runs(n_runs, 4)
    split = split_snapshots(snapshots, seed=seed, test=test, validation=validation)
    assert split.kind == "trajectories"
    parts = [
        set(snapshots.trajectories[rows]) for rows in (split.train, split.validation, split.test)
    ]
    assert all(parts)
    assert sum(map(len, parts)) == len(set.union(*parts)) == n_runs
    assert len(split.train) + len(split.validation) + len(split.test) == len(snapshots)


def test_blocks_are_in_time_within_each_trajectory():
    snapshots = runs(2, 50)
    split = split_snapshots(snapshots, gap=3)
    assert split.kind == "blocks"
    for number in (0, 1):
        inside = [
            rows[snapshots.trajectories[rows] == number]
            for rows in (split.train, split.validation, split.test)
        ]
        assert all(len(rows) for rows in inside)
        for before, after in itertools.pairwise(inside):
            assert snapshots.times[after].min() - snapshots.times[before].max() == 4
    assert "of each trajectory" in split.description
