"""Ticks of logarithmic axes: at least two have labels, however short or long the axis is."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from decimal import Decimal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, Locator, LogLocator, MaxNLocator, NullFormatter

from rom.results.words import SUPERSCRIPTS

FEWEST, MOST = 3, 6  # labels, where there is a choice
#: Multiples of a power of ten, from few to many.
STEPS = ((1,), (1, 3), (1, 2, 5), (1, 2, 3, 5, 7), tuple(range(1, 10)))


def log_ticks(low: float, high: float) -> np.ndarray:
    """Round numbers between two positive ones: evenly spaced on a logarithmic axis where that
    gives enough of them, otherwise on a linear one.

    >>> log_ticks(0.003, 40), log_ticks(0.021, 0.034)
    (array([ 0.01,  0.1 ,  1.  , 10.  ]), array([0.024, 0.028, 0.032]))
    """
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    # a long axis: every second or third power of ten
    stride = max(1, -(-(math.floor(math.log10(high)) - math.ceil(math.log10(low))) // MOST))
    decades = range(first - first % stride, last + 1, stride)
    for steps in STEPS if stride == 1 else STEPS[:1]:
        ticks = np.array([float(f"{step}e{e}") for e in decades for step in steps])
        inside = ticks[(ticks >= low) & (ticks <= high)]
        if FEWEST <= len(inside) <= MOST + 2:
            return inside
    for n in range(4, 12):
        # rounded: a multiple of 0.1 is not 0.30000000000000004
        found = [float(f"{tick:.12g}") for tick in MaxNLocator(n).tick_values(low, high)]
        linear = np.array([tick for tick in found if low <= tick <= high])
        if len(linear) >= FEWEST:
            return linear
    return linear


def plain(values: Sequence[float]) -> list[str]:
    """Positive numbers with as many digits as tell them from each other.

    >>> plain([0.01, 0.02, 0.05]), plain([1e-6, 1e-5]), plain([0.0212, 0.0214]), plain([2e-7])
    (['0.01', '0.02', '0.05'], ['10⁻⁶', '10⁻⁵'], ['0.0212', '0.0214'], ['2×10⁻⁷'])
    """
    small = any(0 < value < 1e-4 or value >= 1e5 for value in values)
    return [_power(value) if small else f"{value:.10g}" for value in values]


def _power(value: float) -> str:
    if value <= 0:
        return f"{value:g}"
    exponent = math.floor(math.log10(value) + 1e-9)
    digits = f"{value / 10.0**exponent:.10g}"
    power = f"10{str(exponent).translate(SUPERSCRIPTS)}"
    return power if digits == "1" else f"{digits}×{power}"


def captured(missing: Sequence[float]) -> list[str]:
    """What is captured, in percent, where such shares are missing.

    >>> captured([0.5, 0.001, 1e-9, 2.0])
    ['50', '99.9', '99.9999999', '−100']
    """
    shares = [100 - 100 * Decimal(f"{value:.12g}") for value in missing]
    return [f"{share.normalize():f}".replace("-", "−") for share in shares]


class LogTicks(Locator):
    """The numbers of :func:`log_ticks` within the range of the axis, whatever it becomes."""

    def __call__(self) -> Sequence[float]:
        assert self.axis is not None
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        low, high = sorted((vmin, vmax))
        return list(log_ticks(low, high)) if 0 < low < high < np.inf else []


class Said(Formatter):
    """Labels of all ticks together."""

    def __init__(self, words: Callable[[Sequence[float]], list[str]]) -> None:
        self.words = words

    def __call__(self, x: float, pos: int | None = None) -> str:
        return self.words([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        return self.words(values)


def log_axis(axis: Axis, words: Callable[[Sequence[float]], list[str]] = plain) -> None:
    """Round numbers, with labels by `words`, on an axis that is logarithmic already."""
    axis.set_major_locator(LogTicks())
    axis.set_major_formatter(Said(words))
    axis.set_minor_formatter(NullFormatter())
    axis.set_minor_locator(LogLocator(subs=range(2, 10), numticks=100))
    axis.set_tick_params(which="minor", length=1.5, width=0.4)


def percent(values: Sequence[float]) -> list[str]:
    """Shares in percent.

    >>> percent([0.001, 0.01, 1])
    ['0.1', '1', '100']
    """
    return plain([100 * value for value in values])


def error_axis(axes: Axes, words: Callable[[Sequence[float]], list[str]] = plain) -> None:
    """A logarithmic y axis of errors."""
    axes.set_yscale("log")
    log_axis(axes.yaxis, words)


def captured_axis(axes: Axes) -> None:
    """A y axis of the energy that is missing, logarithmic and upside down, whose ticks say what is
    captured (%).
    """
    axes.set_yscale("log")
    if not axes.yaxis_inverted():
        axes.invert_yaxis()
    log_axis(axes.yaxis, captured)
