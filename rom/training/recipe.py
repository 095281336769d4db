"""Recipe: how a network is trained, and for how long."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

#: The learning rate rises in this number of steps, however short training is: at once, a full step
#: in directions that are known from one gradient undoes the start ...
WARM_UP_STEPS = 50
#: ... stays, and falls to zero over the last part of the stage.
FALL_SHARE = 0.3
#: Training to convergence is looked at once in this number of steps at least.
LOOK_STEPS = 50


@dataclass(frozen=True)
class Recipe:
    """How long, how fast and how exactly: see the options of :class:`rom.Autoencoder`.

    Parameters
    ----------
    optimiser : {"adam", "soap"}
    learning_rate : float, the largest
    epochs : int, optional. Number of passes; by default training continues to convergence:
        stages of `first_steps`, as many again, twice as many, ... until one gains too little or
        the next would pass `max_steps`.
    max_seconds : float, optional. Training that has taken longer ends after the epoch.
    patience : int, optional. It ends after this number of epochs without a lower validation loss.
    noise : float. Variance of the white noise on what the encoder sees, as a share of the squared
        error per value that was left in the last record: it shrinks with the error.
    """

    learning_rate: float
    optimiser: str = "adam"
    epochs: int | None = None
    first_steps: int = 500
    max_steps: int = 8000
    max_seconds: float | None = None
    patience: int | None = None
    precision: str = "float32"
    noise: float = 0.0


@dataclass
class Course:
    """Where training stands: its stage, what the last one reached, and why it ended.

    `stage` counts from 0, `start` and `length` are in epochs; `look` epochs make one record of the
    history. `first` is the length of the first stage, in which the objective comes into force.
    """

    look: int
    first: int
    length: int
    stage: int = 0
    start: int = 0
    last: float = math.inf
    last_train: float = math.inf
    seconds: float = 0.0
    ended: bool = False
    converged: bool = False
    reason: str = ""
    #: The epoch whose weights were kept, 0 for those of the start.
    kept: int = -1
    #: The loss of these weights on the rows that judge.
    loss: float = math.nan
    steps_per_epoch: int = 1
    #: False where the training ended because its loss was no finite number.
    is_finite: bool = True
    #: Where it was none before, at a higher learning rate; empty for the first training.
    failed: str = ""

    @classmethod
    def begin(cls, recipe: Recipe, steps_per_epoch: int) -> Course:
        """The course of training that begins."""
        if recipe.epochs is not None:
            return cls(1, recipe.epochs, recipe.epochs, steps_per_epoch=steps_per_epoch)
        look = -(-LOOK_STEPS // steps_per_epoch)
        looks = round(recipe.first_steps / (steps_per_epoch * look))
        first = max(1, min(looks, recipe.max_steps // (steps_per_epoch * look))) * look
        return cls(look, first, first, steps_per_epoch=steps_per_epoch)

    def state(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def end(self) -> int:
        """The epoch that ends the stage."""
        return self.start + self.length

    def rate(self, recipe: Recipe, step: int) -> float:
        """The learning rate of a step, counted from the start of the training.

        Within a stage it rises in a straight line, stays, and falls to zero over the last 30 %.
        """
        total = self.length * self.steps_per_epoch
        done = step - self.start * self.steps_per_epoch
        rise = (done + 1) / WARM_UP_STEPS
        fall = (1 - done / total) / FALL_SHARE
        return recipe.learning_rate * min(1.0, rise, fall)

    def progress(self, step: int) -> float:
        """The share of the first stage that is done, 1 from its end on."""
        return min(1.0, step / (self.first * self.steps_per_epoch))

    def judge(
        self, recipe: Recipe, loss: float, train: float, *, is_enough: bool, gain: str
    ) -> None:
        """A stage has ended with these losses: continue with one as long as all before, or end."""
        steps = self.end * self.steps_per_epoch
        if recipe.epochs is not None:
            self.close(False, f"trained for {recipe.epochs:,} epochs, as asked")
        elif is_enough and self.stage:
            gained = f"the last {self.length * self.steps_per_epoch:,} of {steps:,} steps"
            self.close(True, f"{gained} lowered the error by {gain}")
        elif 2 * steps > recipe.max_steps:
            budget = f"the budget of {recipe.max_steps:,} steps ended the training"
            self.close(False, f"{budget}; the last stage lowered the error by {gain}")
        else:
            self.stage, self.start, self.length = self.stage + 1, self.end, self.end
        self.last, self.last_train = min(self.last, loss), min(self.last_train, train)

    def give_up(self, epoch: int, recipe: Recipe) -> None:
        """The training ends with a loss that is not finite."""
        rate = f"at a learning rate of {recipe.learning_rate:.2g}"
        self.close(False, f"after epoch {epoch} {rate}")
        self.is_finite = False

    def close(self, converged: bool, reason: str) -> None:
        """The training ends."""
        self.ended, self.converged, self.reason = True, converged, reason


#: Of a network that starts where nothing can be gained.
EXACT = Course(
    1, 0, 0, ended=True, converged=True, reason="as many latents as modes: POD is exact", kept=0
)
