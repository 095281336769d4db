"""What every table of a report is made of."""

from __future__ import annotations

from dataclasses import dataclass

from rom.report.results import Method, Results
from rom.report.words import MISSING

START = ["method", "latents", "seeds"]


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
