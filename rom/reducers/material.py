"""Material: what a network is trained on."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from rom.data.snapshots import Snapshots
from rom.reducers.statistics import Statistics
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
