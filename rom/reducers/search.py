"""What may be tuned: the range of an option, or its choices."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Between:
    """Any number from `low` to `high`; with `log` each factor is as likely as any other."""

    low: float
    high: float
    log: bool = False


@dataclass(frozen=True)
class OneOf:
    """One of these values."""

    values: tuple[Any, ...]


#: Option -> what it may be.
SearchSpace = Mapping[str, Between | OneOf]


def number_of_points(space: SearchSpace) -> float:
    """How many combinations there are; infinitely many where an option is a number in a range.

    >>> number_of_points({"kernel": OneOf(("a", "b")), "order": OneOf((1, 2, 3))})
    6
    >>> number_of_points({"rate": Between(0.1, 1.0)})
    inf
    """
    sizes = [
        len(found.values) if isinstance(found, OneOf) else math.inf for found in space.values()
    ]
    return math.prod(sizes)
