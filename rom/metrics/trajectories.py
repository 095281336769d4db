"""Latents of several trajectories: each with those of another one, instead of with another time.

Shifted in time, latents of a periodic trajectory are functions of each other again. Those of two
trajectories have nothing to do with each other, whatever their course in time; and the time since
the start, which many have in common, stays the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rom.errors import InputError

#: Fewer trajectories can be paired in too few ways.
FEWEST_TRAJECTORIES = 5


def labels_of(trajectories: ArrayLike, n: int) -> NDArray[Any]:
    """The trajectory of each snapshot: (n,); InputError if there is not one label for each."""
    labels = np.asarray(trajectories)
    if labels.shape != (n,):
        raise InputError(
            f"trajectories must hold one entry for each of {n} snapshots, not {labels.shape}"
        )
    return labels


def several(trajectories: ArrayLike | None, n: int) -> NDArray[np.intp] | None:
    """Numbers 0 ... K - 1 of the trajectories of n rows; None unless there are five, of rows in
    time.

    Raises InputError if there is not one label for each row.
    """
    if trajectories is None:
        return None
    numbers = np.unique(labels_of(trajectories, n), return_inverse=True)[1]
    count = int(numbers.max()) + 1
    return numbers.astype(np.intp) if FEWEST_TRAJECTORIES <= count <= n // 2 else None


def pairings(labels: NDArray[np.intp], d: int, draws: int, seed: int) -> Iterator[NDArray[np.intp]]:
    """Rows (n, d), draw by draw, that give every latent another trajectory at the same time.

    The trajectories stand in a ring, in a random order; each latent is taken from the one that is
    its own number of places further on, so that no two latents (of at most K) meet in the
    trajectory they share. A shorter trajectory begins again.

    Parameters
    ----------
    labels : array (n,), numbers from 0 of the trajectories; rows of one stand together, in time
    """
    sizes = np.bincount(labels)
    starts, count = np.cumsum(sizes) - sizes, len(sizes)
    # snapshots since the start of the trajectory of each row
    time = np.arange(len(labels)) - starts[labels]
    generator = np.random.default_rng(seed)
    enough = -(-d // count)

    for _ in range(draws):
        ring = generator.permutation(count)
        # the inverse of the permutation: where in the ring each trajectory stands
        place = np.argsort(ring)
        # no step twice, unless d > count: two latents with one step would keep what they have in
        # common. A step may be 0: the other latents are then those of other trajectories
        steps = np.concatenate([generator.permutation(count) for _ in range(enough)])[:d]

        rows = np.empty((len(labels), d), dtype=np.intp)
        for i in range(d):
            other = ring[(place[labels] + steps[i]) % count]
            rows[:, i] = starts[other] + time % sizes[other]
        yield rows
