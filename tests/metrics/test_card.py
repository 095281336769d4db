"""The card of independence: what is in it, where it is not defined and why, and what the classical
traps look like.
"""

import numpy as np
import pytest

import rom
from rom.errors import InputError
from rom.metrics import nulls
from rom.metrics.significance import random_shifts
from rom.registry import METRICS, load
from tests.metrics.surrogates import shift_null

MEASURES = [name for name, metric in METRICS.items() if metric.of_latents]


def values(card, latents="active", column="value"):
    return card[card.latents == latents].set_index("metric")[column]


@pytest.fixture(scope="module")
def Z():
    return np.random.default_rng(0).normal(size=(300, 3))


@pytest.mark.parametrize("name", MEASURES)
def test_every_measure_has_an_estimate_an_interval_and_a_null(name, Z):
    card = rom.independence(Z)
    rows = card[(card.metric == name) | card.metric.str.startswith(f"{name}[")]
    assert len(rows) in (2, 4)  # all and active, one number or mean and max
    assert np.isfinite(
        rows[["value", "low", "high", "null", "p_value", "n", "n_eff"]].to_numpy()
    ).all()
    assert (rows.low <= rows.value).all()
    assert (rows.value <= rows.high).all()
    assert (rows.low >= METRICS[name].bounds[0]).all()
    assert (rows.high <= METRICS[name].bounds[1]).all()
    assert (rows.p_value > 0.01).all()  # independent latents
    assert (rows.reason == "").all()


@pytest.mark.parametrize("name", [name for name in MEASURES if METRICS[name].null])
def test_the_fast_nulls_are_what_shifting_the_latents_gives(name):
    latents = np.random.default_rng(1).normal(size=(30, 3)).cumsum(axis=0)
    metric, draws = METRICS[name], 7
    fast = load(metric.null)(latents, draws, 5)
    function = load(metric.function)
    one = function(latents)
    for key in one if isinstance(one, dict) else [None]:
        value = function if key is None else lambda z, key=key: function(z)[key]
        slow = shift_null(value, latents, draws=draws, seed=5)
        np.testing.assert_allclose(fast if key is None else fast[key], slow, atol=1e-7)


def test_correlations_of_shifted_latents():
    latents = np.random.default_rng(1).normal(size=(20, 3))
    shifts = random_shifts(20, 3, 4, 9)
    moved = np.column_stack([np.roll(latents[:, i], -shifts[2, i]) for i in range(3)])
    np.testing.assert_allclose(
        nulls.correlation_draws(latents, 4, 9)[2], np.corrcoef(moved.T), atol=1e-12
    )


@pytest.mark.parametrize("n", [3, 5, 20])
def test_p_values_of_equal_latents_know_how_few_shifts_there_are(n):
    x = np.arange(n)[:, None] ** 2.0
    card = rom.independence(np.hstack([x, 1 - 2 * x]))
    p = values(card, column="p_value").dropna()
    assert {
        "det_correlation",
        "total_correlation",
        "copula_total_correlation",
        "max_abs_correlation",
    } <= set(p.index)
    assert (p >= 0.5 / n).all(), p  # one shift of n leaves them equal
    assert not np.isinf(values(card, column="null")).any()


def test_one_nan_is_seen_also_where_few_rows_are_measured():
    Z = np.random.default_rng(0).normal(size=(3000, 2))
    Z[1, 0] = np.nan
    card = rom.independence(Z)
    assert values(card, "all").isna().all()
    assert (values(card, "all", "reason") == "latent 0 holds NaN or infinite values").all()


def test_rows_without_an_order_are_not_taken_for_a_course_in_time():
    phase = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    circle = np.column_stack([np.cos(phase), np.sin(phase)])
    name = "informational_correlation[mean]"
    assert values(rom.independence(circle), column="p_value")[name] > 0.05
    card = rom.independence(circle, ordered=False)
    assert values(card, column="p_value")[name] < 0.05
    assert values(card, column="n_eff")[name] > 150
    with pytest.raises(InputError, match="order"):
        rom.independence(circle, times=phase, ordered=False)


def test_an_infinite_total_correlation_says_why():
    x = np.random.default_rng(0).normal(size=(60, 2))
    card = rom.independence(np.column_stack([x, x.sum(axis=1)]))
    assert np.isinf(values(card)["total_correlation"])
    assert "linear function" in values(card, column="reason")["total_correlation"]


def test_a_circle_is_dependent_where_correlation_sees_nothing():
    phase = np.linspace(0, 2 * np.pi * 7.3, 500)  # seven periods of a limit cycle
    noise = np.random.default_rng(0).uniform(0, 2 * np.pi, 500)
    found = rom.independence(np.column_stack([np.cos(noise), np.sin(noise)]))
    assert values(found)["det_correlation"] > 0.98
    assert values(found)["informational_correlation[mean]"] > 0.98
    assert values(found, column="p_value")["informational_correlation[mean]"] < 0.05
    assert values(found, column="p_value")["det_correlation"] > 0.05
    # in time the same circle proves nothing: any two periodic series of this frequency are
    # functions of each other
    periodic = rom.independence(np.column_stack([np.cos(phase), np.sin(phase)]))
    assert values(periodic, column="null")["informational_correlation[mean]"] > 0.9
    assert values(periodic, column="p_value")["informational_correlation[mean]"] > 0.05
    assert values(periodic, column="n_eff")["det_correlation"] < 5


