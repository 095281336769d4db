"""What a measure says of itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Measure:
    """What a reader needs to know of a number.

    Attributes
    ----------
    label : the head of its column, in a few words
    definition : formula or rule, in full sentences, with the source
    unit : "1", "nat", "s", "B"; "variable" means the unit of each variable
    form : how it is written: "number", "percent", "integer", "size" (bytes) or "milliseconds"
    better : the better direction: "lower", "higher", or "" where there is none
    table : the table of the report that it stands in as a column; "" where it stands in none
    keys : labels of the numbers of a measure that has several; those without a label are no columns
    of : the set of snapshots that it is shown for: "test", or "train" for what a fit costs
    """

    label: str
    definition: str
    unit: str = "1"
    form: Literal["number", "percent", "integer", "size", "milliseconds"] = "number"
    better: Literal["lower", "higher", ""] = ""
    table: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    of: Literal["test", "train"] = "test"


@dataclass(frozen=True, kw_only=True)
class Metric(Measure):
    """A measure that is a pure function of the accumulated results of a stored model.

    Attributes
    ----------
    function : "module:name". It returns a number, or several: a dict by key, or an array by latent
    gathers : names of its arguments (:data:`rom.evaluation.accumulate.GATHERED`, "latents",
        "log_variance"); it is measured wherever all of them are there. What takes latents alone is
        a measure of dependence: taken of all latents and of the active ones, with null and interval
    interval : of errors, a function of the same arguments and of the snapshots' trajectories that
        returns an Uncertainty
    null : of latents, a function of (latents, draws, seed) that draws from the null distribution;
        by default the metric is called for time-shifted latents
    says : of latents, what it says in a few words, for the card of independence
    bounds : the least and the largest value there can be; they end the interval
    most_rows, most_latents : what bounds its cost: of more rows, evenly spaced ones are taken; of
        more latents it is NaN
    version : raised where the function gives other numbers than before
    """

    function: str
    gathers: tuple[str, ...]
    interval: str = ""
    null: str = ""
    says: str = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    most_rows: int | None = None
    most_latents: int | None = None
    version: int = 1

    @property
    def of_latents(self) -> bool:
        """Whether it measures how dependent latents are."""
        return self.gathers == ("latents",)
