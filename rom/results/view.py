"""Results: what the tables and figures of a report need from a run store, read once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rom.evaluation.cautions import cautions
from rom.evaluation.collapse import training_eigenvalues
from rom.evaluation.convergence import Finding, audit
from rom.evaluation.snapshots import snapshot_differences
from rom.metrics.trajectories import several
from rom.registry import reducer_class
from rom.results.method import Method
from rom.results.stored import Stored
from rom.results.words import integer, method_name
from rom.study.matrix import Run, short
from rom.study.store import Store

if TYPE_CHECKING:
    import pandas as pd


class Results(Stored):
    """A read-only view of a store; everything is read when it is first needed and kept.

    Attributes
    ----------
    methods : list of Method, in the order of the study
    controls : list of Method that run with them and are not compared (rom.study.config.CONTROLS)
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        betas = {run.beta for run in store.runs() if run.beta is not None}
        #: Significant digits that tell the betas of the study apart.
        self.digits = next(
            (n for n in range(3, 17) if len({short(beta, n) for beta in betas}) == len(betas)), 17
        )
        every = [
            Method(reducer, k, beta, tuple(runs), self.name((reducer, beta)))
            for (reducer, k, beta), runs in store.methods().items()
        ]
        compared = self.study["study"]["reducers"]
        self.methods = [method for method in every if method.reducer in compared]
        self.controls = [method for method in every if method.reducer not in compared]

    # ---- what was compared -----------------------------------------------------------------------

    @property
    def title(self) -> str:
        card = self.study["data"].get("card") or {}
        return str(card.get("title") or self.study["data"]["name"])

    def size(self, part: str) -> int:
        """Number of snapshots of a part."""
        return int(self.study["split"][part])

    def n(self, part: str) -> str:
        """The same, as text."""
        return integer(self.size(part))

    @property
    def sizes(self) -> list[int]:
        """The latent sizes with a finished run, ascending."""
        return sorted({method.n_components for method in self.methods})

    @property
    def shown_sizes(self) -> list[int]:
        """The smallest and the largest latent size: those that are drawn one by one."""
        return sorted({self.sizes[0], self.sizes[-1]}) if self.methods else []

    @property
    def keys(self) -> list[tuple[str, float | None]]:
        return list(dict.fromkeys(method.key for method in self.methods))

    def name(self, key: tuple[str, float | None]) -> str:
        """What a reader calls a reducer with a beta."""
        shares = bool(self.study["study"].get("energy_share"))  # then labels say what was asked for
        return method_name(*key, self.digits, variance=self.total_variance if shares else None)

    @property
    def rivals(self) -> list[Method]:
        """The controls that are no linear method: what a network has to beat without being compared
        with it.
        """
        return [method for method in self.controls if self.is_nonlinear(method)]

    def at(self, n_components: int) -> list[Method]:
        """The methods with this latent size."""
        return [method for method in self.methods if method.n_components == n_components]

    def of(self, key: tuple[str, float | None]) -> list[Method]:
        """The latent sizes of one reducer and beta, ascending."""
        known = [*self.methods, *self.rivals]
        return sorted((m for m in known if m.key == key), key=lambda m: m.n_components)

    # ---- what was found of the comparison as a whole, once ------------

    @cached_property
    def findings(self) -> list[Finding]:
        """What the audit says of the fits."""
        return audit(self.store)

    @cached_property
    def cautions(self) -> list[str]:
        """What speaks against the errors."""
        return cautions(self.store)

    @cached_property
    def snapshot_differences(self) -> pd.DataFrame:
        """The methods compared in pairs on the same test snapshots."""
        return snapshot_differences(self.store)

    # ---- numbers ---------------------------------------------------------------------------------

    @cached_property
    def table(self) -> pd.DataFrame:
        return self.store.table()

    @cached_property
    def _numbers(self) -> dict[tuple[str, ...], dict[str, float]]:
        """Run, set of snapshots, measure, key, set of latents -> the numbers of that row."""
        names = ("run", "split", "measure", "key", "latents")
        keys = zip(*(self.table[name] for name in names), strict=True)
        columns = ("value", "low", "high", "null", "p_value", "n", "n_eff")
        rows = zip(*(self.table[name] for name in columns), strict=True)
        return {
            key: dict(zip(columns, row, strict=True)) for key, row in zip(keys, rows, strict=True)
        }

    def _row(
        self, run: Run, measure: str, key: str, latents: str, part: str
    ) -> dict[str, float] | None:
        # what is measured of latents is by default that of all of them
        wanted = [
            (run.id, part, measure, key, one) for one in ([latents] if latents else ["", "all"])
        ]
        return next((self._numbers[one] for one in wanted if one in self._numbers), None)

    def values(
        self,
        method: Method,
        measure: str,
        part: str = "test",
        *,
        key: str = "",
        latents: str = "",
        column: str = "value",
    ) -> np.ndarray:
        """A number of each run of a method; empty where there is no such number.

        Parameters
        ----------
        measure, key, latents : see :func:`rom.study.values.number`; by default of all latents
        part : "train" or "test"
        column : "value", or another column of its row
        """
        found = (self._row(run, measure, key, latents, part) for run in method.runs)
        return np.array([row[column] for row in found if row is not None], dtype=float)

    def value_of(
        self, run: Run, measure: str, part: str = "test", *, key: str = "", latents: str = ""
    ) -> float:
        """A number of one run, NaN where there is no such number."""
        row = self._row(run, measure, key, latents, part)
        return float("nan") if row is None else row["value"]

    def mean(
        self, method: Method, measure: str, part: str = "test", *, key: str = "", latents: str = ""
    ) -> float:
        """Mean over the seeds, NaN where there is no such number."""
        values = self.values(method, measure, part, key=key, latents=latents)
        return float(values.mean()) if values.size else float("nan")

    def reason(
        self, measure: str, column: str = "value", *, key: str = "", latents: str = ""
    ) -> str:
        """Why a number of the test set (or another column of its row) is NaN for some runs; ""
        where it is for none.
        """
        table = self.table
        of = table[(table.measure == measure) & (table.split == "test") & (table.key == key)]
        of = of[of.latents == latents]
        found = dict.fromkeys(map(str, of[of[column].isna()]["reason"].dropna()))
        return "; ".join(text for text in found if text)

    @cached_property
    def spectrum(self) -> np.ndarray | None:
        """POD's squared singular values over their sum, descending; None without a POD."""
        if self.pod is None:
            return None
        squares = np.square(self.model(self.pod.runs[0]).reducer.spectrum_.astype(float))
        return np.asarray(squares / squares.sum())

    def equal_modes(self, energy: float) -> int | None:
        """How many POD modes capture this share of the training set; None if no number does."""
        if self.spectrum is None or np.isnan(energy):
            return None
        if energy <= 0:
            return 0
        reached = np.flatnonzero(np.cumsum(self.spectrum) >= energy - 1e-6)
        return int(reached[0]) + 1 if len(reached) else None

    @property
    def unordered(self) -> bool:
        """Whether the order of the snapshots means nothing: no times, and a random split."""
        split = self.study["split"]["kind"] == "random"
        return bool(split and self.times("test") is None and self.trajectories("test") is None)

    @property
    def several_trajectories(self) -> bool:
        """Whether the null distribution is that of latents of different trajectories."""
        return several(self.trajectories("test"), self.size("test")) is not None

    def beta_in_force(self, method: Method) -> float:
        """The canonical beta at the end of the training, mean over the seeds; NaN without one."""
        found = self.table[self.table.run.isin([run.id for run in method.runs])].drop_duplicates(
            "run"
        )
        return 2 * float(found.tau.mean())

    @property
    def total_variance(self) -> float:
        """Of the preprocessed training snapshots: the scale of beta."""
        return float(self.study["pipeline"]["total_variance"])

    @cached_property
    def eigenvalues(self) -> np.ndarray | None:
        """Of the covariance of the preprocessed training snapshots, None without a POD."""
        return training_eigenvalues(self.store)

    def median_run(self, method: Method) -> Run:
        """The run whose test error is the median of the seeds (the lower one of two)."""
        errors = self.values(method, "relative_error")
        return method.runs[int(np.argsort(errors, kind="stable")[(len(errors) - 1) // 2])]

    def has_seeds(self, method: Method) -> bool:
        """Whether a method depends on a seed."""
        return bool(reducer_class(method.reducer).has_seeds)

    def is_nonlinear(self, method: Method) -> bool:
        """Whether a method reconstructs more than a plane."""
        return not reducer_class(method.reducer).has_linear_decoder

    @cached_property
    def pod(self) -> Method | None:
        """POD with the most modes, None where no POD has finished."""
        found = [method for method in self.methods if method.reducer == "pod"]
        return max(found, key=lambda method: method.n_components) if found else None
