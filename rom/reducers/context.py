"""What a fit is given besides the rows, and what is known of its cost before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rom.data.snapshots import Snapshots
from rom.training.shown import OnEpoch

if TYPE_CHECKING:
    from rom.training.checkpoint import Checkpoint


@dataclass(frozen=True)
class FitContext:
    """What a fit is given besides the training rows; a reducer takes of it what it needs.

    Attributes
    ----------
    validation : Snapshots, optional. Rows on which options are chosen and training is watched.
    on_epoch : callable, optional. Called with the row of `history_` after every epoch.
    checkpoint : Checkpoint, optional. Where training writes its state, and resumes from.
    """

    validation: Snapshots | None = None
    on_epoch: OnEpoch | None = None
    checkpoint: Checkpoint | None = None


@dataclass(frozen=True)
class StepCost:
    """What training with one architecture will cost.

    Attributes
    ----------
    architecture : str
    seconds : float. Of a step, measured; NaN where the network is larger than the memory.
    steps : (int, int). The fewest and the most.
    n_bytes : int. Of the rows, the weights, and what is kept of each.
    """

    architecture: str
    seconds: float
    steps: tuple[int, int]
    n_bytes: int
