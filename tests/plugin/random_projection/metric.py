"""How many snapshots have an error above 10 %."""

from rom.registry import Metric


def share_above_tenth(errors):
    """Share of the snapshots with ‖x − x̂‖ > 0.1 ‖x − x̄‖."""
    scales = errors.scales**2
    error, reference = errors.error / scales, errors.reference / scales
    return float((error.sum(axis=1) > 0.01 * reference.sum(axis=1)).mean())


ABOVE_TENTH = Metric(
    "snapshots above 10 %",
    "The share of snapshots with a relative error above 0.1.",
    form="percent",
    better="lower",
    table="accuracy",
    function="random_projection.metric:share_above_tenth",
    gathers=("errors",),
)
