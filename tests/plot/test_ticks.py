"""Logarithmic axes have at least two labels, whatever their range."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from rom.plot._ticks import captured, captured_axis, error_axis, plain


@pytest.fixture(scope="module")
def axes():
    return Figure().subplots()


def ranges(n=400):
    rng = np.random.default_rng(0)
    low = 10.0 ** rng.uniform(-12, 0, n)
    return zip(low, low * (1 + 10.0 ** rng.uniform(-3, 10, n)), strict=True)


def labels(axes, low, high):
    """Ticks within the range, and their labels."""
    ticks = np.array([t for t in axes.yaxis.get_majorticklocs() if low <= t <= high])
    return ticks, axes.yaxis.get_major_formatter().format_ticks(list(ticks))


@pytest.mark.parametrize(("make", "value"), [(error_axis, None), (captured_axis, 100.0)])
def test_every_range_has_two_labels_that_say_what_is_there(axes, make, value):
    for low, high in ranges():
        axes.clear()
        make(axes)
        axes.set_ylim(low, high)
        ticks, said = labels(axes, low, high)
        assert 2 <= len(said) <= 8, (low, high, said)
        assert len(set(said)) == len(said), (low, high, said)
        if value is not None:
            numbers = np.array([float(text.replace("−", "-")) for text in said])
            missing = np.longdouble(1) - numbers.astype(np.longdouble) / 100
            np.testing.assert_allclose(missing.astype(float), ticks, rtol=1e-2, atol=1e-15)


def test_the_user_may_change_the_range_afterwards(axes):
    axes.clear()
    error_axis(axes)
    axes.set_ylim(1e-3, 1)
    axes.set_ylim(0.021, 0.034)
    ticks, said = labels(axes, 0.021, 0.034)
    assert len(ticks) >= 2
    np.testing.assert_allclose([float(text) for text in said], ticks)


def test_an_axis_of_captured_energy_is_upside_down_and_stays_so(axes):
    axes.clear()
    captured_axis(axes)
    captured_axis(axes)
    assert axes.yaxis_inverted()


def test_labels_are_exact():
    assert plain([1e-7, 3e-7]) == ["10⁻⁷", "3×10⁻⁷"]
    assert captured([1e-12, 0.25]) == ["99.9999999999", "75"]
