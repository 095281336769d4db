"""The one table of a comparison: each method with each number of latents in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rom.report.candidates import Candidate, pod_curve, pod_modes
from rom.report.dependence import dependence_of
from rom.report.tables.table import Column, Table, by_size
from rom.results import Method, Results
from rom.results.words import MISSING, mean_sd, percent

if TYPE_CHECKING:
    import pandas as pd

#: Marks the lowest error of a number of latents where it differs from all others significantly.
BEST = " *"


def overview(results: Results) -> Table:
    """Method, latents, error, energy, POD modes for this error, independent?, time of the fit."""
    methods = by_size(results)
    best = significantly_best(results)
    errors = [results.mean(method, "relative_error") for method in methods]
    energy = [results.mean(method, "energy_captured") for method in methods]
    times = [results.mean(method, "fit_seconds", "train") for method in methods]
    curve = pod_curve(results)
    modes = [pod_modes(curve, error) for error in errors]
    answers = [dependence_of(results, method) for method in methods]
    error_cells = [
        mean_sd(100 * results.values(method, "relative_error")) + (BEST if method in best else "")
        for method in methods
    ]
    columns = [
        Column("method", [method.name for method in methods]),
        Column(
            "latents", [str(m.n_components) for m in methods],
            values=[m.n_components for m in methods],
        ),
        Column("error (%)", error_cells, "Relative error of the test set, in percent.", errors),
        Column(
            "energy (%)",
            [percent(results.values(m, "energy_captured"), unit=False) for m in methods],
            "Energy captured of the test set.", energy,
        ),
        Column(
            "POD modes", [_modes(one, curve) for one in modes],
            "POD modes that have no larger error on the test set.",
            [np.nan if one is None else one.n_components for one in modes],
        ),
        Column(
            "independent?", [found.word for found in answers],
            "Of the active latents on the test set. Yes: no dependence found at 5 % (weak: the"
            " effective sample size is below 30); no: dependent; cannot tell: the effective sample"
            " size is below ten.",
        ),
        Column("fit (s)", [mean_sd(results.values(m, "fit_seconds", "train")) for m in methods],
               "Wall-clock time of one fit.", times),
    ]  # fmt: skip
    note = "Mean ± standard deviation over the seeds."
    if best:
        note += (
            " *: significantly the lowest error of this number of latents, on the same test"
            " snapshots."
        )
    if any("energy share" in method.name for method in methods):
        note += (
            " Energy share: in linear theory β switches off the latents that have less than this"
            " share of the variance."
        )
    return Table("Every method and number of latents", columns, note)


def _modes(one: Candidate | None, curve: list[Candidate]) -> str:
    if one is not None:
        return str(one.n_components)
    return f"> {curve[-1].n_components}" if curve else MISSING


def significantly_best(results: Results) -> list[Method]:
    """The method of each number of latents whose error is lower than that of all others, tested."""
    found = results.snapshot_differences
    best = []
    for k in results.sizes:
        at = [m for m in results.at(k) if np.isfinite(results.mean(m, "relative_error"))]
        if len(at) > 1:
            first = min(at, key=lambda method: results.mean(method, "relative_error"))
            if all(_differ(found, first, other) for other in at if other is not first):
                best.append(first)
    return best


def _differ(found: pd.DataFrame, one: Method, other: Method) -> bool:
    for a, b in ((one, other), (other, one)):
        rows = found[(found.n_components == a.n_components) & (found.reducer == a.reducer)]
        rows = rows[
            (rows.other == b.reducer) & _is(rows.beta, a.beta) & _is(rows.other_beta, b.beta)
        ]
        if len(rows):
            return str(rows.verdict.iloc[0]) == "significant"
    return False


def _is(betas: pd.Series, beta: float | None) -> pd.Series:
    return betas.isna() if beta is None else betas == beta
