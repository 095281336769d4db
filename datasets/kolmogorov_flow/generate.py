"""Write snapshots of two-dimensional turbulence, by ETDRK4 on Fourier modes; see README.md.

The scheme is that of the data set kuramoto_sivashinsky.
"""

import runpy
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import fft

from rom.data.formats.canonical import write_canonical

ETDRK4 = runpy.run_path(
    str(Path(__file__).resolve().parents[1] / "kuramoto_sivashinsky" / "generate.py")
)
REYNOLDS = 40.0
#: Waves of the force in the period of y.
FORCED = 4
N_POINTS = 64
STEP = 0.04
#: Between snapshots.
INTERVAL = 2.4
#: The highest wavenumber and half of the mean square at the start.
N_INITIAL, INITIAL_ENSTROPHY = 8, 2.0
#: Trajectories, snapshots of each, points along an axis, and the time left out at the start.
SIZES = {"full": (40, 60, N_POINTS, 84.0), "small": (4, 10, 48, 48.0)}


class Flow(NamedTuple):
    """Wavenumbers of the modes (ky, kx), the inverse of -laplace, and ETDRK4's coefficients."""

    kx: np.ndarray
    ky: np.ndarray
    inverse: np.ndarray
    kept: np.ndarray
    force: np.ndarray
    scheme: Any


def flow(step: float = STEP, n_points: int = N_POINTS, reynolds: float = REYNOLDS) -> Flow:
    """The equation on a grid of n_points x n_points."""
    kx = np.arange(n_points // 2 + 1.0)
    ky = fft.fftfreq(n_points, 1 / n_points)[:, None]
    squared = kx**2 + ky**2
    # the mean of the stream function has no effect
    inverse = np.divide(1, squared, out=np.zeros_like(squared), where=squared > 0)
    # a product of two modes below a third of the points has no alias among them
    kept = (kx < n_points / 3) & (np.abs(ky) < n_points / 3)
    # the curl of sin(n y) e_x is -n cos(n y), half of it at each of ky = n and -n
    force = np.where((kx == 0) & (np.abs(ky) == FORCED), -FORCED / 2, 0.0)
    scheme = ETDRK4["coefficients"](-step * squared / reynolds, step)
    return Flow(kx, ky, inverse, kept, force, scheme)


def fields(modes: np.ndarray) -> np.ndarray:
    """Values on the points (..., y, x) of modes (..., ky, kx)."""
    # norm="forward" makes the modes the same numbers on every grid
    return fft.irfft2(modes, modes.shape[-2:-1] * 2, norm="forward")


def velocity(w: np.ndarray, how: Flow) -> tuple[np.ndarray, np.ndarray]:
    """Modes of u and v from those of the vorticity; the mean flow is zero.

    The stream function has psi_y = u, -psi_x = v, and laplace psi = -w.
    """
    psi = how.inverse * w
    return 1j * how.ky * psi, -1j * how.kx * psi


def nonlinear(w: np.ndarray, how: Flow) -> np.ndarray:
    """Modes of -(u w_x + v w_y) and of the force.

    The first is the curl of the divergence of the products, -(d_xx - d_yy) uv - d_xy (v^2 - u^2):
    four transforms, where the form with gradients of w takes five.
    """
    u, v = map(fields, velocity(w, how))
    uv, difference = (fft.rfft2(part, norm="forward") for part in (u * v, v * v - u * u))
    carried = (how.kx**2 - how.ky**2) * uv + how.kx * how.ky * difference
    return np.where(how.kept, carried, 0) + how.force


def march(w: np.ndarray, how: Flow, n_steps: int) -> np.ndarray:
    """Take many steps."""
    for _ in range(n_steps):
        w = ETDRK4["advance"](w, how.scheme, lambda here: nonlinear(here, how))
    return w


def initial(n_trajectories: int, rng: np.random.Generator, how: Flow) -> np.ndarray:
    """Modes of smooth random vorticity with mean 0."""
    low = (np.abs(how.ky) <= N_INITIAL) & (how.kx <= N_INITIAL)
    noise = rng.standard_normal((n_trajectories, how.ky.size, how.ky.size))
    w = np.where(low, fft.rfft2(noise, norm="forward"), 0)
    w[:, 0, 0] = 0
    size = (fields(w) ** 2).mean(axis=(-2, -1), keepdims=True)
    return w * np.sqrt(2 * INITIAL_ENSTROPHY / size)


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file; the seed draws the initial fields, one for each trajectory."""
    n_trajectories, n_times, n_points, transient = SIZES[size]
    how, every = flow(n_points=n_points), round(INTERVAL / STEP)
    w = initial(n_trajectories, np.random.default_rng(seed), how)
    w = march(w, how, round((transient - INTERVAL) / STEP))
    snapshots = np.empty((n_trajectories, n_times, n_points, n_points), np.float32)
    for number in range(n_times):
        w = march(w, how, every)
        snapshots[:, number] = fields(w)
    points = 2 * np.pi * np.arange(n_points) / n_points
    write_canonical(
        out,
        {"vorticity": snapshots.reshape(-1, n_points, n_points)},
        axes=("y", "x"),
        units={"vorticity": "1"},
        coordinates={"y": points, "x": points},
        coordinate_units={"y": "1", "x": "1"},
        periodic=("y", "x"),
        times=np.tile(transient + INTERVAL * np.arange(n_times), n_trajectories),
        time_unit="1",
        trajectories=np.repeat(np.arange(n_trajectories), n_times),
        attributes={
            "title": "Kolmogorov flow, Re = 40, four waves of the force",
            "reynolds": REYNOLDS,
            "forced_wavenumber": FORCED,
            "seed": seed,
            "size": size,
        },
    )
