"""Scales of intervals: there and back, and what the ends of an interval cannot be."""

import numpy as np
import pytest

from rom.metrics.jackknife import between_blocks, jackknife_interval
from rom.metrics.scales import SAME, SCALES
from rom.registry import METRICS


@pytest.mark.parametrize("name", SCALES)
def test_there_and_back(name):
    values = np.array([0.0, 0.1, 0.5, 0.9])
    np.testing.assert_allclose(SCALES[name].back(SCALES[name].to(values)), values, atol=1e-12)
    low, high = METRICS[name].bounds
    ends = SCALES[name].back(np.array([-3.0, 0.0, 50.0]))
    assert ((ends >= low) & (ends <= high)).all()


def test_an_interval_of_a_correlation_is_that_of_fisher():
    without = np.array([0.5, 0.52, 0.47, 0.55])
    found = jackknife_interval(0.5, without, SCALES["max_abs_correlation"])
    plain = jackknife_interval(np.arctanh(0.5), np.arctanh(without))
    assert (found.low, found.high) == pytest.approx((np.tanh(plain.low), np.tanh(plain.high)))


def test_an_interval_reaches_over_the_bias_and_is_wider_where_blocks_remember():
    without = np.array([1.1, 1.2, 1.3, 1.2])
    plain = jackknife_interval(1.0, without)
    both = jackknife_interval(1.0, without, SAME, bias=True)
    assert both.high == plain.high
    assert plain.low - both.low == pytest.approx(3 * 0.2)  # g - 1 times the mean less the value
    wider = jackknife_interval(1.0, without, wider=2.0)
    assert wider.high - wider.low == pytest.approx(2 * (plain.high - plain.low))
    assert between_blocks(100, 100) == 1
    assert between_blocks(100, 2) == pytest.approx(np.sqrt(2))
