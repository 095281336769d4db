"""Times that count from different dates: each file of a series often begins its own count."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom.data.formats.proposal import Proposal

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


def same_reference_date(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Proposals whose times all count from the date of the first, where they differ in the date
    only.
    """
    first = reference(proposals[0].time_unit)
    found = [proposals[0]]
    for proposal in proposals[1:]:
        own = reference(proposal.time_unit)
        if first and own and own[0] == first[0] and proposal.times is not None:
            unit = own[0].lower()
            seconds = SECONDS.get(unit) or SECONDS[unit.removesuffix("s")]
            shift = float((own[1] - first[1]) / np.timedelta64(1, "us")) / 1e6 / seconds
            words = (
                []
                if own[1] == first[1]
                else ["times of all files count from the date of the first"]
            )
            proposal = replace(
                proposal,
                times=np.asarray(proposal.times, np.float64) + shift,
                time_unit=proposals[0].time_unit,
                assumptions=[*proposal.assumptions, *words],
            )
        found.append(proposal)
    return found
