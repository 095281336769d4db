"""The training loop, the only one: every network of the package is trained here."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import torch

from rom.errors import RunError
from rom.nets.network import Network
from rom.training.batches import Batches
from rom.training.checkpoint import Checkpoint
from rom.training.objective import Losses, Objective
from rom.training.recipe import Course, Recipe
from rom.training.soap import Soap
from rom.training.state import Best, restore, snapshot

Record = dict[str, float]
#: Of the learning rate after a loss that was not finite: what is too high is so by more than a bit.
SLOWER = 0.1


def train(
    network: Network,
    objective: Objective,
    batches: Batches,
    recipe: Recipe,
    *,
    generator: torch.Generator,
    variance: float,
    validation: Batches | None = None,
    on_epoch: Callable[[Mapping[str, float]], None] | None = None,
    checkpoint: Checkpoint | None = None,
    context: Mapping[str, Any] | None = None,
) -> tuple[list[Record], Course]:
    """Train in place; the records of the history, and how the training ended.

    A record holds the epoch, the stage, the learning rate, and the mean losses over the training
    batches since the last record (and over the validation rows, with the weights of that moment and
    the final weights of the objective). All randomness comes from the generator. With a checkpoint
    of the same `context`, training resumes where it was interrupted, bit for bit.

    Each stage ends at a learning rate of zero, and is then judged on the validation rows, without
    them on the training rows. The network with the lowest loss that was seen there is kept: also
    the one that training started from.

    Where the loss is no longer a finite number, training starts again, once, at a tenth of the
    learning rate; how it ended says so.

    Parameters
    ----------
    variance : float
        Sum of the features' variances over the training rows: what the gain of a stage is compared
        with.

    Raises
    ------
    RunError
        If the loss is not finite at the lower rate either.
    """
    begin = {name: value.detach().clone() for name, value in network.state_dict().items()}
    drawn, failed = generator.get_state(), ""
    slower = replace(recipe, learning_rate=SLOWER * recipe.learning_rate)
    machine = {
        "torch": torch.__version__,
        "device": str(network.spread.device),
        "threads": torch.get_num_threads(),
    }
    same = machine | asdict(recipe) | dict(context or {})

    def once(recipe: Recipe, *, again: bool) -> tuple[list[Record], Course]:
        return _train(
            network, objective, batches, recipe, generator=generator, variance=variance,
            validation=validation, on_epoch=on_epoch, checkpoint=checkpoint,
            context=same | {"again": again}, failed=failed,
        )  # fmt: skip

    # one that was interrupted at the lower rate does not go through the higher one again
    if checkpoint is None or not checkpoint.holds(same | {"again": True}):
        history, course = once(recipe, again=False)
        if course.is_finite:
            return history, course
        failed = course.reason
        network.load_state_dict(begin)
        generator.set_state(drawn)
        if checkpoint is not None:
            checkpoint.restart()
    history, course = once(slower, again=True)
    said = f"the loss was not finite {course.failed}"
    if not course.is_finite:
        raise RunError(f"{said}, nor {course.reason}; give a smaller learning_rate")
    course.reason += f"; {said}, so it was trained again at {slower.learning_rate:.2g}"
    return history, course


def _train(
    network: Network,
    objective: Objective,
    batches: Batches,
    recipe: Recipe,
    *,
    generator: torch.Generator,
    variance: float,
    validation: Batches | None,
    on_epoch: Callable[[Mapping[str, float]], None] | None,
    checkpoint: Checkpoint | None,
    context: Mapping[str, Any],
    failed: str,
) -> tuple[list[Record], Course]:
    """Train at one learning rate, until the end or a loss that is not finite; `failed` says where
    it was so before, at a higher one.
    """
    optimiser = _optimiser(network, recipe)
    judged = batches.in_order() if validation is None else validation
    # as many epochs as are asked for end with the weights of the last one
    keeps = recipe.epochs is None or recipe.patience is not None
    best, course = Best(recipe.patience, keeps=keeps), Course.begin(recipe, len(batches))
    course.failed = failed
    history, state = restore(checkpoint, context, network, optimiser, generator, best)
    if state:
        course = Course(**state)
    elif keeps:
        loss = evaluate(network, objective, judged)["validation_total"]
        course.last = loss
        # no training row speaks for leaving it: only a gain on the rows that judge does
        best.look(0, loss, -math.inf, network)
    epoch, earlier, start = len(history) * course.look, course.seconds, time.monotonic()
    while not course.ended:
        noise = _noise(network, recipe, history, variance)
        record = _learn(
            network, objective, batches, recipe, course, optimiser, generator, epoch, noise
        )
        epoch += course.look
        if not math.isfinite(record["train_total"]):
            course.give_up(epoch, recipe)
            return history, course
        is_final = objective.is_final(course.progress(epoch * len(batches)))
        if validation is not None:
            record |= evaluate(network, objective, validation)
            # at a high learning rate the lowest of many is luck: without a patience stages are
            # compared
            if is_final and recipe.patience is not None:
                best.look(epoch, record["validation_total"], record["train_total"], network)
        history.append(record)
        course.seconds = earlier + time.monotonic() - start
        too_long = recipe.max_seconds is not None and course.seconds > recipe.max_seconds
        if epoch == course.end or too_long:
            _end_stage(network, objective, judged, recipe, course, best, record, variance)
        if best.is_enough:
            course.close(True, f"no lower validation loss for {recipe.patience} epochs")
        if too_long and not course.converged:
            course.close(False, f"the budget of {recipe.max_seconds:g} s ended the training")
        if checkpoint is not None and not course.ended and checkpoint.is_due(epoch):
            arrays = snapshot(network, optimiser, generator, best)
            checkpoint.save(
                epoch, context, arrays, history=history, best=best.record, course=course.state()
            )
        if on_epoch is not None:
            on_epoch(record | {"epochs": course.end})
    best.restore(network)
    course.kept = best.record["epoch"] if best.weights else epoch
    course.loss = (
        best.record["loss"] if best.weights else history[-1].get("validation_total", math.nan)
    )
    network.eval()
    return history, course


def _learn(
    network: Network,
    objective: Objective,
    batches: Batches,
    recipe: Recipe,
    course: Course,
    optimiser: torch.optim.Optimizer,
    generator: torch.Generator,
    epoch: int,
    noise: float,
) -> Record:
    """The steps from this epoch to the next record, and what the record says of them."""
    network.train()
    device, sums = network.spread.device, Losses()
    steps = range(epoch * len(batches), (epoch + course.look) * len(batches))
    rows = (rows for _ in range(course.look) for rows in batches)
    for step, batch in zip(steps, rows, strict=True):
        rate = optimiser.param_groups[0]["lr"] = course.rate(recipe, step)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.precision == "bfloat16"):
            losses = objective(network, batch.to(device), generator, course.progress(step), noise)
        optimiser.zero_grad(set_to_none=True)
        # in units of the data, so that small units do not disappear below the optimiser's epsilon
        total = losses["total"]
        (total if objective.in_nats else total / network.spread.square()).backward()
        optimiser.step()
        _add(sums, losses, len(batch))
    record = {
        "epoch": float(epoch + course.look),
        "stage": float(course.stage),
        "learning_rate": rate,
    }
    return record | _means(sums, "train")


def measured(network: Network, objective: Objective, batches: Batches) -> Record:
    """A history of one record, of a network that needs no training."""
    losses = evaluate(network, objective, batches.in_order())
    names = {name: name.replace("validation_", "train_") for name in losses}
    return {"epoch": 0.0, "stage": 0.0, "learning_rate": 0.0} | {
        names[k]: v for k, v in losses.items()
    }


def _noise(network: Network, recipe: Recipe, history: list[Record], variance: float) -> float:
    """The standard deviation of the noise on what the encoder sees; none before the first record.

    As much per value as the squared error that was left, times its share of the variance: where
    latents leave much, they must not depend on what they cannot tell; where little, it vanishes.
    """
    if not recipe.noise or not history or variance == 0:
        return 0.0
    within = max(0.0, history[-1]["train_reconstruction"] - network.left_out)
    return math.sqrt(recipe.noise * within / network.n_values * within / variance)


def _optimiser(network: Network, recipe: Recipe) -> torch.optim.Optimizer:
    if recipe.optimiser == "soap":
        return Soap(network.parameters(), lr=recipe.learning_rate)
    return torch.optim.Adam(network.parameters(), lr=recipe.learning_rate, fused=True)


def _end_stage(
    network: Network,
    objective: Objective,
    judged: Batches,
    recipe: Recipe,
    course: Course,
    best: Best,
    record: Record,
    variance: float,
) -> None:
    """Decide whether training continues; without validation rows the network is measured first.

    Validation rows that are out of reach hold their error up whatever is learned: a gain on the
    training rows then is one, too.
    """
    train = record["train_total"]
    if recipe.epochs is not None:
        course.judge(recipe, train, train, is_enough=True, gain="")
        return
    loss = record.get("validation_total")
    if loss is None:
        loss = evaluate(network, objective, judged)["validation_total"]
    if recipe.patience is None:
        best.look(course.end, loss, train, network)
    is_enough, gain = objective.gained(course.last, loss, variance)
    if objective.out_of_reach(train, loss, best.record["loss"]):
        best.prefer(course.end, train, network)
        is_enough = is_enough and objective.gained(course.last_train, train, variance)[0]
    course.judge(recipe, loss, train, is_enough=is_enough, gain=gain)


@torch.no_grad()
def evaluate(network: Network, objective: Objective, batches: Batches) -> Record:
    """Mean losses over held-out rows, with the same noise every time: looking changes nothing."""
    generator = torch.Generator().manual_seed(0)
    network.eval()
    sums: Losses = {}
    for rows in batches:
        _add(sums, objective(network, rows.to(network.spread.device), generator), len(rows))
    return _means(sums, "validation")


def _add(sums: Losses, losses: Losses, n: int) -> None:
    """Weighted sums in double precision, where the losses are: a number would make a GPU wait for
    every step.
    """
    for name, value in {"rows": torch.ones_like(losses["total"]), **losses}.items():
        weighted = value.detach().double() * n
        sums[name] = sums[name] + weighted if name in sums else weighted


def _means(sums: Losses, part: str) -> Record:
    rows = sums.pop("rows").item()
    return {f"{part}_{name}": value.item() / rows for name, value in sums.items()}
