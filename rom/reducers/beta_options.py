"""BetaOptions: the options of every reducer whose divergence has a weight."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real

import numpy as np

from rom.errors import InputError
from rom.training.annealing import Annealing


@dataclass(eq=False, repr=False, kw_only=True)
class BetaOptions:
    """The weight of the divergence and how it comes into force; a base next to
    :class:`NeuralReducer`.
    """

    beta: float = 1.0
    energy_share: float | None = None
    annealing: str = "linear"
    annealing_share: float = 0.25
    cycles: int = 4

    def _weight(self, total_variance: float) -> float:
        """The canonical beta, given or from the energy share: ``beta = 2 energy_share
        total_variance``.
        """
        if not isinstance(self.beta, Real) or not 0 <= self.beta < np.inf:
            raise InputError(f"beta={self.beta!r} must be a number that is not negative")
        if self.energy_share is None:
            return float(self.beta)
        if self.beta != 1.0:
            raise InputError(
                f"beta={self.beta!r} and energy_share={self.energy_share!r}: give one of the two"
            )
        if not isinstance(self.energy_share, Real) or not 0 <= self.energy_share < np.inf:
            raise InputError(
                f"energy_share={self.energy_share!r} must be a number that is not negative"
            )
        return 2 * float(self.energy_share) * total_variance

    def _annealing(self) -> Annealing:
        return Annealing(self.annealing, self.annealing_share, self.cycles)
