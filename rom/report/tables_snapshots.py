"""Which methods differ on the test snapshots, those without seeds too."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rom.evaluation.snapshots import snapshot_differences
from rom.report.results import Results
from rom.report.table import Table
from rom.report.words import MISSING, count, method_name, number


def snapshots(results: Results) -> list[Table]:
    """Differences of the test errors over the snapshots, for each shown number of latents."""
    found = snapshot_differences(results.store)
    sizes = [k for k in results.shown_sizes if (found.n_components == k).any()]
    return [_over_snapshots(results, found[found.n_components == k], k) for k in sizes]


def _over_snapshots(results: Results, found: pd.DataFrame, k: int) -> Table:
    heads = ["pair", "difference of the relative error", "95 % interval", "p, corrected", "verdict"]
    rows, reasons = [], []
    for row in found.to_dict("records"):
        names = [
            method_name(row[one], None if np.isnan(row[beta]) else row[beta], results.digits)
            for one, beta in (("reducer", "beta"), ("other", "other_beta"))
        ]
        interval = f"{number(row['low'])} to {number(row['high'])}" if np.isfinite(row["low"]) else MISSING
        p = number(row["p_holm"]) if np.isfinite(row["p_holm"]) else MISSING
        rows.append([" − ".join(names), number(row["difference"]), interval, p, str(row["verdict"])])
        reasons += [row["reason"]] if row["reason"] else []
    why = f" {MISSING}: {reasons[0]}." if reasons else ""
    note = (
        "Both methods on the same test snapshots, squared errors averaged over the seeds; blocks of snapshots are "
        "drawn for both at once (paired moving-block bootstrap, Künsch 1989), p values corrected over all pairs and "
        "sizes (Holm). Significant: on other snapshots like these the sign would be the same. It knows nothing of "
        f"other training snapshots: for those compare with --splits 5.{why}"
    )
    return Table(f"Differences on the same test snapshots, {count(k, 'latent')}", heads, rows, note, words=True)
