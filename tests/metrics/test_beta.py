"""One trade-off in many conventions: published configurations, round trips, and what is missing is
said.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rom.errors import InputError
from rom.metrics import convert_beta
from rom.metrics.beta import BETA_CONVENTIONS

SIZES = {"n_features": 18_432, "n_components": 10, "total_variance": 250.0}


@pytest.mark.parametrize(
    ("value", "convention", "n_features", "n_components", "beta"),
    [
        (1e-3, "mean/sum", 96 * 192, 5, 18.432),  # Eivazi et al. 2022
        (5e-3, "mean/mean", 96 * 192, 10, 9.216),  # Wang et al. 2024
        (5e-3, "mean/mean", 2 * 88 * 300, 2, 132.0),  # Solera-Rico et al. 2024
        (1.0, "sum/sum", 784, 2, 1.0),  # MNIST, both summed
    ],
)
def test_published_betas(value, convention, n_features, n_components, beta):
    sizes = {"n_features": n_features, "n_components": n_components}
    assert convert_beta(value, convention, "sum/sum", **sizes) == pytest.approx(beta)
    assert convert_beta(value, convention, "tau", **sizes) == pytest.approx(beta / 2)
    assert convert_beta(beta, "sum/sum", convention, **sizes) == pytest.approx(value)


def test_beta_norm_is_half_of_the_beta_of_means():
    assert convert_beta(1e-3, "mean/sum", "beta_norm", n_components=5) == pytest.approx(0.0025)
    assert convert_beta(5e-3, "mean/mean", "beta_norm") == pytest.approx(0.0025)


def test_the_energy_share_is_that_of_tau():
    assert convert_beta(5.0, "sum/sum", "energy_share", total_variance=250.0) == pytest.approx(0.01)
    assert convert_beta(0.01, "energy_share", "sum/sum", total_variance=250.0) == pytest.approx(5.0)


@given(
    st.floats(0, 1e9),
    st.sampled_from(sorted(BETA_CONVENTIONS)),
    st.sampled_from(sorted(BETA_CONVENTIONS)),
    st.sampled_from(sorted(BETA_CONVENTIONS)),
    st.integers(1, 10**7),
    st.integers(1, 512),
    st.floats(1e-6, 1e9),
)
def test_round_trips_and_detours(
    value, first, second, third, n_features, n_components, total_variance
):
    sizes = {
        "n_features": n_features,
        "n_components": n_components,
        "total_variance": total_variance,
    }
    there = convert_beta(value, first, second, **sizes)
    assert convert_beta(there, second, first, **sizes) == pytest.approx(value, rel=1e-12)
    direct = convert_beta(value, first, third, **sizes)
    assert convert_beta(there, second, third, **sizes) == pytest.approx(direct, rel=1e-12)


@pytest.mark.parametrize(
    ("arguments", "sizes", "words"),
    [
        ((1.0, "sum/mean", "tau"), {}, "no convention of beta 'sum/mean'"),
        ((1.0, "tau", "energy-share"), {}, "energy_share"),
        ((-1.0, "tau", "sum/sum"), {}, "0 or more"),
        ((float("nan"), "tau", "sum/sum"), {}, "0 or more"),
        ((1.0, "tau", "mean/sum"), {}, "n_features=None"),
        ((1.0, "mean/mean", "mean/sum"), {"n_components": 0}, "n_components=0"),
        ((1.0, "energy_share", "tau"), {"total_variance": float("inf")}, "total_variance=inf"),
    ],
)
def test_what_is_wrong_or_missing_is_named(arguments, sizes, words):
    with pytest.raises(InputError, match=words):
        convert_beta(*arguments, **sizes)


def test_sizes_that_cancel_need_not_be_given():
    assert convert_beta(3.0, "mean/sum", "mean/sum") == 3.0
