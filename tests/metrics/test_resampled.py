"""Differences over repeated splits: the corrected variance, its size, and where there is none."""

import numpy as np
import pytest
from scipy import stats

import rom.metrics as m
from rom.errors import InputError
from rom.metrics.seeds import paired_difference

RNG = np.random.default_rng


def by_hand(d, ratio):
    error = np.std(d, ddof=1) * np.sqrt(1 / len(d) + ratio)
    half = stats.t.ppf(0.975, len(d) - 1) * error
    return np.mean(d) - half, np.mean(d) + half, 2 * stats.t.sf(abs(np.mean(d)) / error, len(d) - 1)


def test_the_formula_of_nadeau_and_bengio_with_seeds_averaged_in_each_split():
    a, b = RNG(0).normal(1, 1, (5, 3)), RNG(1).normal(0, 1, (5, 2))
    found = m.resampled_difference(a, b, n_train=80, n_test=20)
    expected = by_hand(a.mean(axis=1) - b.mean(axis=1), 0.25)
    assert (found.low, found.high, found.p_value) == pytest.approx(expected)
    assert (found.n, found.reason) == (5, "")
    assert found.value == pytest.approx(a.mean() - b.mean())
    several = m.resampled_difference(a, b, n_train=[80, 80, 80, 80, 40], n_test=20)
    assert several.high - several.low > found.high - found.low


def test_seeds_may_be_as_many_as_they_are_and_a_method_may_have_none():
    a = [[1.0, 3.0], [2.5], [1.0, 2.0, 3.9]]
    found = m.resampled_difference(a, [1.0, 1.0, 1.0], n_train=3, n_test=1)
    assert (found.low, found.high, found.p_value) == pytest.approx(
        by_hand(np.array([1.0, 1.5, 1.3]), 1 / 3)
    )


def test_without_shared_rows_it_is_the_paired_t_test():
    a, b = RNG(0).normal(size=6), RNG(1).normal(size=6)
    found = m.resampled_difference(a, b, n_train=10, n_test=0)
    assert found.p_value == pytest.approx(stats.ttest_rel(a, b).pvalue)


def calls(draw, repetitions=400, **rows):
    """Share of repetitions in which equal methods are called different."""
    return np.mean(
        [m.resampled_difference(*draw(RNG(i)), **rows).p_value < 0.05 for i in range(repetitions)]
    )


def test_equal_methods_whose_difference_scatters_over_splits_as_much_as_over_seeds():
    """The same numbers as seeds of one split: called different in a quarter of the cases and
    more.
    """

    def draw(rng, splits=5, seeds=5):
        of_split = rng.normal(size=(splits, 1))
        return of_split + rng.normal(size=(splits, seeds)), rng.normal(size=(splits, seeds))

    assert calls(draw, n_train=80, n_test=20) <= 0.07

    one_split = [
        paired_difference(*(v[0] for v in draw(RNG(i)))).p_value < 0.05 for i in range(400)
    ]
    assert np.mean(one_split) > 0.15


def test_splits_that_share_rows_are_not_counted_as_if_they_did_not():
    """Which of two equally good features predicts better, over ten random splits of 60 rows."""

    def draw(rng):
        x = rng.normal(size=(60, 2))
        y = x.sum(axis=1) + rng.normal(size=60)
        errors = []
        for _ in range(10):
            test = rng.permutation(60) < 15
            slopes = (x[~test] * y[~test, None]).sum(axis=0) / np.square(x[~test]).sum(axis=0)
            errors.append(np.square(y[test, None] - x[test] * slopes).mean(axis=0))
        return np.array(errors).T

    def size(ratio):
        found = [
            m.resampled_difference(*draw(RNG(i)), n_train=45, n_test=45 * ratio) for i in range(300)
        ]
        return np.mean([one.p_value < 0.05 for one in found])

    assert size(1 / 3) < size(0)
    assert size(0) > 0.2


@pytest.mark.parametrize(("a", "why"), [
    ([1.0], "1 split: at least 3"),
    ([1.0, 2.0], "2 splits: at least 3"),
    ([1.0, 1.0, 1.0], "same for every split"),
])  # fmt: skip
def test_where_nothing_can_be_said_there_is_a_reason(a, why):
    found = m.resampled_difference(a, [0.0] * len(a), n_train=8, n_test=2)
    assert np.isnan([found.low, found.high, found.p_value]).all()
    assert why in found.reason
    assert found.value == pytest.approx(np.mean(a))


def test_what_cannot_be_meant_is_refused():
    with pytest.raises(InputError, match="same splits of both methods, not 2 and 3"):
        m.resampled_difference([1, 2], [1, 2, 3], n_train=8, n_test=2)
    with pytest.raises(InputError, match="split 1"):
        m.resampled_difference([1, np.nan, 2], [1, 2, 3], n_train=8, n_test=2)
    with pytest.raises(InputError, match="no split"):
        m.resampled_difference([], [], n_train=8, n_test=2)
    for rows in (
        {"n_train": 0, "n_test": 2},
        {"n_train": 8, "n_test": -1},
        {"n_train": [8, 8], "n_test": 2},
    ):
        with pytest.raises(InputError, match="number of rows"):
            m.resampled_difference([1, 2, 3], [1, 2, 4], **rows)
