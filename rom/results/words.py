"""Names and numbers as a report writes them."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from rom.data.dates import reference, seconds_of
from rom.registry import reducer_class
from rom.study.matrix import short

#: How files spell degrees.
DEGREES = {
    f"{degree}_{side}": f"°{side[0].upper()}"
    for degree in ("degree", "degrees")
    for side in ("north", "east")
}
DEGREES |= {"degree": "°", "degrees": "°", "deg": "°"}
MISSING = "–"
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_BYTES = ("B", "kB", "MB", "GB", "TB")


def method_name(
    reducer: str, beta: float | None, digits: int = 3, *, variance: float | None = None
) -> str:
    """What a reader calls a method; beta, None or NaN without one, with `digits` significant
    digits.

    With the total `variance`, the energy share that was asked for stands for beta.

    >>> method_name("beta-vae", 1.0), method_name("pod", None)
    ('β-VAE (β = 1)', 'POD')
    >>> method_name("beta-vae", 15.2, variance=7600.0)
    'β-VAE (energy share 0.001)'
    """
    name: str = reducer_class(reducer).short_title
    if beta is None or math.isnan(beta):
        return name
    if variance is None:
        return f"{name} (β = {short(beta, digits)})"
    return f"{name} (energy share {short(beta / (2 * variance), digits)})"


def method_title(reducer: str) -> str:
    """A method's name in full, and the short one that figures and tables have.

    >>> method_title("pod")
    'proper orthogonal decomposition (POD)'
    """
    return f"{reducer_class(reducer).title} ({reducer_class(reducer).short_title})"


def with_unit(name: str, unit: str) -> str:
    """A label such as ``u (m/s)``; no unit where it is unknown or one.

    >>> with_unit("u", "m/s"), with_unit("Re", "1"), with_unit("lat", "degrees_north")
    ('u (m/s)', 'Re', 'lat (°N)')
    """
    return f"{name} ({DEGREES.get(unit.lower(), unit)})" if unit not in ("", "1") else name


def moment(time: float, unit: str) -> str:
    """A time in words: the date where its unit counts from one.

    >>> moment(0.25, "s"), moment(31, "days since 2000-01-01"), moment(6, "hours since 2000-01-01")
    ('t = 0.25 s', '2000-02-01', '2000-01-01 06:00')
    >>> moment(31, "days since 2000-01-01 (360_day)")
    't = 31 days'
    """
    known = reference(unit)
    if known is None or not np.isfinite(time):
        # without the date that it counts from, in a calendar of its own
        return f"t = {time:.4g} {'' if unit == '1' else unit.split(' since ')[0]}".strip()
    word, origin = known
    date = origin + np.timedelta64(round(1e6 * seconds_of(word) * time), "us")
    day, _, clock = str(date.astype("M8[m]")).partition("T")
    return day if clock == "00:00" else f"{day} {clock}"


def count(number: int, noun: str) -> str:
    """``1 seed``, ``3 seeds``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def latent(i: int) -> str:
    """The name of latent number i = 0, 1, ...

    >>> latent(0), latent(11)
    ('z₁', 'z₁₂')
    """
    return "z" + str(i + 1).translate(_SUBSCRIPTS)


