"""What every table of a report is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rom.report.results import Method, Results
from rom.report.words import MISSING, number

START = ["method", "latents", "seeds"]
#: Of tables of tested differences, a pair of methods in each row.
PAIR = ["pair", "difference of the relative error", "95 % interval", "p, corrected", "verdict"]


@dataclass(frozen=True)
class Table:
    """A caption, column heads and rows of text; the first column names the row, with `words` the last one is text."""

    title: str
    heads: list[str]
    rows: list[list[str]]
    note: str = ""
    words: bool = False


def by_size(results: Results) -> list[Method]:
    """Methods sorted by latent size, in the study's order within one."""
    return [method for k in results.sizes for method in results.at(k)]


def start(results: Results, method: Method) -> list[str]:
    """The cells below START."""
    return [method.name, str(method.n_components), str(len(method.runs)) if results.has_seeds(method) else MISSING]


def pairs(results: Results, found: pd.DataFrame) -> list[list[str]]:
    """The cells below PAIR, of rows with reducer, beta, other, other_beta, difference, low, high, p_holm, verdict."""
    rows = []
    for row in found.to_dict("records"):
        names = f"{results.name((row['reducer'], row['beta']))} − {results.name((row['other'], row['other_beta']))}"
        interval = f"{number(row['low'])} to {number(row['high'])}" if np.isfinite(row["low"]) else MISSING
        p = number(row["p_holm"]) if np.isfinite(row["p_holm"]) else MISSING
        rows.append([names, number(row["difference"]), interval, p, str(row["verdict"])])
    return rows
