"""What a network is trained on: rows, in the coordinates of its architecture."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from rom.data.snapshots import Snapshots
from rom.reducers.architecture import Choice
from rom.reducers.statistics import Statistics, of_coefficients, of_rows
from rom.training.batches import Batches


@dataclass(frozen=True)
class Material:
    """What a network is trained on: rows, those that judge it, what is known of them, and all
    randomness.
    """

    rows: Snapshots
    batches: Batches
    held_out: Batches | None
    known: Statistics
    seed: int
    generator: torch.Generator


def in_coordinates(
    choice: Choice, rows: Snapshots, held_out: Snapshots | None, max_bytes: int
) -> tuple[Snapshots, Snapshots | None, Statistics]:
    """Rows and held-out rows in the coordinates of an architecture, and what is known of the
    former.

    Rows in POD coordinates are there already; of others one pass is made, `max_bytes` at a time.
    """
    if choice.rows is None:
        return rows, held_out, of_rows(rows, max_bytes)
    held = None if choice.held_out is None else choice.held_out.snapshots()
    return choice.rows.snapshots(), held, of_coefficients(choice.rows)
