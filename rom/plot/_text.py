"""Labels that fit where they stand."""

from __future__ import annotations

import re

from rom.plot._style import SIZE
from rom.strings import lines as lines_of
from rom.strings import visible

#: Lines of a label at most.
MOST_LINES = 3


def fitted(text: str, inches: float) -> str:
    """A label broken into lines of at most this length, cut short where it needs more than three.

    A dollar sign is a dollar sign: no formula, which a stray one would make unreadable.

    >>> print(fitted("eastward_sea_water_velocity (m s-1)", 1.35))
    eastward_sea_water_
    velocity (m s-1)
    """
    n = max(10, int(inches * 72 / (0.58 * SIZE)))
    text = lines_of(text)
    broken: list[str] = []
    for line in text.split("\n"):
        filled = ""
        for word in re.split(r"(?<=[\s_/-])", line):
            if filled and len(filled) + len(word.rstrip()) > n:
                broken.append(filled.rstrip())
                filled = ""
            while len(word.rstrip()) > n:
                broken.append(word[:n])
                word = word[n:]
            filled += word
        broken.append(filled.rstrip())
    if len(broken) > MOST_LINES:
        broken = [*broken[: MOST_LINES - 1], broken[MOST_LINES - 1][: n - 1] + "…"]
    return "\n".join(broken).replace("$", r"\$")


def shortened(text: str, inches: float) -> str:
    """A label in one line, its middle left out where it is longer than this.

    >>> shortened("sea_surface_height_above_geoid", 1)
    'sea_sur…_geoid'
    """
    n = max(6, int(inches * 72 / (0.62 * SIZE)))
    text = visible(text)
    short = text if len(text) <= n else f"{text[: n // 2]}…{text[len(text) - (n - 1 - n // 2) :]}"
    return short.replace("$", r"\$")
