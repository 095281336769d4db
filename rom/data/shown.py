"""How snapshots show themselves: one line in a terminal, a table in a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rom.strings import in_html, visible

if TYPE_CHECKING:
    from rom.data.snapshots import Snapshots


def line(snapshots: Snapshots) -> str:
    """``Snapshots('flow': 200 snapshots of u, v on 40 x 96 cells)``."""
    grid = " x ".join(map(str, snapshots.layout.grid_shape))
    variables = ", ".join(snapshots.layout.variables)
    return visible(
        f"Snapshots({snapshots.name!r}: {len(snapshots)} snapshots of {variables} on {grid} cells)"
    )


def table(snapshots: Snapshots) -> str:
    """The same and more as an HTML table; nothing is read."""
    layout = snapshots.layout
    units = zip(layout.variables, layout.units, strict=True)
    rows = {
        "snapshots": f"{len(snapshots)} x {snapshots.shape[1]} values, {snapshots.dtype}",
        "variables": ", ".join(f"{v} ({u})" if u not in ("", "1") else v for v, u in units),
        "grid": f"{' x '.join(map(str, layout.grid_shape))} ({', '.join(layout.axes)})",
    }
    if snapshots.times is not None and len(snapshots):
        first, last = snapshots.times[0], snapshots.times[-1]
        rows["times"] = f"{first:.4g} to {last:.4g} {snapshots.time_unit}".strip()
    if snapshots.parameters:
        rows["parameters"] = ", ".join(snapshots.parameters)
    return html_table(snapshots.name, rows)


def html_table(caption: str, rows: Mapping[str, str]) -> str:
    """Names and values below a caption, escaped."""
    cells = "".join(
        f"<tr><th>{in_html(name)}</th><td>{in_html(value)}</td></tr>"
        for name, value in rows.items()
    )
    return f"<table><caption>{in_html(caption)}</caption>{cells}</table>"
