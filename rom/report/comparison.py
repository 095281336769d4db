"""Comparison: the results of a comparison, as Python users see them."""

from __future__ import annotations

import shutil
import weakref
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from rom.evaluation.cautions import cautions
from rom.evaluation.collapse import collapses
from rom.evaluation.convergence import audit as audited
from rom.evaluation.convergence import headline
from rom.evaluation.learning import learning_curve as errors_by_snapshots
from rom.evaluation.results import differences_of
from rom.evaluation.snapshots import snapshot_differences
from rom.evaluation.splits import split_differences
from rom.evaluation.tuning import tuning as found_by_tuning
from rom.report.tables.formats import latex, markdown
from rom.report.tables.overview import overview
from rom.report.verdict import Verdict
from rom.report.verdict import verdict as decide
from rom.results import Results
from rom.results.boundary import showing
from rom.strings import visible
from rom.study.lock import locked
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


class Comparison:
    """The results of a comparison: a view of its run store.

    Attributes
    ----------
    path : Path of the store
    table : DataFrame, tidy: one row per run, split and metric
    differences : DataFrame, paired differences of the methods over the seeds, see
        :func:`rom.evaluation.differences.differences`
    snapshot_differences : DataFrame, the same over the test snapshots, see
        :func:`rom.evaluation.snapshots.snapshot_differences`
    split_differences : DataFrame, the same over several splits, see
        :func:`rom.evaluation.splits.split_differences`
    learning_curve : DataFrame, see :func:`rom.evaluation.learning.learning_curve`
    tuning : DataFrame, what tuning found, see :func:`rom.evaluation.tuning.tuning`
    verdict : :class:`rom.report.verdict.Verdict`, what to use, why, and how sure that is
    failures : dict of run id to reason
    warnings : list of str: training runs that are not at their optimum, what speaks against the
        errors,
        methods with
        latents that are switched off, and what to do
    """

    def __init__(self, store: Store, *, temporary: bool = False) -> None:
        self.store = store
        self.path = store.path
        if temporary:  # the folder lives as long as its results are in use
            weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)

    @property
    def table(self) -> pd.DataFrame:
        with showing(self.store):
            return self.store.table()

    @property
    def differences(self) -> pd.DataFrame:
        with showing(self.store):
            return differences_of(self.store)

    @property
    def snapshot_differences(self) -> pd.DataFrame:
        with showing(self.store):
            return snapshot_differences(self.store)

    @property
    def split_differences(self) -> pd.DataFrame:
        with showing(self.store):
            return split_differences(self.store)

    @property
    def learning_curve(self) -> pd.DataFrame:
        with showing(self.store):
            return errors_by_snapshots(self.store)

    @property
    def tuning(self) -> pd.DataFrame:
        with showing(self.store):
            return found_by_tuning(self.store)

    @property
    def failures(self) -> dict[str, str]:
        return self.store.failures()

    @property
    def warnings(self) -> list[str]:
        """What the audit found of the training runs; a test set too near to the training set, or
        too far from it; latents that are switched off, and why.
        """
        with showing(self.store):
            findings = audited(self.store)
            said = [headline(findings)] if findings else []
            said += [f"{found.label}: {found.text}; {found.advice}" for found in findings]
            said += [f"split: {text}" for text in cautions(self.store)]
            return said + [f"{found.label}: {found.text}" for found in collapses(self.store)]

    @property
    def verdict(self) -> Verdict:
        return decide(self.store)

    def decide(self, *, goal: str | None = None, tolerance: float | None = None) -> Verdict:
        """The verdict for another goal or tolerance, see :func:`rom.report.verdict.verdict`."""
        return decide(self.store, goal=goal, tolerance=tolerance)

    def summary(self) -> str:
        """The verdict and the one table of the comparison, as text."""
        return f"{self.verdict}\n\n{self.to_markdown()}"

    def to_markdown(self) -> str:
        """Every method and number of latents: error, energy, POD modes, independence, time."""
        with showing(self.store):
            return markdown(overview(Results(self.store)))

    def to_latex(self) -> str:
        """The same as a LaTeX tabular, with the rules of the package booktabs."""
        with showing(self.store):
            return latex(overview(Results(self.store)))

    def __repr__(self) -> str:
        return f"<Comparison in {visible(str(self.path))}>\n{self.verdict}"

    def _repr_html_(self) -> str:
        with showing(self.store):
            columns = overview(Results(self.store)).columns
        cells = {visible(column.head): list(map(visible, column.cells)) for column in columns}
        import pandas as pd

        table = pd.DataFrame(cells).to_html(index=False)
        return f"{self.verdict._repr_html_()}{table}"

    def report(self, path: str | Path | None = None, *, jobs: int = 1) -> Path:
        """Write report.html, report.md and figures/ into a folder, by default the store; returns
        the page. With ``jobs`` > 1 several processes draw the figures.
        """
        from rom.report.page.write import (
            write_report,
        )  # now: it brings matplotlib, which the runs do not need

        folder = self.path if path is None else Path(path)
        with locked(self.path) if folder == self.path else nullcontext():
            return write_report(self.store, folder, jobs=jobs)
