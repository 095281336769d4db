"""The table of latents and known parameters: scores, and which latent follows which parameter."""

from __future__ import annotations

import numpy as np

from rom.evaluation.factors import usable_parameters
from rom.report.tables.table import Column, Table, by_size, measured, names
from rom.results import Method, Results
from rom.results.words import MISSING, latent, listing

SCORES = {
    "mutual_information_gap": "MIG",
    "separation": "SAP",
    "disentanglement": "disentanglement",
    "completeness": "completeness",
    "modularity": "modularity",
    "informativeness": "informativeness",
}
#: Rank correlation from which a latent is said to follow a parameter.
FOLLOWS = 0.8


def factors(results: Results) -> Table:
    """Scores of the active latents against the parameters, and what each latent of the median run
    follows.
    """
    methods = by_size(results)
    columns = names(results, methods)
    for key, head in SCORES.items():
        columns.append(measured(results, methods, "factor_score", key=key, head=head))
    said = [followed(results, method) for method in methods]
    columns.append(Column("each latent follows", said, words=True))
    parameters = listing(list(usable_parameters(results.parameters())))
    note = (
        f"Active latents against {parameters} on the test snapshots, 0 to 1. MIG, SAP: how far the"
        " best latent of a parameter is ahead of the second best, by mutual information and by"
        " squared correlation. Disentanglement: each latent serves one parameter; completeness:"
        " each parameter is served by one latent; informativeness: R² of the parameters predicted"
        " from the latents (gradient-boosted trees). Modularity: each latent has information on"
        " one parameter. Last column: rank correlation in the seed with the median error, where it"
        f" is {FOLLOWS:g} or more."
    )
    return Table("Latents and known parameters", columns, note)


def followed(results: Results, method: Method) -> str:
    """Which parameter each active latent follows, e.g. ``z₂: pressure (0.97)``."""
    run = results.median_run(method)
    names = list(usable_parameters(results.parameters()))
    said = []
    for i in results.order(run)[: len(results.store.run_info(run)["active"])]:
        found = [results.value_of(run, "factor_correlation", key=f"{i},{name}") for name in names]
        if np.isfinite(found).any():
            best = int(np.nanargmax(np.abs(found)))
            if abs(found[best]) >= FOLLOWS:
                said.append(f"{latent(i)}: {names[best]} ({abs(found[best]):.2f})")
    return ", ".join(said) or MISSING
