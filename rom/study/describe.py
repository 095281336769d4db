"""What is said of a study before its runs: on one line for users, and in full for study.json."""

from __future__ import annotations

from typing import Any

from rom.study.environment import environment
from rom.study.prepare import Prepared
from rom.study.source import source_record


def overview(prepared: Prepared) -> str:
    """One line that says what was read and how it is split: a wrong mapping shows here."""
    layout, split = prepared.snapshots.layout, prepared.split
    grid = " x ".join(map(str, layout.grid_shape))
    masked = 1 - layout.pack().n_features / (layout.n_variables * layout.n_cells)
    mask = f", {masked:.1%} masked" if masked else ""
    sizes = ", ".join(
        f"{part} {len(getattr(split, part))}" for part in ("train", "validation", "test")
    )
    return (
        f"read as {prepared.snapshots.read_as}: {len(prepared.snapshots)} snapshots of"
        f" {', '.join(layout.variables)} on {grid} cells ({', '.join(layout.axes)}){mask}: {sizes},"
        f" gap {split.gap}"
    )


def describe(prepared: Prepared) -> dict[str, Any]:
    """What study.json says of the data, the split, the pipeline and the machine."""
    snapshots, split, card = prepared.snapshots, prepared.split, prepared.snapshots.card
    layout = snapshots.layout
    data = {
        "name": snapshots.name,
        "read_as": snapshots.read_as,
        "n_snapshots": len(snapshots),
        "n_features": snapshots.shape[1],
        "n_valid_features": snapshots.pack().shape[1],
        "layout": layout.state()[0],
        "time_unit": snapshots.time_unit,
        "has_times": snapshots.times is not None,
        "fingerprint": prepared.fingerprint,
        "sources": source_record(prepared.opened.states),
        "card": (
            card.model_dump(
                mode="json", include={"title", "description", "source", "licence", "citation"}
            )
            if card
            else None
        ),
    }
    sizes = {name: len(getattr(split, name)) for name in ("train", "validation", "test")}
    return {
        "study": prepared.study.model_dump(mode="json"),
        "data": data,
        "split": {"kind": split.kind, "gap": split.gap, "description": split.description, **sizes},
        "pipeline": {
            "description": prepared.pipeline.describe(),
            "total_variance": prepared.total_variance,
        },
        "notes": list(prepared.notes),
        "environment": environment(),
    }
