"""Width and strength of a kernel ridge regression, chosen on rows to which it was not fitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from rom.linalg.kernel_ridge import Features, row_blocks, spacing, spread_rows
from rom.linalg.ridge import STRENGTHS, HeldOut

#: Widths that are tried, relative to the root mean square distance of two rows,
WIDTHS = tuple(2.0**exponent for exponent in range(-4, 5))
#: and by what factors the best is then moved until neither neighbour is better.
FINER = (2**0.5, 2**0.25)
#: Centres for the first of them: fast, and right to a factor of two.
FIRST_CENTRES = 400
#: A stronger ridge is taken for so much more squared error, relative to the least,
SLACK = 0.001
#: and no correction at all for so much: of noise the best of many gains a little by chance.
WORTH = 0.01
#: Contiguous parts of the training rows that judge in turn, where no other rows do.
FOLDS = 5

#: Inputs and targets of the rows that are fitted, then of those that judge.
Trial = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Folds:
    """Parts of rows in their order judge in turn: neighbours in time would praise every width."""

    inputs: np.ndarray
    targets: np.ndarray

    def __iter__(self) -> Iterator[Trial]:
        rows = np.arange(len(self.inputs))
        for judging in np.array_split(rows, min(FOLDS, len(rows))):
            fitted = np.delete(rows, judging)
            known = self.inputs[fitted], self.targets[fitted]
            yield *known, self.inputs[judging], self.targets[judging]


@dataclass(frozen=True)
class Choice:
    """Width, strength, their squared error on the judging rows, and that of no correction."""

    width: float
    strength: float
    error: float
    energy: float

    @property
    def helps(self) -> bool:
        """Whether the correction is worth it."""
        return self.error < (1 - WORTH) * self.energy


def judge(kernel: str, width: float, trials: Iterable[Trial], most: int) -> np.ndarray:
    """The squared error on the judging rows for each of STRENGTHS, with at most `most` centres."""
    errors = np.zeros(len(STRENGTHS))
    for inputs, targets, other_inputs, other_targets in trials:
        features = Features(kernel, width, spread_rows(inputs, most))
        held_out = HeldOut(features.regress(inputs, targets))
        for part in row_blocks(len(other_inputs), len(features.centres)):
            held_out.add(features(other_inputs[part]), other_targets[part])
        # differences of large numbers: what is below rounding is equally good
        errors += np.maximum(held_out.errors(), 1e-15 * held_out.energy)
    return errors


def choose(kernel: str, trials: Iterable[Trial], most: int, *, fine: bool = True) -> Choice:
    """The width of least squared error, and the strongest ridge within SLACK of it.

    Parameters
    ----------
    kernel : a name in :data:`rom.linalg.kernel_ridge.KERNELS`
    trials : iterated over for every width
    most : int. Centres.
    fine : bool. Whether the width is refined, with all centres.

    Examples
    --------
    >>> t = np.linspace(-1, 1, 60)[:, None]
    >>> odd, even = t[1::2], t[::2]
    >>> choice = choose("rbf", [(odd, np.sin(3 * odd), even, np.sin(3 * even))], 30)
    >>> choice.helps, choice.error < 1e-8 * choice.energy
    (True, True)
    """
    unit = spacing(next(iter(trials))[0])
    energy = float(sum(np.sum(trial[3] ** 2) for trial in trials))
    if not energy > 0:
        # nothing to predict: an error of 0 is not below an energy of 0, so this does not help
        return Choice(unit, max(STRENGTHS), 0.0, 0.0)

    few = min(most, FIRST_CENTRES)
    found = {factor: judge(kernel, factor * unit, trials, few) for factor in WIDTHS}
    best = _best(found)

    if fine:
        # errors with few centres do not compare with those with all: the best is judged once more
        found = {best: judge(kernel, best * unit, trials, most)}
        for step in FINER:
            centre = None
            while centre != best:
                centre = best
                for factor in (centre / step, centre * step):
                    # bounds, or the search could follow an error that falls for ever
                    in_reach = WIDTHS[0] / 2 < factor < WIDTHS[-1] * 2
                    if factor not in found and in_reach:
                        found[factor] = judge(kernel, factor * unit, trials, most)
                best = _best(found)

    errors = found[best]
    least = float(errors.min())
    limit = (1 + SLACK) * least
    strength = max(s for s, error in zip(STRENGTHS, errors, strict=True) if error <= limit)
    # the least error, not that of the stronger ridge, which may be larger by SLACK
    return Choice(best * unit, strength, least, energy)


def _best(found: dict[float, np.ndarray]) -> float:
    return min(found, key=lambda factor: float(found[factor].min()))
