"""Units that count from a date, as "days since 2000-01-01"."""

from __future__ import annotations

import re
from datetime import timedelta

import numpy as np

from rom.data.extras import extra

#: Units of time before "since" -> seconds.
SECONDS = {"second": 1.0, "sec": 1.0, "s": 1.0, "minute": 60.0, "min": 60.0}
SECONDS |= {"hour": 3600.0, "hr": 3600.0, "h": 3600.0, "day": 86400.0, "d": 86400.0}
_DATE = r"(\d{1,4})-(\d{1,2})-(\d{1,2})(?:[T ]+(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d*)?)?)?"
#: A unit with the calendar behind it, as times of netCDF have it.
_OTHER = re.compile(r"(.*\S) \((\w+)\)")
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


def period(text: str, unit: str) -> tuple[float, float] | None:
    """The begin and the end of a year, month, day, ... in a unit that counts from a date.

    A calendar that is not the usual one stands behind the unit and needs cftime (extra
    ``xarray``). None where the unit counts from no date.

    Raises
    ------
    ValueError
        For what is no date of the calendar.
    InputError
        If cftime is not there.

    >>> period("1990-02", "days since 1990-01-01")
    (31.0, 59.0)
    """
    match = _OTHER.fullmatch(unit)
    if match is not None and reference(match[1]) is not None:
        return _of_calendar(text, match[1], match[2])
    known = reference(unit)
    if known is None:
        return None
    word, origin = known
    date = np.datetime64(text)
    step = np.timedelta64(round(1e6 * seconds_of(word)), "us")
    first, last = (end.astype("M8[us]") - origin for end in (date, date + 1))
    return float(first / step), float(last / step)


def _of_calendar(text: str, unit: str, calendar: str) -> tuple[float, float]:
    cftime = extra("cftime", "xarray", f"the calendar {calendar!r}")
    parts = [int(part) for part in text.split("-")]
    if len(parts) > 3:
        raise ValueError(text)
    # the begin of the next: of a day by a difference, as months have any number of them
    begin = cftime.datetime(*parts, *[1] * (3 - len(parts)), calendar=calendar)
    if len(parts) == 1:
        end = begin.replace(year=begin.year + 1)
    elif len(parts) == 2:
        year, month = divmod(begin.month, 12)
        end = begin.replace(year=begin.year + year, month=month + 1)
    else:
        end = begin + timedelta(days=1)
    first, last = cftime.date2num([begin, end], unit, calendar=calendar)
    return float(first), float(last)


def seconds_of(unit: str) -> float:
    """Seconds of a unit of time, singular or plural.

    >>> seconds_of("days"), seconds_of("h")
    (86400.0, 3600.0)
    """
    unit = unit.lower()
    return SECONDS.get(unit) or SECONDS[unit.removesuffix("s")]
