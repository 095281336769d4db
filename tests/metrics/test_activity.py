"""Activity of variational latents, against closed forms and hand-made posteriors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import rom.metrics.activity as m
from rom.errors import InputError

SHAPE = (9, 3)
MEANS = hnp.arrays(np.float64, SHAPE, elements=st.floats(-10, 10))
LOG_VARIANCES = hnp.arrays(np.float64, SHAPE, elements=st.floats(-20, 5))


@pytest.fixture
def posterior():
    """Four components: collapsed, moving mean, fixed mean with a sharp variance, slightly off the
    prior.
    """
    rng = np.random.default_rng(0)
    n = 500
    mean = np.column_stack(
        [1e-2 * rng.normal(size=n), rng.normal(size=n), np.zeros(n), np.full(n, 0.05)]
    )
    log_variance = np.tile([0.0, -4.0, -4.0, 0.02], (n, 1))
    return mean, log_variance


@given(mean=MEANS, log_variance=LOG_VARIANCES)
def test_divergence_is_never_negative_and_adds_up(mean, log_variance):
    kl = m.kl_per_component(mean, log_variance)
    assert kl.shape == (3,)
    assert (kl >= -1e-15).all()
    assert m.kl_total(mean, log_variance) == pytest.approx(kl.sum())


def test_a_posterior_equal_to_the_prior_is_collapsed():
    zero = np.zeros((5, 2))
    assert m.kl_per_component(zero, zero).tolist() == [0, 0]
    assert m.kl_total(zero, zero) == 0
    assert m.n_active(zero, zero) == 0


def test_divergence_in_closed_form():
    log_variance = np.log([[4.0], [0.5]])
    expected = 0.5 * np.mean([9 + 4 - 1 - np.log(4), 1 + 0.5 - 1 + np.log(2)])
    assert m.kl_per_component([[3.0], [-1.0]], log_variance)[0] == pytest.approx(expected)


def test_collapsed_needs_both_a_small_divergence_and_a_still_mean(posterior):
    active = m.active_components(*posterior)
    assert active.dtype == np.bool_
    assert active.tolist() == [
        False,
        True,
        True,
        False,
    ]  # the third: a sharp variance is information, too
    assert m.n_active(*posterior) == 2
    # a mean that moves a lot while the divergence stays below the threshold: in use
    assert m.active_components([[0.4], [-0.4]], [[0.0], [0.0]], threshold=0.1).tolist() == [True]
    # the fourth has a divergence of about 1.3e-3
    assert m.n_active(*posterior, threshold=1e-3) == 3


def test_any_usual_threshold_finds_the_same_components(posterior):
    assert {m.n_active(*posterior, threshold=threshold) for threshold in (0.01, 0.03, 0.1)} == {2}


def test_float32_is_computed_in_float64_and_left_alone(posterior):
    mean, log_variance = (array.astype(np.float32) for array in posterior)
    mean.flags.writeable = log_variance.flags.writeable = False
    kl = m.kl_per_component(mean, log_variance)
    assert kl.dtype == np.float64
    np.testing.assert_allclose(kl, m.kl_per_component(*posterior), rtol=1e-5, atol=1e-9)


def test_an_enormous_variance_diverges_without_a_warning():
    assert m.kl_per_component([[0.0]], [[1000.0]])[0] == np.inf


@pytest.mark.parametrize(
    ("mean", "log_variance", "message"),
    [
        ([[0.0]], [[0.0], [0.0]], r"one shape, not \(1, 1\) and \(2, 1\)"),
        ([0.0], [0.0], "mean must have shape"),
        ([[np.nan]], [[0.0]], "mean contains NaN"),
        (
            [[0.0, 0.0]],
            [[0.0, -np.inf]],
            r"log_variance contains NaN or infinite values, in component\(s\) \[1\]",
        ),
    ],
)
def test_mistakes_are_named(mean, log_variance, message):
    for function in (m.kl_per_component, m.kl_total, m.active_components, m.n_active):
        with pytest.raises(InputError, match=message):
            function(mean, log_variance)


@pytest.mark.parametrize("threshold", [0.0, -1.0, np.nan, np.inf])
def test_a_threshold_that_is_no_threshold_is_refused(threshold):
    with pytest.raises(InputError, match="positive number"):
        m.active_components([[0.0]], [[0.0]], threshold=threshold)
