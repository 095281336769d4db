"""How well the test snapshots are reconstructed, in every measure, and on the training set."""

from __future__ import annotations

import numpy as np

from rom.evaluation.accumulate import why_no_bands
from rom.report.tables.table import (
    Column,
    Table,
    by_size,
    cells,
    columns_of,
    interval,
    measured,
    names,
)
from rom.results import Method, Results
from rom.results.words import MISSING, integer, mean_sd, number


def accuracy(results: Results) -> Table:
    """Reconstruction of the test set."""
    methods = by_size(results)
    note = f"{results.n('test')} test snapshots; mean ± standard deviation over seeds."
    columns = [*names(results, methods), *columns_of(results, methods, "accuracy")]
    return Table("Reconstruction of the test set", columns, note)


def single_snapshots(results: Results) -> Table:
    """The interval of the relative error, and the errors of the middle and the worst snapshots."""
    methods = by_size(results)
    columns = [
        *names(results, methods),
        measured(results, methods, "relative_error"),
        cells("95 % interval", methods, lambda method: _interval(results, method)),
        cells("n_eff", methods, lambda method: integer(_mean(results, method, "n_eff"))),
        *columns_of(results, methods, "snapshots"),
    ]
    several = " (means over the seeds)" if any(len(m.runs) > 1 for m in results.methods) else ""
    note = (
        f"Interval{several}: how far the pooled error depends on which snapshots are in the test"
        " set, by a bootstrap of blocks of snapshots. It is not the scatter over seeds. n_eff:"
        f" effective sample size of the {results.n('test')} test snapshots. The last columns are"
        " errors of single snapshots, each relative to its own distance from the training mean."
    )
    reason = results.reason("relative_error", "low")
    note += f" {MISSING}: {reason}." if reason else ""
    return Table("Errors of single snapshots, and how certain the pooled error is", columns, note)


def other_measures(results: Results) -> Table:
    """NRMSE and VRMSE; SSIM, errors by wavenumber and the energy of sampled latents if measured."""
    methods = by_size(results)
    columns = [*names(results, methods), *columns_of(results, methods, "other measures")]
    note = "Measures of other studies, for comparison with them; their definitions are below."
    if missing := why_no_bands(results.layout):
        note += f" There are no errors by wavenumber: {missing}."
    info = results.store.run_info(results.methods[0].runs[0])
    if "data_range" in info:
        note += f" SSIM has the data range {number(info['data_range'])}."
    return Table("Reconstruction in other measures", columns, note)


def overfitting(results: Results) -> Table:
    """Energy captured of the training set and of the test set."""
    methods = by_size(results)
    columns = [*names(results, methods)]
    for part, head in (("train", "training set (%)"), ("test", "test set (%)")):
        columns.append(measured(results, methods, "energy_captured", part=part, head=head))
    columns.append(cells("difference (points)", methods, lambda method: _gap(results, method)))
    note = (
        f"{results.n('train')} training and {results.n('test')} test snapshots. A large difference"
        " is overfitting."
    )
    if results.pod is not None:
        columns.append(_equal_modes(results, methods))
        note += " Last column: how many POD modes capture as much of the training set."
    return Table("Energy captured of the training set and of the test set", columns, note)


def _equal_modes(results: Results, methods: list[Method]) -> Column:
    modes = [results.equal_modes(results.mean(m, "energy_captured", "train")) for m in methods]
    text = [MISSING if count is None else str(count) for count in modes]
    return Column("POD modes for equal energy", text)


def _gap(results: Results, method: Method) -> str:
    train, test = (results.values(method, "energy_captured", part) for part in ("train", "test"))
    return mean_sd(100 * (train - test), digits=2) if train.size == test.size else MISSING


def _interval(results: Results, method: Method) -> str:
    return interval(_mean(results, method, "low"), _mean(results, method, "high"))


def _mean(results: Results, method: Method, column: str) -> float:
    values = results.values(method, "relative_error", column=column)
    return float(values.mean()) if values.size else np.nan
