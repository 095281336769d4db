"""POD's error with every number of modes, and the axis of the number of latents."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, NullLocator

from rom.plot._canvas import whole_numbers
from rom.results import Results

MANY = 20  # latents from which their axis is logarithmic
NOISE = 1e-7  # errors below are rounding


class Curve(NamedTuple):
    """POD's error with 1, 2, ... modes."""

    errors: np.ndarray
    part: str  # "test" or "training": of which snapshots


def pod_curve(results: Results) -> Curve | None:
    """The error of POD with every number of modes: of the test snapshots where that was measured,
    else of the training snapshots from all singular values; None without either.
    """
    known = results.study.get("pod_curve")
    if known:
        return Curve(_above_noise(np.array(known["errors"])), "test")
    if results.spectrum is None:
        return None
    left_over = results.spectrum[::-1].cumsum()[::-1][1:]
    return Curve(_above_noise(np.sqrt(left_over)), "training")


def _above_noise(errors: np.ndarray) -> np.ndarray:
    return np.where(errors < NOISE, np.nan, errors)


def shown_errors(results: Results, errors: np.ndarray, least: int) -> np.ndarray:
    """What of POD's curve is drawn: to the lowest error of all methods and a little more, and to
    `least` modes.
    """
    lowest = min(results.mean(method, "relative_error") for method in results.methods)
    reached = np.flatnonzero(errors <= lowest)
    needed = int(reached[0]) + 1 if len(reached) else len(errors)
    return errors[: max(needed + 1, results.sizes[-1] + 2, least)]


def size_axis(axes: Axes, sizes: list[int], last: int, marked: int | None = None) -> None:
    """Whole numbers, the compared sizes among them where they are few; logarithmic where many.

    Far from these a number that is `marked` has a tick, else the last one.
    """
    axes.margins(x=0.05)
    if last <= MANY:
        whole_numbers(axes.xaxis)
        return
    axes.set_xscale("log")
    ticks: list[int] = []
    for k in sorted({1, *sizes}) if len(sizes) < 8 else (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000):
        ticks += [k] if not ticks or k > 1.25 * ticks[-1] else []
    if (marked or last) > 2 * ticks[-1]:
        ticks.append(marked or last)
    axes.xaxis.set_major_locator(FixedLocator(ticks))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
