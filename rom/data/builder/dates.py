"""Times that count from different dates: each file of a series often begins its own count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rom.data.builder.proposal import Proposal
from rom.data.dates import reference, seconds_of


def same_reference_date(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Proposals whose times all count from the date of the first, where they differ in the date
    only.
    """
    first = reference(proposals[0].time_unit)
    found = [proposals[0]]
    for proposal in proposals[1:]:
        own = reference(proposal.time_unit)
        if first and own and own[0] == first[0] and proposal.times is not None:
            apart = float((own[1] - first[1]) / np.timedelta64(1, "us")) / 1e6
            shift = apart / seconds_of(own[0])
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
