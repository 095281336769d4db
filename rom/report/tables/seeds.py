"""The tables about the seeds: do they find the same latents, is a difference between methods more
than the scatter of the seeds?
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from rom.measures import METRICS
from rom.metrics.seeds import ENOUGH_SEEDS, consistency, subspace_angles
from rom.report.tables.table import Column, Table, by_size, cells, measured, names
from rom.results import Method, Results
from rom.results.words import MISSING, count, number

#: Pairs of methods in the table of differences; the rest is in differences.csv.
MOST_PAIRS = 10
#: Column `metric` of differences.csv -> the measure that it is.
SHOWN = {
    "relative_error": "relative_error",
    "det_correlation_active": "det_correlation",
    "distance_correlation_active[mean]": "distance_correlation",
    "informational_correlation_active[mean]": "informational_correlation",
}


def agreement(results: Results) -> Table:
    """Whether the seeds of a method find the same latents."""
    methods = [method for method in by_size(results) if len(method.runs) > 1]
    columns = [
        *names(results, methods),
        cells(
            "matched correlation", methods, lambda method: _of_seeds(results, method, consistency)
        ),
        cells("largest angle (°)", methods, lambda method: _of_seeds(results, method, _angle)),
        measured(
            results,
            methods,
            "rank_agreement",
            key="ablation",
            head="latents in order of energy agree",
        ),
    ]
    note = (
        "Matched correlation (MCC): mean |r| of the latents of two seeds after the best one-to-one"
        " matching, over all pairs of seeds: 1 if all found the same latents up to order, sign and"
        " scale. Largest angle between what the latents of two seeds span: small with a low MCC"
        f" means the same plane with other axes. {MISSING}: the seeds have different numbers of"
        " active latents. Last column: Spearman's correlation of the greedy order of the latents"
        " with that by what is lost without each."
    )
    return Table("Do the seeds find the same latents?", columns, note)


def _of_seeds(
    results: Results, method: Method, function: Callable[[list[np.ndarray]], float]
) -> str:
    """A function of the seeds' active latents; a dash where they have different numbers of them."""
    latents = [results.active_latents(run) for run in method.runs]
    same = len({Z.shape[1] for Z in latents}) == 1 and latents[0].shape[1] > 0
    return number(function(latents)) if same else MISSING


def _angle(latents: list[np.ndarray]) -> float:
    """The largest angle between what two seeds span, in degrees, mean over the pairs of seeds."""
    pairs = combinations(latents, 2)
    return float(
        np.degrees(np.mean([subspace_angles(first, second).max() for first, second in pairs]))
    )


def differences(results: Results, found: pd.DataFrame, k: int) -> Table:
    """Paired differences of the methods with k latents."""
    found = found[(found.n_components == k) & found.metric.isin(SHOWN)]
    pairs = list(
        found[["reducer", "beta", "other", "other_beta"]]
        .drop_duplicates()
        .itertuples(index=False, name=None)
    )
    shown = pairs[:MOST_PAIRS]
    # by `_equal`, not as a key: the beta of POD is NaN, which equals nothing
    frames = [found[_equal(found, pair)].set_index("metric") for pair in shown]

    labels = [f"{results.name(pair[:2])} − {results.name(pair[2:])}" for pair in shown]
    columns = [Column("pair", labels)]
    for metric, measure in SHOWN.items():
        columns.append(Column(METRICS[measure].label, [_difference(of, metric) for of in frames]))

    # the largest: a measure that is not defined for a pair counts none
    seeds = int(found.seeds.max()) if len(found) else 0
    few = ""
    if seeds < ENOUGH_SEEDS:
        few = (
            f" With {count(seeds, 'seed')} even a * is an indication only: a ranking needs at least"
            f" {ENOUGH_SEEDS} seeds."
        )
    left = (
        f" {len(pairs) - MOST_PAIRS} more pairs are in differences.csv."
        if len(pairs) > MOST_PAIRS
        else ""
    )

    note = (
        "Mean difference over the seeds, each seed of one method compared with the same seed of the"
        " other, with its 95 % t interval. *: more than the seeds scatter, at 5 % after Holm’s"
        " correction over all pairs and latent sizes of the metric. It says nothing of other"
        f" snapshots. No interval: nothing varies.{few}{left}"
    )
    return Table(f"Differences over the seeds, {count(k, 'latent')}", columns, note)


def _difference(of: pd.DataFrame, metric: str) -> str:
    row = of.loc[metric].to_dict() if metric in of.index else {"difference": np.nan}
    if not np.isfinite(row["difference"]):
        return MISSING
    text = number(row["difference"])
    if np.isfinite(row["low"]):
        text += f" [{number(row['low'])}, {number(row['high'])}]"
    return text + (" *" if str(row["verdict"]).startswith("beyond") else "")


def _equal(found: pd.DataFrame, pair: tuple) -> pd.Series:
    reducer, beta, other, other_beta = pair
    same = (found.reducer == reducer) & (found.other == other)
    for column, value in (("beta", beta), ("other_beta", other_beta)):
        same &= found[column].isna() if pd.isna(value) else found[column] == value
    return same
