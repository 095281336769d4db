"""Annealing: the share of its final value that a weight has in the course of training."""

from __future__ import annotations

from dataclasses import dataclass

from rom.errors import InputError, nearest

KINDS = ("none", "linear", "cyclical")


@dataclass(frozen=True)
class Annealing:
    """Factor of a weight, from 0 to 1, after the share `progress` of all steps.

    "none": 1. "linear": rises from 0 to 1 during the first `share` of all steps and stays.
    "cyclical": the steps fall into `cycles` equal parts, and the factor rises during the first
    `share` of each (H. Fu et al., "Cyclical annealing schedule: a simple approach to mitigating KL
    vanishing", NAACL 2019).

    Raises
    ------
    InputError
        If an argument is out of range.

    Examples
    --------
    >>> [Annealing("linear", share=0.5)(progress) for progress in (0.0, 0.25, 0.5, 1.0)]
    [0.0, 0.5, 1.0, 1.0]
    >>> twice = Annealing("cyclical", share=0.5, cycles=2)
    >>> [twice(progress) for progress in (0.0, 0.125, 0.25, 0.5, 1.0)]
    [0.0, 0.5, 1.0, 0.0, 1.0]
    """

    kind: str = "none"
    share: float = 0.5
    cycles: int = 4

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"no annealing {self.kind!r}; {nearest(str(self.kind), KINDS)}")
        if not isinstance(self.share, int | float) or not 0 < self.share <= 1:
            raise InputError(f"annealing_share={self.share!r} must be above 0 and at most 1")
        if not isinstance(self.cycles, int) or self.cycles < 1:
            raise InputError(f"cycles={self.cycles!r} must be an int of at least 1")

    def __call__(self, progress: float) -> float:
        if self.kind == "none" or progress >= 1:
            return 1.0
        within = progress * self.cycles % 1 if self.kind == "cyclical" else progress
        return min(1.0, within / self.share)

    def is_over(self, progress: float) -> bool:
        """Whether the factor is 1 from here on."""
        last = (self.cycles - 1) / self.cycles if self.kind == "cyclical" else 0.0
        return self(progress) == 1 and progress >= last
