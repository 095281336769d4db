"""Error against the number of latents."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._pod_curve import pod_curve
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import curves_said, seeds_marked, sentences
from rom.results import Results
from rom.results.words import count

Ring = tuple[str, float | None, int]


def accuracy(
    results: Results, ring: Ring | None = None, tolerance: float | None = None
) -> Iterator[Plot]:
    """Relative error of every method with POD's whole curve; a ring around the recommended one.

    Parameters
    ----------
    ring : (reducer, beta, n_components) of the recommendation, optional
    tolerance : error that is good enough, optional
    """
    axes = plot.error_curve(results, ring=ring, tolerance=tolerance, width="double")
    curve, controls = pod_curve(results), {method.name for method in results.rivals}
    yield Plot(
        "accuracy",
        "Relative error against the number of latents",
        sentences(
            f"Relative error of all {results.n('test')} test snapshots together, relative to their"
            " distance from the mean of the training set. Its square is the energy that is not"
            " captured. The scales are logarithmic.",
            seeds_marked(results),
            _about(curve.part) if curve is not None else "",
            f"Grey: {' and '.join(sorted(controls))}, a control without training." * bool(controls),
            "Ring: the recommendation. Dashed: from there to POD with the same error."
            * (ring is not None),
            f"Grey dashes: the tolerance, {100 * tolerance:g} %." if tolerance is not None else "",
        ),
        figure_of(axes),
        f"Relative error of {curves_said(results)}.{_needed(results)}",
    )


def _about(part: str) -> str:
    if part == "test":
        return "Black line: POD with every number of modes, on the test set."
    return (
        "Black line: POD with every number of modes, on the training set. No linear method has a"
        " lower error there."
    )


def _needed(results: Results) -> str:
    """How many modes POD needs for the error of the best method with the fewest latents."""
    curve = pod_curve(results)
    others = [m for m in results.at(results.sizes[0]) if m.reducer != "pod"]
    if curve is None or not others:
        return ""
    best = min(others, key=lambda method: results.mean(method, "relative_error"))
    reached = np.flatnonzero(curve.errors <= results.mean(best, "relative_error"))
    if not len(reached):
        return ""
    modes = count(int(reached[0]) + 1, "mode")
    return f" POD needs {modes} for the error of {best.name} with {best.n_components}."
