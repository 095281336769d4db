"""The tables about the seeds: do they find the same latents, is a difference between methods more than chance?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd

from rom.metrics import ENOUGH_SEEDS, consistency, subspace_angles
from rom.report.results import Results
from rom.report.table import START, Table, by_size, start
from rom.report.tables_independence import DISTANCE, INFORMATION
from rom.report.words import MISSING, count, mean_sd, number

#: Pairs of methods in the table of differences; the rest is in differences.csv.
MOST_PAIRS = 10


def agreement(results: Results) -> Table:
    """Whether the seeds of a method find the same latents."""
    heads = [*START, "matched correlation", "largest angle (°)", "latents in order of energy agree"]
    rows = []
    for method in (method for method in by_size(results) if len(method.runs) > 1):
        latents = [results.active_latents(run) for run in method.runs]
        same = len({Z.shape[1] for Z in latents}) == 1 and latents[0].shape[1] > 0
        row = [number(consistency(latents)), number(_angle(latents))] if same else [MISSING, MISSING]
        row.append(mean_sd(results.values(method, "rank_agreement[ablation]")))
        rows.append(start(results, method) + row)
    note = (
        "Matched correlation (MCC): mean |r| of the latents of two seeds after the best one-to-one matching, over all "
        "pairs of seeds: 1 if all found the same latents up to order, sign and scale. Largest angle between what the "
        f"latents of two seeds span: small with a low MCC means the same plane with other axes. {MISSING}: the seeds "
        "have different numbers of active latents. Last column: Spearman's correlation of the greedy order of the "
        "latents with that by what is lost without each."
    )
    return Table("Do the seeds find the same latents?", heads, rows, note)


def _angle(latents: list[np.ndarray]) -> float:
    """The largest angle between what two seeds span, in degrees, mean over the pairs of seeds."""
    pairs = combinations(latents, 2)
    return float(np.degrees(np.mean([subspace_angles(first, second).max() for first, second in pairs])))


def differences(results: Results, found: pd.DataFrame, k: int) -> Table:
    """Paired differences of the methods with k latents."""
    metrics = {
        "relative_error": "relative error",
        "det_correlation_active": "det R",
        DISTANCE.format("_active"): "distance correlation",
        INFORMATION.format("_active"): "informational correlation",
    }
    found = found[(found.n_components == k) & found.metric.isin(metrics)]
    pairs = list(found[["reducer", "beta", "other", "other_beta"]].drop_duplicates().itertuples(index=False, name=None))
    rows = []
    for pair in pairs[:MOST_PAIRS]:
        names = [results.name(pair[:2]), results.name(pair[2:])]
        of = found[_equal(found, pair)].set_index("metric")
        rows.append([f"{names[0]} − {names[1]}", *(_difference(of, metric) for metric in metrics)])
    seeds = int(found.seeds.max()) if len(found) else 0
    few = "" if seeds >= ENOUGH_SEEDS else (
        f" With {count(seeds, 'seed')} even a * is an indication only: a ranking is claimed from {ENOUGH_SEEDS} seeds "
        "on."
    )  # fmt: skip
    left = f" {len(pairs) - MOST_PAIRS} more pairs are in differences.csv." if len(pairs) > MOST_PAIRS else ""
    note = (
        "Mean difference over the seeds, each seed of one method beside the same seed of the other, with its 95 % t "
        "interval. *: more than the seeds scatter, at 5 % after Holm’s correction over all pairs and latent sizes of "
        f"the metric. It says nothing of other snapshots. No interval: nothing varies.{few}{left}"
    )
    return Table(f"Differences over the seeds, {count(k, 'latent')}", ["pair", *metrics.values()], rows, note)


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
