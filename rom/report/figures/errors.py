"""When and where reconstructions are wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from rom import plot
from rom.plot._error_over_time import errors_of
from rom.plot._series import time_series
from rom.plot._view import View
from rom.report.figures.style import Plot, figure_of
from rom.report.figures.wording import MOST_NAMED, median_seed, sentences
from rom.results import Results
from rom.results.words import count, listing, number

#: Variables that are mapped: the first ones.
MAPPED = 2


def errors_over_time(results: Results) -> Iterator[Plot]:
    """The relative error of each test snapshot over time, at the largest latent size."""
    times, methods = results.times(), results.at(results.sizes[-1])
    known = [errors_of(results, method) for method in methods]
    if times is None or any(errors is None for errors in known):
        return
    _, note = time_series(times, results.trajectories())
    several = max(len(method.runs) for method in methods) > 1
    ranges = [
        f"{method.name} {number(errors.mean(axis=0).min(), digits=2)} to"
        f" {number(errors.mean(axis=0).max(), digits=2)}"
        for method, errors in zip(methods[:MOST_NAMED], known, strict=False)
        if errors is not None
    ]
    yield Plot(
        "errors-time",
        f"Error of each test snapshot over time, {count(results.sizes[-1], 'latent')}",
        sentences(
            f"Relative error of each of the {results.n('test')} test snapshots, in the weighted and"
            " scaled norm: error over distance from the mean of the training set.",
            "Lines are means over the seeds. Bands reach from the least to the largest." * several,
            "A snapshot near the mean has a large relative error even where its error is small.",
            note,
        ),
        figure_of(plot.error_over_time(results)),
        f"Range of the relative error over the test snapshots: {listing(ranges)}.",
    )


def error_maps(results: Results) -> Iterator[Plot]:
    """The root mean square error of each cell over the test snapshots."""
    view, layout = View(results.layout), results.layout.pack()
    methods = results.at(results.sizes[-1])
    rows = [results.store.error_map(results.median_run(method)) for method in methods]
    if any(row is None for row in rows):
        return
    fields = layout.to_fields(np.stack([row for row in rows if row is not None]))
    for j, variable in enumerate(layout.variables[:MAPPED]):
        largest = [
            f"{method.name} {number(float(np.nanmax(field)), digits=2)}"
            for method, field in zip(methods[:MOST_NAMED], fields[:, j], strict=False)
        ]
        yield Plot(
            f"error-map-{j + 1}",
            f"Where the error is, {count(results.sizes[-1], 'latent')}: {variable}",
            sentences(
                f"Root mean square error of {variable} over the {results.n('test')} test snapshots,"
                " cell by cell.",
                median_seed(methods),
                "All panels have one scale of colours. Grey: no data." * view.is_image,
                view.note,
            ),
            figure_of(plot.error_map(results, j)),
            f"Largest root mean square error of {variable}: {listing(largest)}.",
        )
