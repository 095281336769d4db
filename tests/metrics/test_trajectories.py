"""Latents of several trajectories are paired with those of others: no shift in time, and more
power.
"""

import numpy as np
import pytest

import rom
import rom.metrics as m
from rom.errors import InputError
from rom.metrics.significance import p_value
from rom.metrics.trajectories import pairings, several
from rom.metrics.verdict import dependence_verdict

LABELS = np.repeat(np.arange(8), 30)


def circles(seed=0):
    """Three periods in each of eight trajectories, every one from a phase of its own: (240, 2)."""
    start = np.random.default_rng(seed).uniform(0, 2 * np.pi, 8)
    phase = start[LABELS] + 2 * np.pi * 3 * np.tile(np.arange(30), 8) / 30
    return np.column_stack([np.cos(phase), np.sin(phase)])


def verdicts(Z, **options):
    card = rom.independence(Z, **options)
    return card[card.latents == "active"].set_index("metric")


def test_no_latent_meets_another_in_the_trajectory_they_share():
    time = np.tile(np.arange(30), 8)
    for rows in pairings(LABELS, 3, 20, 0):
        owners = LABELS[rows]
        assert (owners[:, 0] != owners[:, 1]).all()
        assert (owners[:, 1] != owners[:, 2]).all()
        assert (time[rows] == time[:, None]).all()
        assert sorted(rows[:, 0]) == list(range(240))


def test_a_shorter_trajectory_begins_again():
    labels = np.repeat(np.arange(5), [4, 2, 4, 4, 4])
    for rows in pairings(labels, 2, 10, 0):
        partner = labels[rows[:4, 0]]
        assert len(set(partner)) == 1
        if partner[0] == 1:
            assert rows[:4, 0].tolist() == [4, 5, 4, 5]


def test_few_trajectories_or_single_snapshots_are_none():
    assert several(None, 10) is None
    assert several(np.repeat(range(4), 5), 20) is None
    assert several(np.arange(20), 20) is None
    assert several(["b", "a", "b", "c", "d", "e", "a", "c", "d", "e"], 10).tolist() == [
        1,
        0,
        1,
        2,
        3,
        4,
        0,
        2,
        3,
        4,
    ]
    with pytest.raises(InputError, match="one entry for each of 20 snapshots"):
        several(np.arange(3), 20)


def test_a_circle_in_many_trajectories_is_dependent_where_shifts_in_time_see_nothing():
    Z = circles()
    measure = "informational_correlation[mean]"
    found = verdicts(Z, trajectories=LABELS)
    assert found.verdict[measure] == "dependent"
    assert found.null[measure] < 0.9 < found.value[measure]
    assert found.n_eff[measure] > 10
    mixed = np.random.default_rng(0).permutation(
        240
    )  # rows of a trajectory need not stand together
    again = verdicts(Z[mixed], trajectories=LABELS[mixed], times=np.tile(np.arange(30), 8)[mixed])
    assert again.p_value[measure] == pytest.approx(found.p_value[measure], abs=0.05)


def test_unrelated_latents_of_trajectories_are_not_called_dependent():
    """Random walks: in time, worth a handful of snapshots each."""
    called = 0
    for seed in range(60):
        steps = np.random.default_rng(seed).normal(size=(8, 30, 2))
        Z = steps.cumsum(axis=1).reshape(240, 2)
        n_eff = m.effective_sample_size(Z, LABELS)[0, 1]
        value = m.mean_abs_correlation(Z)
        null = [
            m.mean_abs_correlation(np.take_along_axis(Z, rows, axis=0))
            for rows in pairings(LABELS, 2, 99, 0)
        ]
        called += dependence_verdict(p_value(value, null), n_eff).verdict == "dependent"
    assert called <= 0.15 * 60  # 9 of 60 are 3.5 standard deviations above 5 %


def test_the_card_without_an_order_has_no_trajectories():
    Z = circles()
    unordered = verdicts(Z, trajectories=LABELS, ordered=False)
    assert unordered.verdict["informational_correlation[mean]"] == "dependent"
    with pytest.raises(InputError, match="trajectories"):
        rom.independence(Z, trajectories=LABELS[:5])


def test_trajectories_that_thinning_leaves_out_are_left_out():
    labels = np.repeat(np.arange(1200), 2)
    found = verdicts(np.random.default_rng(0).normal(size=(2400, 2)), trajectories=labels)
    assert found.n["mean_hsic"] == 500
    assert (found.verdict == "no dependence found").all()
