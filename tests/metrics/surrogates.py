"""The null by time shifts, one draw after the other: what the fast ones have to agree with."""

import numpy as np

from rom.metrics.significance import random_shifts, shifted


def shift_null(statistic, Z, *, draws=199, seed=0):
    """A statistic of latents that are each shifted by a random time, circularly: (draws,)."""
    shifts = random_shifts(*Z.shape, draws, seed)
    return np.array([statistic(shifted(Z, one)) for one in shifts])
