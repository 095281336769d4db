"""What the methods cost, and their weight of the KL divergence in other conventions."""

from __future__ import annotations

import numpy as np

from rom.metrics import convert_beta
from rom.report.tables.table import Column, Table, by_size, columns_of, names
from rom.results import Results
from rom.results.words import MISSING, number

#: Convention of :func:`rom.metrics.convert_beta` -> head of its column.
CONVENTIONS = {
    "tau": "τ",
    "energy_share": "energy share",
    "mean/sum": "β, error averaged",
    "mean/mean": "β, error and KL averaged",
    "beta_norm": "β norm",
}


def cost(results: Results) -> Table:
    """Time and size."""
    methods = by_size(results)
    columns = [*names(results, methods), *columns_of(results, methods, "cost")]
    note = (
        "Times include the preprocessing, on the machine named below; runs at the same time share"
        " its cores."
    )
    return Table("Cost", columns, note)


def betas(results: Results) -> Table:
    """Every beta in the conventions of other papers."""
    methods = [method for method in by_size(results) if method.beta is not None]
    sizes = {
        "n_features": results.study["data"]["n_valid_features"],
        "total_variance": results.total_variance,
    }
    columns = names(results, methods)[:2]
    for convention, head in CONVENTIONS.items():
        text = []
        for method in methods:
            beta, k = results.beta_in_force(method), method.n_components
            known = np.isfinite(beta)
            value = (
                convert_beta(beta, "sum/sum", convention, n_components=k, **sizes) if known else 0
            )
            text.append(number(value) if known else MISSING)
        columns.append(Column(head, text))
    note = (
        "The same weight of the KL divergence, at the end of the training, as other papers would"
        " give it. The loss of a snapshot is Σ (x − x̂)² + β Σ KL, the sums taken over values and"
        " over latents. τ = β / 2; energy share: τ over the total variance"
        f" ({number(results.total_variance)}). In the linear case a latent stays active if its"
        " variance exceeds τ, so the energy share is what compares studies. β of a loss with the"
        " squared error averaged over values (and the KL over latents); β norm of Higgins et al.:"
        f" τ · latents / values. {MISSING}: with a capacity β is not used."
    )
    return Table("The weight β in other conventions", columns, note)
