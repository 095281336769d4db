"""Everything that a comparison measures: one row each, which says all of itself.

A new metric is a function and a row here. The row says what a reader sees (label, definition, unit,
format, which way is better, the table it stands in) and how it is measured (what the function
takes, its null, its interval). Rows name functions as strings, so that a look-up imports nothing.
"""

from rom.measures.latents import LATENTS
from rom.measures.quantities import QUANTITIES
from rom.measures.reconstruction import RECONSTRUCTION
from rom.measures.row import Measure, Metric
from rom.plugins import Rows, object_of

__all__ = ["METRICS", "QUANTITIES", "Measure", "Metric", "measure_of"]

#: Metric name in the table of results -> what it is.
METRICS = Rows({**RECONSTRUCTION, **LATENTS}, "rom.metrics", object_of(Metric))


def measure_of(name: str) -> Measure:
    """The row of a name in the column `measure` of the results."""
    return METRICS[name] if name in METRICS else QUANTITIES[name]