def test_dead_latents_make_the_others_look_better_or_worse_and_not_the_active_ones():
    rng = np.random.default_rng(0)
    active = rng.normal(size=(400, 2)) @ [[1, 0.9], [0, np.sqrt(0.19)]]
    noise = 1e-4 * rng.normal(size=(400, 4))
    leaking = np.hstack(
        [active, 1e-4 * active @ rng.normal(size=(2, 4)) + 1e-9 * rng.normal(size=(400, 4))]
    )
    mask = [True, True, False, False, False, False]
    for Z in (np.hstack([active, noise]), leaking):
        card = rom.independence(Z, active=mask)
        assert values(card)["det_correlation"] == pytest.approx(0.19, abs=0.05)
        assert values(card)["mean_abs_correlation"] == pytest.approx(0.9, abs=0.03)
        by_number = rom.independence(Z, active=[0, 1])
        np.testing.assert_array_equal(values(by_number), values(card))
    assert values(rom.independence(leaking, active=mask), "all")["det_correlation"] < 1e-12


def test_noise_makes_sampled_latents_look_independent():
    rng = np.random.default_rng(0)
    mean = rng.normal(size=(400, 2)) @ [[1, 0.9], [0, 0.1]]
    mean = np.column_stack([mean, 1e-3 * rng.normal(size=400)])  # the third is switched off
    log_variance = np.tile([-1.0, -1.0, 0.0], (400, 1))
    card = rom.independence(mean, log_variance=log_variance)
    assert set(card[card.latents == "active"].n_components) == {2}
    assert values(card, "sampled")["det_correlation"] > 3 * values(card)["det_correlation"]


def broken(kind):
    Z = np.random.default_rng(0).normal(size=(60, 3))
    if kind == "constant":
        Z[:, 1] = 0.1
    if kind == "nan":
        Z[7, 1] = np.nan
    return Z[:3] if kind == "few" else Z[:1] if kind == "one" else Z


@pytest.mark.parametrize(("kind", "reason"), [
    ("constant", "latent 1 holds one value in all snapshots"),
    ("nan", "latent 1 holds NaN or infinite values"),
    ("one", "1 snapshot is too few"),
])  # fmt: skip
def test_a_latent_that_cannot_be_measured_gives_nan_and_the_reason(kind, reason):
    card = rom.independence(broken(kind))
    every = card[card.latents == "all"]
    assert every.value.isna().all()
    assert every.reason.str.contains(reason).all()
    if kind != "one":
        active = card[card.latents == "active"]
        assert set(active.n_components) == {2}
        assert active.value.notna().all()


def test_three_snapshots_are_too_few_for_most():
    card = rom.independence(broken("few"))
    assert (
        values(card)[
            ["det_correlation", "distance_correlation[mean]", "neighbour_total_correlation"]
        ]
        .isna()
        .all()
    )
    assert (values(card, column="reason") != "").all()
    assert np.isfinite(values(card)["mean_abs_correlation"])


def test_tied_latents_have_no_neighbours():
    Z = broken("")
    Z[:, 2] = np.round(Z[:, 2])
    card = rom.independence(Z)
    assert (
        "latent 2 holds too many equal values"
        in values(card, column="reason")["informational_correlation[mean]"]
    )
    assert np.isfinite(values(card)["distance_correlation[mean]"])


def test_one_latent_and_many():
    assert (
        values(rom.independence(broken("")[:, :1]), column="reason")["mean_abs_correlation"]
        == "one latent has no pair"
    )
    many = rom.independence(np.random.default_rng(0).normal(size=(60, 9)))
    assert (
        values(many, column="reason")["neighbour_total_correlation"]
        == "for at most 8 latents, not 9"
    )
    assert values(many, column="n_components").eq(9).all()


def test_an_active_set_that_is_empty():
    card = rom.independence(broken(""), active=[False] * 3)
    assert (values(card, column="reason") == "no latent is active").all()
    assert values(card, "all").notna().all()


def test_more_snapshots_than_distances_can_take_are_thinned():
    card = rom.independence(np.random.default_rng(0).normal(size=(2500, 2)))
    n = values(card, column="n")
    assert (n["det_correlation"], n["distance_correlation[mean]"], n["mean_hsic"]) == (
        2500,
        2000,
        500,
    )


def test_times_sort_the_rows_unless_they_are_trajectories():
    series = np.random.default_rng(0).normal(size=(100, 2)).cumsum(axis=0)
    order = np.random.default_rng(1).permutation(100)
    sorted_card, card = rom.independence(series[order], times=order), rom.independence(series)
    np.testing.assert_array_equal(
        values(sorted_card, column="p_value"), values(card, column="p_value")
    )
    trajectories = rom.independence(series, times=np.tile(np.arange(50), 2))
    np.testing.assert_array_equal(
        values(trajectories, column="p_value"), values(card, column="p_value")
    )


@pytest.mark.parametrize(("options", "message"), [
    ({"active": [3]}, "numbers from 0 to 2"),
    ({"active": [True, False]}, "a mask of 3 latents"),
    ({"times": [1.0, 2.0]}, "one finite number for each of 60 snapshots"),
    ({"log_variance": np.zeros((60, 2))}, "log_variance"),
])  # fmt: skip
def test_arguments_that_do_not_fit(options, message):
    with pytest.raises(InputError, match=message):
        rom.independence(broken(""), **options)


@pytest.mark.parametrize("Z", [np.zeros(5), np.zeros((5, 0)), [["a"]]])
def test_what_is_no_table_of_numbers(Z):
    with pytest.raises(InputError, match="Z"):
        rom.independence(Z)
