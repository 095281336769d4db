"""What tables, figures and answers of a report choose in the same way."""

from __future__ import annotations

from typing import Any

#: How much the latents have to do with each other in any form: the mean over the pairs of active
#: latents.
INFORMATION: dict[str, Any] = {
    "measure": "informational_correlation",
    "key": "mean",
    "latents": "active",
}


def no_larger(error: float) -> float:
    """The largest error that is no larger than this one but for the scatter of single precision."""
    return 1.01 * error + 1e-6
