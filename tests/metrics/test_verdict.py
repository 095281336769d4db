"""What the card says of a dependence, and when it says that it cannot."""

import numpy as np
import pytest

import rom
import rom.metrics.verdict as m
from rom.registry import METRICS

CANNOT = "cannot be tested"


def card_of(first, second, **options):
    card = rom.independence(np.column_stack([first, second]), **options)
    return card[card.latents == "active"].set_index("metric")


def test_a_verdict_needs_ten_independent_snapshots_and_a_p_value():
    assert m.dependence_verdict(0.049, 20.0) == ("dependent", "")
    assert m.dependence_verdict(0.05, 20.0) == ("no dependence found", "")
    # below 20 the level is smaller: n_eff itself is uncertain
    assert m.dependence_verdict(0.019, 10.0) == ("dependent", "")
    assert m.dependence_verdict(0.02, 10.0) == ("no dependence found", "")
    assert m.dependence_verdict(0.05, 10.0, level=0.1).verdict == "dependent"
    assert m.dependence_verdict(0.001, 9.9) == (
        CANNOT,
        "effective sample size 9; at least 10 is needed",
    )
    assert m.dependence_verdict(0.001, 1.2).reason.startswith("effective sample size 1;")
    assert m.dependence_verdict(np.nan, 100.0) == (CANNOT, "no p value")
    assert m.dependence_verdict(0.01, np.nan).verdict == CANNOT


@pytest.mark.parametrize("periods", [2, 2.3, 2.5, 3])
@pytest.mark.parametrize("order", [1, 2])
def test_a_wave_and_its_harmonics_over_few_periods_cannot_be_tested(periods, order):
    phase = 2 * np.pi * periods * np.arange(38) / 38
    rows = card_of(np.cos(phase), np.sin(order * phase))
    assert (rows.n_eff < 10).all()
    assert (rows.verdict == CANNOT).all()
    assert rows.reason.str.contains("cannot be tested: effective sample size").all()
    assert rows[["low", "high"]].isna().all(axis=None)
    assert rows.value.notna().all()


def test_latents_in_time_that_are_worth_enough_are_told_apart():
    noise = np.random.default_rng(0).normal(size=(2, 200))
    independent, dependent = card_of(*noise), card_of(noise[0], noise[0] + noise[1])
    assert (independent.verdict == "no dependence found").all()
    assert (dependent.verdict == "dependent").all()
    assert (dependent.reason == "").all()


def test_an_interval_reaches_to_the_value_that_could_not_be_excluded():
    """Of ten pairs the largest |r| is far above zero by chance."""
    Z = np.random.default_rng(1).normal(size=(100, 5))
    rows = card_of(Z[:, :4], Z[:, 4])
    assert rows.verdict["max_abs_correlation"] == "no dependence found"
    assert rows.low["max_abs_correlation"] == 0
    assert rows.high["det_correlation"] == 1
    assert rows.value["max_abs_correlation"] > 0.1


@pytest.mark.parametrize("seed", range(8))
def test_an_interval_has_the_value_of_independent_latents_only_where_the_test_has(seed):
    """Weak dependence, of which some measures see enough and some do not."""
    Z = np.random.default_rng(seed).normal(size=(60, 3)) @ (np.eye(3) + 0.15)
    rows = card_of(Z[:, :2], Z[:, 2])
    smaller = np.array([METRICS[name].better == "higher" for name in rows.measure])
    excluded = np.where(smaller, rows.high < 1, rows.low > 0)
    assert (excluded == (rows.verdict == "dependent"))[np.isfinite(rows.low)].all()
    assert ((rows.low <= rows.value) & (rows.value <= rows.high))[np.isfinite(rows.low)].all()


def test_what_is_not_measured_has_no_verdict_but_cannot_be_tested():
    rows = card_of(np.ones(50), np.arange(50.0), active=[0, 1])
    assert (rows.verdict == CANNOT).all()
    assert rows.value.isna().all()


def test_estimates_by_neighbours_have_no_interval_from_few_rows():
    Z = np.random.default_rng(0).normal(size=(40, 4))
    rows = card_of(Z[:, :3], Z[:, 3])
    assert "too few for neighbours of 4 latents" in rows.reason["informational_correlation[mean]"]
    assert np.isnan(rows.low["neighbour_total_correlation"])
    assert np.isfinite(rows.low["distance_correlation[mean]"])
