"""The training loop, the only one: every network of the package is trained here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import torch

from rom.errors import RunError
from rom.nets.network import LatentNetwork
from rom.training.batches import Batches
from rom.training.objective import Objective

Record = dict[str, float]


def train(
    network: LatentNetwork,
    objective: Objective,
    batches: Batches,
    *,
    epochs: int,
    learning_rate: float,
    generator: torch.Generator,
    validation: Batches | None = None,
    on_epoch: Callable[[Mapping[str, float]], None] | None = None,
) -> list[Record]:
    """Train in place with Adam and a cosine decay of the learning rate to zero; one record per epoch.

    A record holds the epoch, the learning rate at its end, and the mean total loss, reconstruction and KL
    over its training batches (and over the validation rows, after the epoch).

    Raises
    ------
    RunError
        If the loss is no longer a finite number.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=epochs * len(batches))
    history: list[Record] = []
    for epoch in range(1, epochs + 1):
        network.train()
        sums: Record = {}
        for rows in batches:
            losses = objective(network, rows, generator)
            optimiser.zero_grad(set_to_none=True)
            # in units of the data, so that small units do not disappear below Adam's epsilon
            (losses["total"] / network.spread.square()).backward()
            optimiser.step()
            schedule.step()
            _add(sums, losses, len(rows))
        rate = float(schedule.get_last_lr()[0])
        record = {"epoch": float(epoch), "learning_rate": rate, **_means(sums, "train")}
        if validation is not None:
            record |= evaluate(network, objective, validation)
        if not math.isfinite(record["train_total"]):
            raise RunError(f"the loss is not finite after epoch {epoch}; try a smaller learning_rate")
        history.append(record)
        if on_epoch is not None:
            on_epoch(record | {"epochs": epochs})
    network.eval()
    return history


@torch.no_grad()
def evaluate(network: LatentNetwork, objective: Objective, batches: Batches) -> Record:
    """Mean losses over held-out rows, with the same noise every time: looking changes nothing."""
    generator = torch.Generator().manual_seed(0)
    network.eval()
    sums: Record = {}
    for rows in batches:
        _add(sums, objective(network, rows, generator), len(rows))
    return _means(sums, "validation")


def _add(sums: Record, losses: Mapping[str, torch.Tensor], n: int) -> None:
    sums["rows"] = sums.get("rows", 0) + n
    for name, value in losses.items():
        sums[name] = sums.get(name, 0.0) + value.item() * n


def _means(sums: Record, part: str) -> Record:
    return {f"{part}_{name}": value / sums["rows"] for name, value in sums.items() if name != "rows"}
