"""The training loop, the only one: every network of the package is trained here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import torch

from rom.errors import RunError
from rom.nets.network import LatentNetwork
from rom.training.batches import Batches
from rom.training.checkpoint import Checkpoint
from rom.training.objective import Objective
from rom.training.state import restore, snapshot

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
    checkpoint: Checkpoint | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[Record]:
    """Train in place with Adam and a cosine decay of the learning rate to zero; one record per epoch.

    A record holds the epoch, the learning rate at its end, and the mean total loss, reconstruction and KL
    over its training batches (and over the validation rows, after the epoch). All randomness comes from the
    generator. With a checkpoint of the same `context`, training goes on where it was interrupted, to the same bits.

    Raises
    ------
    RunError
        If the loss is no longer a finite number.
    """
    optimiser = torch.optim.Adam(network.parameters(), lr=learning_rate, fused=True)
    steps = epochs * len(batches)
    context = {"torch": torch.__version__, "threads": torch.get_num_threads(), "epochs": epochs, **(context or {})}
    history = restore(checkpoint, context, network, optimiser, generator)
    for epoch in range(len(history) + 1, epochs + 1):
        network.train()
        sums: Record = {}
        for step, rows in enumerate(batches, start=(epoch - 1) * len(batches)):
            optimiser.param_groups[0]["lr"] = rate = learning_rate * (1 + math.cos(math.pi * step / steps)) / 2
            losses = objective(network, rows, generator)
            optimiser.zero_grad(set_to_none=True)
            # in units of the data, so that small units do not disappear below Adam's epsilon
            (losses["total"] / network.spread.square()).backward()
            optimiser.step()
            _add(sums, losses, len(rows))
        record = {"epoch": float(epoch), "learning_rate": rate, **_means(sums, "train")}
        if validation is not None:
            record |= evaluate(network, objective, validation)
        if not math.isfinite(record["train_total"]):
            raise RunError(f"the loss is not finite after epoch {epoch}; try a smaller learning_rate")
        history.append(record)
        if checkpoint is not None and epoch < epochs and checkpoint.is_due(epoch):
            checkpoint.save(epoch, context, snapshot(network, optimiser, generator), history=history)
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