def listing(words: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number(value: float, digits: int = 3) -> str:
    """A number with this number of significant digits.

    >>> number(0.123456), number(1234.5), number(2e-7), number(165110), number(2.0)
    ('0.123', '1,234', '2.00 × 10⁻⁷', '165,110', '2.00')
    """
    return mean_sd([value], digits=digits)


def error_percent(value: float) -> str:
    """An error in percent, with two significant digits.

    >>> error_percent(0.00473), error_percent(0.236), error_percent(1.0)
    ('0.47 %', '24 %', '100 %')
    """
    if not np.isfinite(value):
        return MISSING
    percent = 100 * value
    text = f"{percent:.0f}" if percent >= 99.5 else f"{percent:.2g}"
    return f"{number(percent, digits=2) if percent and percent < 1e-3 else text} %"


def upper(text: str) -> str:
    """With a capital at the beginning."""
    return text[:1].upper() + text[1:]


def integer(value: float) -> str:
    """A count, with thousands separated."""
    return f"{value:,.0f}" if math.isfinite(value) else MISSING


def count_range(values: ArrayLike) -> str:
    """A count of several seeds: the same for all, or from the least to the largest.

    >>> count_range([2, 2]), count_range([2, 4, 3]), count_range([])
    ('2', '2 to 4', '–')
    """
    counts = np.unique(np.asarray(values, dtype=float))
    return " to ".join(integer(counts[i]) for i in {0, len(counts) - 1}) if counts.size else MISSING


def mean_sd(values: ArrayLike, *, digits: int = 3) -> str:
    """Mean ± standard deviation over seeds (n - 1 in the denominator); the mean alone for a single
    value.

    The standard deviation has two significant digits as long as the mean does not get more than
    four.

    >>> mean_sd([0.971, 0.982]), mean_sd([3e-6, 4e-6]), mean_sd([]), mean_sd([1, float("nan")])
    ('0.9765 ± 0.0078', '(3.50 ± 0.71) × 10⁻⁶', '–', '–')
    """
    numbers = np.asarray(values, dtype=float)
    if numbers.size == 0 or np.isnan(numbers).any():
        return MISSING
    if np.isinf(numbers).any():
        return "∞"
    mean = float(numbers.mean())
    spread = float(numbers.std(ddof=1)) if numbers.size > 1 else 0.0
    exponent = _exponent(mean)
    power = exponent if mean != 0 and (exponent < -3 or exponent > 8) else 0
    mean, spread, exponent = mean / 10.0**power, spread / 10.0**power, exponent - power
    decimals = max(0, digits - 1 - exponent)
    if spread > 0:
        decimals = max(0, min(1 - _exponent(spread), 3 - exponent))
    text = f"{mean:,.{decimals}f}" + (f" ± {spread:,.{decimals}f}" if numbers.size > 1 else "")
    if power:
        text = f"({text})" if numbers.size > 1 else text
        text += f" × 10{str(power).translate(SUPERSCRIPTS)}"
    return text.replace("-", "−")


def percent(values: ArrayLike, *, unit: bool = True) -> str:
    """Shares as mean ± standard deviation in percent, with two digits at least, also of what is
    missing to 100 %.

    >>> percent([0.0003]), percent([0.945]), percent([0.99998])
    ('0.030 %', '94.5 %', '99.9980 %')
    >>> percent([0.97, 0.98]), percent([-0.2])
    ('97.50 ± 0.71 %', '−20.0 %')
    >>> percent([0.99998, 0.9999801])
    '99.9980 ± <0.0001 %'
    """
    shares = 100 * np.asarray(values, dtype=float)
    if shares.size == 0 or not np.isfinite(shares).all():
        return MISSING
    mean = float(shares.mean())
    missing = abs(100 - mean)
    decimals = min(6, max([1, *(1 - _exponent(value) for value in (missing, mean) if value != 0)]))
    text = f"{mean:.{decimals}f}"
    if shares.size > 1:
        spread = float(shares.std(ddof=1))
        if spread > 0:
            decimals = min(6, max(decimals, min(2, 1 - _exponent(spread))))
        shown = f"{spread:.{decimals}f}"
        if spread > 0 and float(shown) == 0:
            shown = f"<{10.0**-decimals:.{decimals}f}"
        text = f"{mean:.{decimals}f} ± {shown}"
    return text.replace("-", "−") + (" %" if unit else "")


def size(value: float) -> str:
    """Bytes in powers of 1000.

    >>> size(727498), size(12)
    ('727 kB', '12 B')
    """
    if not math.isfinite(value):
        return MISSING
    step = min(len(_BYTES) - 1, max(0, int(math.log10(max(value, 1)) // 3)))
    return f"{number(value / 1000**step) if step else f'{value:.0f}'} {_BYTES[step]}"


def _exponent(value: float) -> int:
    return math.floor(math.log10(abs(value))) if value else 0
