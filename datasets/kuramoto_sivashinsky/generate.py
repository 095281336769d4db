"""Write the Kuramoto-Sivashinsky snapshots, by ETDRK4 on Fourier modes; see README.md.

The scheme is that of the data set kolmogorov_flow, too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rom.data.formats.canonical import write_canonical

LENGTH = 22.0
N_POINTS = 64
STEP = 0.05
#: Of the snapshots; a whole number of steps.
INTERVAL = 5.0
#: Left out at the start; measured, see README.md.
TRANSIENT = 250.0
#: Number of trajectories, snapshots of each.
SIZES = {"full": (10, 400), "small": (4, 40)}
#: Points of the contour, and modes that are not zero at the start.
N_CONTOUR, N_INITIAL = 32, 8
#: The nonlinear part of an equation, of modes.
Slope = Callable[[np.ndarray], np.ndarray]


class Scheme(NamedTuple):
    """What ETDRK4 needs of the linear part, for each mode.

    The names are those of Kassam and Trefethen, but f2 is twice theirs.
    """

    step: float
    E: np.ndarray
    E2: np.ndarray
    Q: np.ndarray
    f1: np.ndarray
    f2: np.ndarray
    f3: np.ndarray


def wavenumbers(n_points: int = N_POINTS) -> np.ndarray:
    """2 pi n / L of the modes n = 0 ... n_points / 2 of a real field."""
    return 2 * np.pi / LENGTH * np.arange(n_points // 2 + 1)


def growth_rates(n_points: int = N_POINTS) -> np.ndarray:
    """k^2 - k^4, the linear part of the equation."""
    k = wavenumbers(n_points)
    return k**2 - k**4


def coefficients(rates: np.ndarray, step: float) -> Scheme:
    """Those of ETDRK4, from the real growth of the modes in a step, in an array of any shape.

    Their formulas divide zero by zero where a growth rate vanishes, and lose digits near it.
    So each is the mean of its values on a circle of radius 1 about the point (Cauchy's integral).
    The rates are real, so half of the circle and the real part are enough.
    """
    angles = np.pi * (np.arange(N_CONTOUR) + 0.5) / N_CONTOUR
    z = rates[..., None] + np.exp(1j * angles)
    grown = np.exp(z)

    def mean(values: np.ndarray) -> np.ndarray:
        return step * values.mean(axis=-1).real

    return Scheme(
        step,
        E=np.exp(rates),
        E2=np.exp(rates / 2),
        Q=mean((np.exp(z / 2) - 1) / z),
        f1=mean((-4 - z + grown * (4 - 3 * z + z**2)) / z**3),
        f2=2 * mean((2 + z + grown * (z - 2)) / z**3),
        f3=mean((-4 - 3 * z - z**2 + grown * (4 - z)) / z**3),
    )


def scheme(step: float = STEP, n_points: int = N_POINTS) -> Scheme:
    """The coefficients for this equation."""
    return coefficients(step * growth_rates(n_points), step)


def nonlinear(modes: np.ndarray) -> np.ndarray:
    """The modes of -u u_x = -(u^2 / 2)_x, without aliasing.

    The square is formed on twice as many points, where each of its modes has a place of its own.
    The highest mode of the grid stays zero: the grid does not see its sine.
    """
    n_points = 2 * (modes.shape[-1] - 1)
    # norm="forward" makes the modes the same numbers on both grids
    u = np.fft.irfft(modes, 2 * n_points, norm="forward")
    square = np.fft.rfft(u * u, norm="forward")[..., : modes.shape[-1]]
    square[..., -1] = 0
    return -0.5j * wavenumbers(n_points) * square


def advance(modes: np.ndarray, how: Scheme, slope: Slope = nonlinear) -> np.ndarray:
    """One step of all trajectories; the last axes are those of the modes."""
    here = slope(modes)
    half = how.E2 * modes
    a = half + how.Q * here
    at_a = slope(a)
    b = half + how.Q * at_a
    at_b = slope(b)
    c = how.E2 * a + how.Q * (2 * at_b - here)
    return how.E * modes + how.f1 * here + how.f2 * (at_a + at_b) + how.f3 * slope(c)


def march(modes: np.ndarray, how: Scheme, n_steps: int) -> np.ndarray:
    """Take many steps."""
    for _ in range(n_steps):
        modes = advance(modes, how)
    return modes


def initial(n_trajectories: int, rng: np.random.Generator, n_points: int = N_POINTS) -> np.ndarray:
    """Modes of smooth random fields with mean 0 and about the energy of the attractor."""
    modes = np.zeros((n_trajectories, n_points // 2 + 1), complex)
    parts = rng.standard_normal((2, n_trajectories, N_INITIAL))
    modes[:, 1 : N_INITIAL + 1] = 0.2 * (parts[0] + 1j * parts[1])
    return modes


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file; the seed draws the initial fields, one for each trajectory."""
    n_trajectories, n_times = SIZES[size]
    how, every = scheme(), round(INTERVAL / STEP)
    modes = initial(n_trajectories, np.random.default_rng(seed))
    modes = march(modes, how, round((TRANSIENT - INTERVAL) / STEP))
    fields = np.empty((n_trajectories, n_times, N_POINTS))
    for number in range(n_times):
        modes = march(modes, how, every)
        fields[:, number] = np.fft.irfft(modes, N_POINTS, norm="forward")
    write_canonical(
        out,
        {"u": fields.reshape(-1, N_POINTS)},
        axes=("x",),
        units={"u": "1"},
        coordinates={"x": LENGTH * np.arange(N_POINTS) / N_POINTS},
        coordinate_units={"x": "1"},
        periodic=("x",),
        times=np.tile(TRANSIENT + INTERVAL * np.arange(n_times), n_trajectories),
        time_unit="1",
        trajectories=np.repeat(np.arange(n_trajectories), n_times),
        attributes={"title": "Kuramoto-Sivashinsky, L = 22", "length": LENGTH},
    )
