"""Units that count from a date, as "days since 2000-01-01"."""

from __future__ import annotations

import re

import numpy as np

#: Units of time before "since" -> seconds.
SECONDS = {"second": 1.0, "sec": 1.0, "s": 1.0, "minute": 60.0, "min": 60.0}
SECONDS |= {"hour": 3600.0, "hr": 3600.0, "h": 3600.0, "day": 86400.0, "d": 86400.0}
_DATE = r"(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d*)?)?)?"
_SINCE = re.compile(rf"(\w+) since {_DATE}\s*(?:Z|UTC|[+-]?00?:?00)?")


def reference(unit: str) -> tuple[str, np.datetime64] | None:
    """Unit and date of ``"days since 2000-01-01"``; None for what is no date of the Gregorian
    calendar.

    >>> reference("hours since 1990-1-2 06:00:00")
    ('hours', np.datetime64('1990-01-02T06:00:00.000000'))
    """
    match = _SINCE.fullmatch(unit.strip())
    if match is None or match[1].lower().removesuffix("s") not in {
        name.removesuffix("s") for name in SECONDS
    }:
        return None
    year, month, day, hour, minute, second = (int(piece or 0) for piece in match.groups()[1:7])
    fraction = (match[8] or ".").ljust(2, "0")
    text = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}"
    try:
        return match[1], np.datetime64(text, "us")
    except ValueError:
        return None


def seconds_of(unit: str) -> float:
    """Seconds of a unit of time, singular or plural.

    >>> seconds_of("days"), seconds_of("h")
    (86400.0, 3600.0)
    """
    unit = unit.lower()
    return SECONDS.get(unit) or SECONDS[unit.removesuffix("s")]
