"""The tables of a report, by section."""

from __future__ import annotations

from rom.evaluation.results import differences_of
from rom.report.tables.accuracy import accuracy, other_measures, overfitting, single_snapshots
from rom.report.tables.cost import betas, cost
from rom.report.tables.factors import factors
from rom.report.tables.independence import controls, correlation, dependence
from rom.report.tables.number import number_of_latents
from rom.report.tables.seeds import agreement, differences
from rom.report.tables.snapshots import snapshots
from rom.report.tables.splits import learning, splits
from rom.report.tables.table import Table
from rom.report.tables.tuning import tuned
from rom.results import Results


def accuracy_tables(results: Results) -> list[Table]:
    """How well the data are reconstructed."""
    return [accuracy(results), single_snapshots(results), other_measures(results)]


def latent_tables(results: Results) -> list[Table]:
    """How many latents, how they depend on each other and on known parameters."""
    found = [number_of_latents(results), correlation(results)]
    if results.sizes[-1] > 1:
        found += [dependence(results), controls(results)]
    if any(len(method.runs) > 1 for method in results.methods):
        found.append(agreement(results))
    if (results.table.measure == "factor_score").any():
        found.append(factors(results))
    return found


def difference_tables(results: Results) -> list[Table]:
    """Which methods differ, over snapshots, splits and seeds; are there enough snapshots."""
    paired = differences_of(results.store)
    sizes = [k for k in results.shown_sizes if (paired.n_components == k).any()]
    over_seeds = [differences(results, paired, k) for k in sizes]
    return [*snapshots(results), *splits(results), *over_seeds, *learning(results)]


def beta_tables(results: Results) -> list[Table]:
    """The weight of the KL divergence."""
    return [betas(results)] if any(method.beta is not None for method in results.methods) else []


def training_tables(results: Results) -> list[Table]:
    """What was learned, and what tuning gains."""
    return [overfitting(results), *tuned(results)]


def cost_tables(results: Results) -> list[Table]:
    """Time and size."""
    return [cost(results)]
