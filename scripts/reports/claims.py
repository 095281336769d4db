"""A claim: one of our numbers next to a published one, and whether it is reproduced."""

from __future__ import annotations

from dataclasses import dataclass

FEW = 2  # what differs is named in the headline
REPRODUCED, DIFFERS, NOT_JUDGED = "reproduced", "differs", "not judged"


@dataclass(frozen=True)
class Claim:
    """A row of a report.

    Attributes
    ----------
    quantity : what the numbers are
    ours, published : as the reader sees them
    band : what counts as reproduced, in words
    holds : whether ours is in the band; None where a quick run cannot tell
    definition : how both numbers are defined
    source : of the published number: a paper, a repository, "closed form"
    reason : why ours differs, found by an experiment; required where it does
    """

    quantity: str
    ours: str
    published: str
    band: str
    holds: bool | None
    definition: str
    source: str
    reason: str = ""

    @property
    def verdict(self) -> str:
        """ "reproduced", "differs", or "not judged"."""
        return NOT_JUDGED if self.holds is None else REPRODUCED if self.holds else DIFFERS


@dataclass(frozen=True)
class Source:
    """Where published numbers are from, and how they are defined; makes claims of them.

    Examples
    --------
    >>> closed = Source("closed form", "energy captured, not centred")
    >>> closed.near("energy of two modes", 0.81055, 0.810569, within=1e-4).verdict
    'reproduced'
    >>> closed.at_most("error", 0.2, 0.1).verdict
    'differs'
    """

    source: str
    definition: str

    def near(
        self, quantity: str, ours: float, published: float, *, within: float,
        relative: bool = False, judged: bool = True, reason: str = "", digits: int = 6,
    ) -> Claim:  # fmt: skip
        """Reproduced within a distance of the published number, or within a share of it."""
        most = within * abs(published) if relative else within
        band = f"± {100 * within:g} %" if relative else f"± {within:g}"
        return self._claim(
            quantity, f"{ours:.{digits}g}", f"{published:.{digits}g}", band,
            abs(ours - published) <= most, judged, reason,
        )  # fmt: skip

    def at_most(
        self, quantity: str, ours: float, published: float, *, factor: float = 1.0,
        judged: bool = True, reason: str = "", digits: int = 3,
    ) -> Claim:  # fmt: skip
        """Reproduced where ours is no larger than the published number, times a factor."""
        band = "no larger" if factor == 1 else f"no larger than {factor:g} times"
        return self._claim(
            quantity, f"{ours:.{digits}g}", f"{published:.{digits}g}", band,
            ours <= factor * published, judged, reason,
        )  # fmt: skip

    def at_least(
        self, quantity: str, ours: float, published: float, *,
        judged: bool = True, reason: str = "", digits: int = 3,
    ) -> Claim:  # fmt: skip
        """Reproduced where ours is no smaller than a number."""
        return self._claim(
            quantity, f"{ours:.{digits}g}", f"{published:.{digits}g}", "no smaller",
            ours >= published, judged, reason,
        )  # fmt: skip

    def between(
        self, quantity: str, ours: float, low: float, high: float, *,
        judged: bool = True, reason: str = "", digits: int = 4,
    ) -> Claim:  # fmt: skip
        """Reproduced where ours is in the published range."""
        return self._claim(
            quantity, f"{ours:.{digits}g}", f"{low:g} to {high:g}", "in the range",
            low <= ours <= high, judged, reason,
        )  # fmt: skip

    def pattern(
        self, quantity: str, ours: str, published: str, holds: bool, *,
        judged: bool = True, reason: str = "",
    ) -> Claim:  # fmt: skip
        """Reproduced where an order or another pattern holds."""
        return self._claim(quantity, ours, published, "the pattern", holds, judged, reason)

    def _claim(
        self, quantity: str, ours: str, published: str, band: str, holds: bool,
        judged: bool, reason: str,
    ) -> Claim:  # fmt: skip
        said = bool(holds) if judged else None
        return Claim(
            quantity, ours, published, band, said, self.definition, self.source,
            "" if holds else reason,
        )  # fmt: skip


def headline(claims: list[Claim]) -> str:
    """The verdict of a report in one sentence.

    >>> closed = Source("closed form", "energy")
    >>> headline([closed.near("a", 1, 1, within=0), closed.at_most("b", 2, 1)])
    '1 of 2 numbers is reproduced; b differs'
    """
    judged = [claim for claim in claims if claim.holds is not None]
    if not judged:
        return f"A quick run judges nothing here; {len(claims)} numbers need the full run"
    good = sum(claim.verdict == REPRODUCED for claim in judged)
    are = "is" if good == 1 else "are"
    bad = [claim.quantity for claim in judged if not claim.holds]
    said = f"{good} of {len(judged)} numbers {are} reproduced"
    if len(claims) > len(judged):
        said += f"; {len(claims) - len(judged)} need the full run"
    if bad:
        named = " and ".join(bad) if len(bad) <= FEW else str(len(bad))
        said += f"; {named} {'differs' if len(bad) == 1 else 'differ'}"
    return said
