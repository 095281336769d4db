"""Error against cost, and what POD does with the bytes of a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._cost import stored_curve
from rom.registry import reducer_class
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import sentences
from rom.results import Method, Results
from rom.results.words import count, number, size


def costs(results: Results) -> Iterator[Plot]:
    """Test error of every method and size against three costs, with POD's whole curve."""
    stored, _ = stored_curve(results)
    yield Plot(
        "cost",
        "Error against cost",
        sentences(
            f"Relative error of the {results.n('test')} test snapshots against the bytes that"
            " encoder and decoder store, the time to fit, and the time to decode one snapshot.",
            "Values are means over the seeds. All axes are logarithmic. Numbers at the marks are"
            " latents. Down and to the left is better.",
            "The thin line is POD with every number of modes." * bool(len(stored)),
            "Times are of the machine of the comparison. Runs at the same time share its cores.",
        ),
        figure_of(plot.cost(results)),
        _alt(results),
    )


def _alt(results: Results) -> str:
    """What the most accurate method of each reducer costs."""
    parts = []
    for reducer in dict.fromkeys(method.reducer for method in results.methods):
        same = [method for method in results.methods if method.reducer == reducer]
        best = min(same, key=lambda method: results.mean(method, "relative_error"))
        seconds = number(results.mean(best, "fit_seconds", "train"), digits=2)
        room = size(results.mean(best, "stored_bytes", "train"))
        error = number(results.mean(best, "relative_error"), digits=2)
        parts.append(f"{_called(best)} stores {room}, fits in {seconds} s, error {error}")
    return f"Most accurate of each kind: {'; '.join(parts)}."


def same_bytes(results: Results) -> str:
    """What POD does with the bytes of the best network; nothing where there is none, or POD's curve
    is not known.
    """
    stored, errors = stored_curve(results)
    networks = [method for method in results.methods if reducer_class(method.reducer).has_epochs]
    if not networks or not len(errors):
        return ""
    best = min(networks, key=lambda method: results.mean(method, "relative_error"))
    room = results.mean(best, "stored_bytes", "train")
    error = results.mean(best, "relative_error")
    said = (
        f"{_called(best)} has a test error of {number(error)}, {_needed(error, errors)}. It stores"
        f" {size(room)}; "
    )
    modes = int((stored <= room).sum())
    if not modes:
        return f"{said}POD stores more with one mode."
    at_most = " or more" if modes == len(errors) else ""
    return (
        f"{said}for the same bytes POD holds {count(modes, 'mode')}{at_most} and has"
        f" {number(errors[modes - 1])}."
    )


def _needed(error: float, errors: np.ndarray) -> str:
    """How many modes POD needs for an error."""
    enough = np.flatnonzero(errors <= error)
    if len(enough):
        return f"for which POD needs {count(int(enough[0]) + 1, 'mode')}"
    return f"which POD does not reach with {count(len(errors), 'mode')}"


def _called(method: Method) -> str:
    return f"{method.name} with {count(method.n_components, 'latent')}"
