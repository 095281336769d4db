"""The state of training as named arrays: weights, optimiser and generator, and the best weights
so far.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch

from rom.training.checkpoint import Checkpoint

Arrays = dict[str, np.ndarray]


class Best:
    """The epoch of the lowest loss, its weights, and how many looks there were since."""

    def __init__(self, patience: int | None, *, keeps: bool = True) -> None:
        self.patience, self.keeps = patience, keeps
        self.record: dict[str, Any] = {"epoch": 0, "loss": math.inf, "train": math.inf, "waited": 0}
        self.weights: dict[str, torch.Tensor] = {}

    def look(self, epoch: int, loss: float, train: float, network: torch.nn.Module) -> None:
        """One more epoch: its loss on the rows that judge, and on the training rows."""
        if not self.keeps:
            return
        if loss < self.record["loss"]:
            self.record = {"epoch": epoch, "loss": loss, "train": train, "waited": 0}
            self._take(network)
        else:
            self.record["waited"] += 1

    def prefer(self, epoch: int, train: float, network: torch.nn.Module) -> None:
        """The end of a stage that is as good for the rows that judge: better if it is for the
        training rows.
        """
        if self.keeps and train < self.record["train"]:
            self.record |= {"epoch": epoch, "train": train}
            self._take(network)

    def _take(self, network: torch.nn.Module) -> None:
        self.weights = {
            name: value.detach().clone() for name, value in network.state_dict().items()
        }

    @property
    def is_enough(self) -> bool:
        """Whether the loss has not fallen for longer than the patience."""
        return self.patience is not None and self.record["waited"] >= self.patience

    def restore(self, network: torch.nn.Module) -> None:
        """Give the network its best weights, if any were kept."""
        if self.weights:
            network.load_state_dict(self.weights)


def snapshot(
    network: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
    best: Best,
) -> Arrays:
    """Everything that the next step of training depends on."""
    arrays = {f"network/{name}": value for name, value in network.state_dict().items()}
    arrays |= {f"best/{name}": value for name, value in best.weights.items()}
    for number, moments in optimiser.state_dict()["state"].items():
        arrays |= {f"optimiser/{number}/{name}": value for name, value in moments.items()}
    arrays["generator"] = generator.get_state()
    return {name: value.detach().cpu().numpy() for name, value in arrays.items()}


@torch.no_grad()
def restore(
    checkpoint: Checkpoint | None,
    context: Mapping[str, Any],
    network: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
    best: Best,
) -> tuple[list[dict[str, float]], dict[str, Any]]:
    """Set the state that was kept last; the records before it and the course, empty where nothing
    was kept.
    """
    found = None if checkpoint is None else checkpoint.load(context)
    if found is None:
        return [], {}
    header, arrays = found
    tensors = {name: torch.from_numpy(np.array(values)) for name, values in arrays.items()}
    network.load_state_dict(_below(tensors, "network/"))
    best.weights, best.record = _below(tensors, "best/"), header["best"]
    parameters = list(network.parameters())
    moments: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in _below(tensors, "optimiser/").items():
        number, _, moment = name.partition("/")
        like = parameters[int(number)]
        # in the memory order of its parameter: the fused optimiser goes through both as they lie in
        # memory
        ordered = torch.empty_like(like).copy_(value) if value.shape == like.shape else value
        moments.setdefault(int(number), {})[moment] = ordered
    optimiser.load_state_dict(
        {"state": moments, "param_groups": optimiser.state_dict()["param_groups"]}
    )
    generator.set_state(tensors["generator"])
    return list(header["history"]), dict(header["course"])


def _below(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
