"""For rom.report.page: this lives in rom.plot."""

from rom.plot._sampling import Sample

__all__ = ["Sample"]
