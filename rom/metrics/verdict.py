"""What a p value says of a dependence, and when it says nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: Independent snapshots below which neither an interval nor a test of dependence is given.
ENOUGH_EFFECTIVE = 10
LEVEL = 0.05
#: Below this effective sample size, which is itself uncertain then, the level is smaller: of
#: independent short series that can be tested, about one in ten has a p value below 0.05.
SURE_EFFECTIVE, SMALL_LEVEL = 20, 0.02
DEPENDENT = "dependent"
NO_DEPENDENCE = "no dependence found"
CANNOT = "cannot be tested"


class Verdict(NamedTuple):
    """ "dependent", "no dependence found" or "cannot be tested", this with the reason."""

    verdict: str
    reason: str = ""


def level_of(n_eff: float) -> float:
    """The p value below which latents are called dependent: 0.05, with few snapshots 0.02."""
    return LEVEL if n_eff >= SURE_EFFECTIVE else SMALL_LEVEL


def dependence_verdict(p_value: float, n_eff: float, *, level: float | None = None) -> Verdict:
    """What a measure of dependence says, from its p value and effective sample size.

    A large p value is no sign of independence where hardly anything could have had a small one. On
    the limit cycle of a periodic flow each latent is a function of the other; so it is after any
    shift in time, and the test has no power, however many snapshots there are. Such latents have
    an effective sample size of a handful. Below ten the verdict is "cannot be tested".

    Parameters
    ----------
    p_value : against the null of time-shifted latents; NaN without one
    n_eff : :func:`rom.metrics.effective_sample_size` of the latents
    level : a p value below it is called dependent; default 0.05, below an effective sample size of
        20 it is 0.02

    Returns
    -------
    Verdict

    Examples
    --------
    >>> from rom.metrics.verdict import dependence_verdict
    >>> dependence_verdict(0.01, 120.0).verdict, dependence_verdict(0.4, 120.0).verdict
    ('dependent', 'no dependence found')
    >>> print(*dependence_verdict(0.4, 2.1), sep=": ")
    cannot be tested: effective sample size 2; at least 10 is needed
    """
    if not np.isfinite(n_eff):
        return Verdict(CANNOT, "no pair of latents that vary")
    if n_eff < ENOUGH_EFFECTIVE:
        return Verdict(CANNOT, too_few_effective(n_eff))
    if not np.isfinite(p_value):
        return Verdict(CANNOT, "no p value")
    level = level_of(n_eff) if level is None else level
    return Verdict(DEPENDENT if p_value < level else NO_DEPENDENCE)


def too_few_effective(n_eff: float) -> str:
    """The reason below an effective sample size of ten."""
    return f"effective sample size {int(n_eff)}; at least {ENOUGH_EFFECTIVE} is needed"
