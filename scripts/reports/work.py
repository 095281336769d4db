"""What a report works with: its comparisons, its figures, and what it says while it runs."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rom.comparison import Comparison, run_study
from rom.report.figures.style import Plot, figure_of
from rom.report.tables.table import Table
from rom.results import Results
from rom.study.config import read_study

HERE = Path(__file__).parent


@dataclass
class Work:
    """One report while it is made.

    Attributes
    ----------
    name : the report's folder in scripts/reports
    out : where its comparisons, figures and page go; what is there already is not done again
    quick : a few steps and seeds, to see that everything runs; networks are then not judged
    answer : the verdict of a report without claims
    texts : titles and what a program printed
    """

    name: str
    out: Path
    quick: bool = False
    answer: str = ""
    plots: list[Plot] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    comparisons: dict[str, Comparison] = field(default_factory=dict)  # those with a page
    started: float = field(default_factory=time.monotonic)

    def compare(
        self, study: str, quick: dict[str, Any] | None = None, *, failures: bool = False,
        page: bool = True, **changes: Any,
    ) -> Comparison:  # fmt: skip
        """The comparison of ``STUDY.toml`` of the report; it resumes.

        Parameters
        ----------
        study : name of a file in the folder of the report, without ending
        quick : entries of the study that a quick run changes, in addition to one seed
        failures : whether runs may fail; what failed has no numbers
        page : whether it gets a page of its own, which the report then links
        changes : entries of the study; several comparisons of one file need a `label`
        """
        path = HERE / self.name / f"{study}.toml"
        label = changes.pop("label", study)
        short = {"seeds": 1} | (quick or {}) if self.quick else {}
        wanted = read_study(path).with_options(changes | short, str(path))
        self.say(f"comparison {label}")
        # not `alone`: pages of earlier comparisons have used OpenMP, which does not survive a fork
        found = run_study(wanted, out=self.out / label, show_progress=True)
        if found.failures and not failures:
            raise RuntimeError(f"{label}: {next(iter(found.failures.values()))}")
        if page and not self.quick:  # which takes as long as the rest of a quick run
            found.report()
            self.comparisons[label] = found
        return found

    def figure(self, name: str, axes: Any, title: str, caption: str, alt: str = "") -> None:
        """Keep a figure for the page."""
        self.plots.append(Plot(name, title, caption, figure_of(axes), alt or title))

    def say(self, text: str) -> None:
        """A line with the time since the start."""
        minutes, seconds = divmod(int(time.monotonic() - self.started), 60)
        print(f"{self.name} {minutes:d}:{seconds:02d}  {text}", flush=True)


def measured(
    comparison: Comparison, reducer: str, k: int, measure: str = "relative_error",
    split: str = "test", *, beta: float | None = None, **where: Any,
) -> float:  # fmt: skip
    """Mean over the seeds of a measure of one method; by default of the test error.

    Parameters
    ----------
    beta : of a beta-VAE; None where there is only one
    where : `key` and `latents`, as in the table of results
    """
    results = Results(comparison.store)
    for method in [*results.methods, *results.controls]:
        same = (method.reducer, method.n_components) == (reducer, k)
        if same and (beta is None or method.beta == beta):
            return results.mean(method, measure, split, **where)
    raise LookupError(f"{comparison.path}: no {reducer} with {k} latents")
