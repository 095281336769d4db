"""The tables of a report, as text ready to print."""

from __future__ import annotations

import numpy as np

from rom.evaluation.results import differences_of
from rom.metrics import convert_beta
from rom.report.results import Results
from rom.report.table import START, Table, by_size, start
from rom.report.tables_errors import other_measures, single_snapshots
from rom.report.tables_factors import factors
from rom.report.tables_independence import controls, correlation, dependence
from rom.report.tables_number import number_of_latents
from rom.report.tables_seeds import agreement, differences
from rom.report.tables_snapshots import snapshots
from rom.report.tables_splits import learning, splits
from rom.report.tables_tuning import tuned
from rom.report.words import MISSING, integer, mean_sd, number, percent, size, with_unit


def tables(results: Results) -> list[Table]:
    """All tables of the results, none without a finished run."""
    if not results.methods:
        return []
    found = [accuracy(results), number_of_latents(results), single_snapshots(results), other_measures(results)]
    found.append(correlation(results))
    if results.sizes[-1] > 1:
        found += [dependence(results), controls(results)]
    if any(len(method.runs) > 1 for method in results.methods):
        found.append(agreement(results))
    if any(results.values(method, "factor_score[informativeness]").size for method in results.methods):
        found.append(factors(results))
    paired = differences_of(results.store)
    found += [differences(results, paired, k) for k in results.shown_sizes if (paired.n_components == k).any()]
    found += snapshots(results)
    found += [*splits(results), *learning(results), *tuned(results), overfitting(results), cost(results)]
    return found + ([betas(results)] if any(method.beta is not None for method in results.methods) else [])


def accuracy(results: Results) -> Table:
    """Reconstruction of the test part."""
    units = dict(zip(results.layout.variables, results.layout.units, strict=True))
    heads = [*START, "relative error", "energy captured (%)", *(with_unit(f"RMSE {v}", u) for v, u in units.items())]
    rows = []
    for method in by_size(results):
        row = [mean_sd(results.values(method, "relative_error"))]
        row.append(percent(results.values(method, "energy_captured"), unit=False))
        row += [mean_sd(results.values(method, f"rmse_variable[{name}]")) for name in units]
        rows.append(start(results, method) + row)
    note = f"{results.n('test')} held-out snapshots; mean ± standard deviation over seeds. RMSE: root mean square."
    return Table("Reconstruction of the held-out snapshots", heads, rows, note)


def overfitting(results: Results) -> Table:
    """Energy captured on the training and on the test part."""
    heads = [*START, "training (%)", "test (%)", "training − test (points)"]
    with_pod = results.pod is not None
    heads += ["POD modes for equal energy"] if with_pod else []
    rows = []
    for method in by_size(results):
        train, test = (results.values(method, "energy_captured", part) for part in ("train", "test"))
        gap = mean_sd(100 * (train - test), digits=2) if train.size == test.size else MISSING
        row = [percent(train, unit=False), percent(test, unit=False), gap]
        row += [_modes_needed(results, results.mean(method, "energy_captured", "train"))] if with_pod else []
        rows.append(start(results, method) + row)
    sizes = f"{results.n('train')} training and {results.n('test')} test snapshots"
    note = f"{sizes}; a large difference is overfitting."
    note += " Last column: how many POD modes capture as much of the training data." if with_pod else ""
    return Table("Energy captured on training and test data", heads, rows, note)


def _modes_needed(results: Results, energy: float) -> str:
    """How many POD modes capture as much of the training data."""
    assert results.pod is not None
    squares = np.square(results.model(results.pod.runs[0]).reducer.spectrum_.astype(float))
    reached = np.flatnonzero(np.cumsum(squares) / squares.sum() >= energy - 1e-6)
    return str(reached[0] + 1) if len(reached) and energy > 0 else "0" if energy <= 0 else MISSING


def cost(results: Results) -> Table:
    """Time and size."""
    heads = [*START, "fit (s)", "encode (ms per snapshot)", "decode (ms per snapshot)", "parameters", "stored"]
    n = results.size("test")
    rows = []
    for method in by_size(results):
        row = [mean_sd(results.values(method, "fit_seconds", "train"))]
        row += [mean_sd(1000 * results.values(method, f"{verb}_seconds") / n) for verb in ("encode", "decode")]
        row.append(integer(results.mean(method, "n_parameters", "train")))
        row.append(size(results.mean(method, "stored_bytes", "train")))
        rows.append(start(results, method) + row)
    note = "Times include the preprocessing, on the machine named above; runs at the same time share its cores."
    return Table("Cost", heads, rows, note)


def betas(results: Results) -> Table:
    """Every beta in the conventions of other papers."""
    heads = ["method", "latents", "τ", "energy share", "β, error averaged", "β, error and KL averaged", "β norm"]
    sizes = {"n_features": results.study["data"]["n_valid_features"], "total_variance": results.total_variance}
    names = ("tau", "energy_share", "mean/sum", "mean/mean", "beta_norm")
    rows = []
    for method in (method for method in by_size(results) if method.beta is not None):
        beta, k = results.beta_in_force(method), method.n_components
        values = [MISSING] * len(names)
        if np.isfinite(beta):
            values = [number(convert_beta(beta, "sum/sum", name, n_components=k, **sizes)) for name in names]
        rows.append([method.name, str(k), *values])
    note = (
        "The same weight of the KL divergence, at the end of the training, as other papers would give it. τ = β / 2; "
        f"energy share: τ over the total variance ({number(results.total_variance)}); β of a loss with the squared "
        "error averaged over values (and the KL over latents); β norm of Higgins et al.: τ · latents / values. "
        f"{MISSING}: with a capacity β is not used."
    )
    return Table("The weight β in other conventions", heads, rows, note)
