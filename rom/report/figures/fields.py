"""For rom.report.page: these live in rom.plot."""

from rom.plot._scale import Scale, scale_of
from rom.plot._view import MAX_VARIABLES, View

__all__ = ["MAX_VARIABLES", "Scale", "View", "scale_of"]
