"""Which methods differ on the test snapshots, those without seeds too."""

from __future__ import annotations

import pandas as pd

from rom.report.tables.table import Table, pairs
from rom.results import Results
from rom.results.words import MISSING, count


def snapshots(results: Results) -> list[Table]:
    """Differences of the test errors over the snapshots, for each shown number of latents."""
    found = results.snapshot_differences
    sizes = [k for k in results.shown_sizes if (found.n_components == k).any()]
    return [_over_snapshots(results, found[found.n_components == k], k) for k in sizes]


def _over_snapshots(results: Results, found: pd.DataFrame, k: int) -> Table:
    reasons = [reason for reason in found.reason if reason]
    why = f" {MISSING}: {reasons[0]}." if reasons else ""
    note = (
        "Both methods on the same test snapshots, squared errors averaged over the seeds; blocks"
        " of snapshots are drawn for both at once (paired moving-block bootstrap, Künsch 1989), p"
        " values corrected over all pairs and sizes (Holm). Significant: on other snapshots like"
        " these the sign would be the same. It knows nothing of other training snapshots: for"
        f" those compare with --splits 5.{why}"
    )
    return Table(
        f"Differences on the same test snapshots, {count(k, 'latent')}",
        pairs(results, found),
        note,
    )
