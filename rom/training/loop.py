"""The training loop, the only one: every network of the package is trained here."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from rom.errors import RunError
from rom.nets.network import LatentNetwork
from rom.training.batches import Batches
from rom.training.checkpoint import Checkpoint
from rom.training.objective import Losses, Objective
from rom.training.state import Best, restore, snapshot

Record = dict[str, float]

#: Share of all steps in which the learning rate rises.
WARM_UP = 0.1


@dataclass(frozen=True)
class Recipe:
    """How long, how fast and how exactly: see the options of :class:`rom.Autoencoder`."""

    epochs: int
    learning_rate: float
    patience: int | None = None
    precision: str = "float32"

    def rate(self, progress: float) -> float:
        """The learning rate after the share `progress` of all steps: a short rise, then a cosine down to zero."""
        if progress < WARM_UP:
            return self.learning_rate * progress / WARM_UP
        return self.learning_rate * (1 + math.cos(math.pi * (progress - WARM_UP) / (1 - WARM_UP))) / 2


def train(
    network: LatentNetwork,
    objective: Objective,
    batches: Batches,
    recipe: Recipe,
    *,
    generator: torch.Generator,
    validation: Batches | None = None,
    on_epoch: Callable[[Mapping[str, float]], None] | None = None,
    checkpoint: Checkpoint | None = None,
    context: Mapping[str, Any] | None = None,
) -> list[Record]:
    """Train in place with Adam; one record per epoch.

    A record holds the epoch, the learning rate at its end, and the mean losses over its training batches (and over
    the validation rows, after the epoch and with the final weights of the objective). All randomness comes from the
    generator. With a checkpoint of the same `context`, training goes on where it was interrupted, to the same bits.
    With a patience, training stops after so many epochs without a lower validation loss, counted from where the
    objective is final, and the network goes back to the best.

    Raises
    ------
    RunError
        If the loss is no longer a finite number.
    """
    device = network.shift.device
    optimiser = torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, fused=True)
    steps = recipe.epochs * len(batches)
    machine = {"torch": torch.__version__, "device": str(device), "threads": torch.get_num_threads()}
    context = machine | asdict(recipe) | dict(context or {})
    best = Best(recipe.patience)
    history = restore(checkpoint, context, network, optimiser, generator, best)
    for epoch in range(len(history) + 1, recipe.epochs + 1):
        if best.is_enough:
            break
        network.train()
        sums: Losses = {}
        for step, rows in enumerate(batches, start=(epoch - 1) * len(batches)):
            optimiser.param_groups[0]["lr"] = rate = recipe.rate((step + 1) / steps)
            with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
                losses = objective(network, rows.to(device), generator, step / steps)
            optimiser.zero_grad(set_to_none=True)
            # in units of the data, so that small units do not disappear below Adam's epsilon
            (losses["total"] if objective.in_nats else losses["total"] / network.spread.square()).backward()
            optimiser.step()
            _add(sums, losses, len(rows))
        record = {"epoch": float(epoch), "learning_rate": rate, **_means(sums, "train")}
        if validation is not None:
            record |= evaluate(network, objective, validation)
            if objective.is_final(epoch / recipe.epochs):
                best.look(epoch, record["validation_total"], network)
        if not math.isfinite(record["train_total"]):
            raise RunError(f"the loss is not finite after epoch {epoch}; try a smaller learning_rate")
        history.append(record)
        if checkpoint is not None and epoch < recipe.epochs and checkpoint.is_due(epoch):
            state = snapshot(network, optimiser, generator, best)
            checkpoint.save(epoch, context, state, history=history, best=best.record)
        if on_epoch is not None:
            on_epoch(record | {"epochs": recipe.epochs})
    best.restore(network)
    network.eval()
    return history


@torch.no_grad()
def evaluate(network: LatentNetwork, objective: Objective, batches: Batches) -> Record:
    """Mean losses over held-out rows, with the same noise every time: looking changes nothing."""
    generator = torch.Generator().manual_seed(0)
    network.eval()
    sums: Losses = {}
    for rows in batches:
        _add(sums, objective(network, rows.to(network.shift.device), generator), len(rows))
    return _means(sums, "validation")


def _add(sums: Losses, losses: Losses, n: int) -> None:
    """Weighted sums in double precision, where the losses are: a number would make a GPU wait for every step."""
    for name, value in {"rows": torch.ones_like(losses["total"]), **losses}.items():
        weighted = value.detach().double() * n
        sums[name] = sums[name] + weighted if name in sums else weighted


def _means(sums: Losses, part: str) -> Record:
    rows = sums.pop("rows").item()
    return {f"{part}_{name}": value.item() / rows for name, value in sums.items()}
