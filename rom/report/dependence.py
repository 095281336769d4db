"""Are the latents of a method independent? Yes, no, or it cannot be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rom.metrics.verdict import CANNOT, ENOUGH_EFFECTIVE, LEVEL, level_of
from rom.results import Method, Results
from rom.results.common import INFORMATION

YES, NO, UNKNOWN = "yes", "no", "cannot tell"
#: Measures of the active latents that are tested: linear dependence, and dependence of any form.
TESTED: tuple[dict[str, Any], ...] = (
    {"measure": "det_correlation", "latents": "active"},
    INFORMATION,
)
#: Below this effective sample size a "yes" is called weak: a correlation of 0.36 is just found at
#: 5 %.
STRONG_EFFECTIVE = 30


@dataclass(frozen=True)
class Dependence:
    """What the tests of dependence say of the latents of a method.

    Attributes
    ----------
    answer : "yes": no dependence was found; "no": dependent in some seed; "cannot tell"
    reason : the numbers behind it, or why it cannot be told; no full stop
    weak : why a "yes" says little; empty where the test set is large enough; no full stop
    """

    answer: str
    reason: str
    weak: str = ""

    @property
    def word(self) -> str:
        """The answer as a table shows it."""
        return f"{self.answer} (weak)" if self.weak else self.answer


def dependence_of(results: Results, method: Method) -> Dependence:
    """The answer for one method, from det R and the informational correlation of its active
    latents.

    The two tests of a seed are corrected together: the smaller p value is doubled (Bonferroni).
    Below an effective sample size of ten, nothing can be told.
    """
    active = results.values(method, "active_latents")
    if active.size and active.max() == 0:
        return Dependence(UNKNOWN, "no latent is active")
    if method.n_components == 1 or (active.size and active.max() <= 1):
        return Dependence(YES, "there is one active latent")
    p = [results.values(method, **measure, column="p_value") for measure in TESTED]
    n_eff = results.values(method, **TESTED[0], column="n_eff")
    known = [values for values in p if values.size and np.isfinite(values).all()]
    if not n_eff.size or not np.isfinite(n_eff).all() or not known:
        reason = results.reason(TESTED[0]["measure"], latents="active") or "nothing was tested"
        return Dependence(UNKNOWN, reason.removeprefix(f"{CANNOT}: "))
    if n_eff.min() < ENOUGH_EFFECTIVE:
        return Dependence(UNKNOWN, f"the effective sample size is {int(n_eff.min())}")
    smallest = np.minimum(1, len(known) * np.min(known, axis=0))
    level = level_of(float(n_eff.min()))
    said = f"p = {_p(float(smallest.min()))}{_why(smallest, level)}, {_numbers(results, method)}"
    if (smallest >= level).all():
        few = n_eff.min() < STRONG_EFFECTIVE
        weak = f"The test is weak: the effective sample size is {int(n_eff.min())}" if few else ""
        return Dependence(YES, said, weak)
    seeds = int((smallest < level).sum())
    where = "" if seeds == len(smallest) else f", in {seeds} of {len(smallest)} seeds"
    return Dependence(NO, said + where)


def _why(p: np.ndarray, level: float) -> str:
    """Why a p value below 0.05 does not count, where it does not."""
    is_between = level <= p.min() < LEVEL
    return f" (the level is {level:g} for so few snapshots)" if is_between else ""


def _numbers(results: Results, method: Method) -> str:
    value = results.mean(method, **INFORMATION)
    null = results.values(method, **INFORMATION, column="null")
    said = f"informational correlation {value:.2f}"
    return said + (f" ({null.mean():.2f} on average without dependence)" if null.size else "")


def _p(value: float) -> str:
    return "< 0.001" if value < 1e-3 else f"{value:.2g}"
