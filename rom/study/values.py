"""Values: what is measured of a run, row by row."""

from __future__ import annotations

from typing import Any

#: Rows of the results, see :func:`number`.
Values = list[dict[str, Any]]


def number(name: str, value: float, unit: str = "1", **more: Any) -> dict[str, Any]:
    """A row of the results: columns metric, value, unit, and any of rom.study.store.STATISTICS."""
    return {"metric": name, "value": float(value), "unit": unit, **more}
