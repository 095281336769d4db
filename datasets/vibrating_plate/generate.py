"""Write the vibrations of a clamped plate, by its modes on B-splines; see README.md."""

from pathlib import Path

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import eigh, expm, solve

from rom.data.formats.canonical import write_canonical

#: Sides along x and y, thickness (m); aluminium: Young's modulus (Pa), Poisson's ratio, kg/m^3.
LENGTH, WIDTH, THICKNESS = 0.7, 0.5, 0.003
YOUNG, POISSON, DENSITY = 70e9, 0.33, 2700.0
MASS = DENSITY * THICKNESS
STIFFNESS = YOUNG * THICKNESS**3 / (12 * (1 - POISSON**2))
#: Of critical damping, the same for each mode: in a period it falls to exp(-2 pi DAMPING) = 0.94.
DAMPING, N_MODES = 0.01, 10
#: Cubic splines; cells of the mesh along x and y.
DEGREE, N_CELLS = 3, (21, 15)
#: Trajectories, snapshots of each, stored cells along y and x.
SIZES = {"full": (12, 200, (30, 42)), "small": (4, 40, (10, 14))}
#: Between snapshots (s), and steps in it. The highest mode has 441 Hz, below half of 1 / INTERVAL:
#: frequencies can be read from the snapshots.
INTERVAL, N_STEPS = 1e-3, 40
#: What moves the plate, in turn.
KINDS = ("release", "hammer", "harmonic", "sweep")
#: Forces (N), chosen so that displacements are alike: below 0.6 mm, where theory is still linear.
FORCES = {"release": 50.0, "hammer": 150.0, "harmonic": 20.0, "sweep": 10.0}
#: Of harmonic forces and of the sweep (Hz); how long a hammer touches (s).
BAND, CONTACT = (50.0, 450.0), 0.002
#: Forces act at places between these, as shares of the sides: near an edge nothing would move.
PLACES = (0.15, 0.85)


class Strip:
    """B-splines along one side: values, and what their products and derivatives integrate to."""

    def __init__(self, length: float, n_cells: int, fixed: int) -> None:
        ends = np.linspace(0, length, n_cells + 1)
        # the ends repeated, so that one spline alone has a value there and two have a slope
        self.knots, self.fixed = np.concatenate([[0.0] * DEGREE, ends, [length] * DEGREE]), fixed
        points, weights = np.polynomial.legendre.leggauss(DEGREE + 1)
        width = length / n_cells
        x = (ends[:-1, None] + width * (points + 1) / 2).ravel()
        w = np.tile(weights * width / 2, n_cells)
        values = [self(x, order) for order in range(3)]
        self.mass, self.slope, self.bend = (v.T @ (w[:, None] * v) for v in values)
        self.load = values[0].T @ w

    def __call__(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """A derivative of the splines (columns) at points (rows), without the fixed ones."""
        eye = np.eye(len(self.knots) - DEGREE - 1)
        return BSpline(self.knots, eye, DEGREE)(x, nu=order)[:, self.fixed : -self.fixed]


class Plate:
    """A thin rectangular plate (Kirchhoff), D lap(lap(w)) + m w_tt = p, by Ritz' method.

    With `fixed` = 2 neither value nor slope is free at the edges (clamped), with 1 the slope is
    (simply supported).
    """

    def __init__(
        self,
        sides: tuple[float, float] = (LENGTH, WIDTH),
        n_cells: tuple[int, int] = N_CELLS,
        fixed: int = 2,
        stiffness: float = STIFFNESS,
        mass: float = MASS,
    ) -> None:
        self.x, self.y = (Strip(s, n, fixed) for s, n in zip(sides, n_cells, strict=True))
        # the energy of bending is int lap(w)^2: the term with Poisson's ratio vanishes where w = 0
        # on straight edges
        self.stiffness = np.kron(self.y.mass, self.x.bend) + np.kron(self.y.bend, self.x.mass)
        self.stiffness = stiffness * (self.stiffness + 2 * np.kron(self.y.slope, self.x.slope))
        self.mass = mass * np.kron(self.y.mass, self.x.mass)

    def modes(self, n_modes: int = N_MODES) -> tuple[np.ndarray, np.ndarray]:
        """Angular frequencies, and modes of modal mass 1 kg (columns)."""
        squares, modes = eigh(self.stiffness, self.mass, subset_by_index=[0, n_modes - 1])
        return np.sqrt(squares), modes

    def bent(self, pressure: float = 1.0) -> np.ndarray:
        """The static deflection under a uniform pressure."""
        load = pressure * np.kron(self.y.load, self.x.load)
        return solve(self.stiffness, load, assume_a="pos")

    def at(self, shapes: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Values of shapes (columns) on the grid of y and x, (shape, y, x)."""
        coefficients = shapes.T.reshape(-1, self.y.load.size, self.x.load.size)
        return self.y(y) @ coefficients @ self.x(x).T


def respond(
    frequencies: np.ndarray,
    start: np.ndarray,
    forces: np.ndarray,
    step: float,
) -> np.ndarray:
    """Amplitudes of q'' + 2 DAMPING omega q' + omega^2 q = f, at rest in `start` at first.

    Forces are (time, ..., mode), and so are the amplitudes. Between two times f is linear. For
    such an f the step is exact: the exponential of the system for (q, q', f, f').
    """
    system = np.zeros((len(frequencies), 4, 4))
    system[:, 0, 1] = system[:, 1, 2] = system[:, 2, 3] = 1
    system[:, 1, 0], system[:, 1, 1] = -(frequencies**2), -2 * DAMPING * frequencies
    one_step = expm(system * step)[:, :2]
    rates = np.diff(forces, axis=0) / step
    q, speed = start, np.zeros_like(start)
    course = [q]
    for force, rate in zip(forces, rates, strict=False):
        state = np.stack([q, speed, force, rate], axis=-1)
        q, speed = np.einsum("mij,...mj->i...m", one_step, state)
        course.append(q)
    return np.array(course)


def force_history(kind: str, time: np.ndarray, frequency: float) -> np.ndarray:
    """The force over time, with its largest value at most 1."""
    if kind == "hammer":
        return np.where(time < CONTACT, np.sin(np.pi * time / CONTACT), 0.0)
    if kind == "harmonic":
        return np.sin(2 * np.pi * frequency * time)
    if kind == "sweep":
        low, high = BAND
        return np.sin(2 * np.pi * (low * time + (high - low) / (2 * time[-1]) * time**2))
    return np.zeros_like(time)  # after a release nothing acts


def trajectories(
    plate: Plate, n_trajectories: int, n_times: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Amplitudes of the modes, (trajectory, time, mode), and the modes."""
    frequencies, modes = plate.modes()
    step = INTERVAL / N_STEPS
    time = step * np.arange(N_STEPS * (n_times - 1) + 1)
    start = np.zeros((n_trajectories, N_MODES))
    forces = np.zeros((len(time), n_trajectories, N_MODES))
    for number in range(n_trajectories):
        kind = KINDS[number % len(KINDS)]
        x, y = rng.uniform(*PLACES, 2) * (LENGTH, WIDTH)
        # a force at a point drives each mode by the mode's value there
        share = FORCES[kind] * plate.at(modes, np.array([y]), np.array([x]))[:, 0, 0]
        forces[:, number] = np.outer(force_history(kind, time, rng.uniform(*BAND)), share)
        if kind == "release":
            start[number] = share / frequencies**2
    return respond(frequencies, start, forces, step)[::N_STEPS].transpose(1, 0, 2), modes


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file; the seed draws places and frequencies of the forces."""
    n_trajectories, n_times, (n_y, n_x) = SIZES[size]
    plate, rng = Plate(), np.random.default_rng(seed)
    amplitudes, modes = trajectories(plate, n_trajectories, n_times, rng)
    y, x = (np.arange(n_y) + 0.5) * WIDTH / n_y, (np.arange(n_x) + 0.5) * LENGTH / n_x
    shapes = plate.at(modes, y, x)
    rows = amplitudes.reshape(-1, N_MODES)
    # as displacements where the mode is largest, in m
    largest = np.abs(shapes).max(axis=(1, 2))
    write_canonical(
        out,
        {"w": np.tensordot(rows, shapes, axes=1).astype(np.float32)},
        axes=("y", "x"),
        units={"w": "m"},
        coordinates={"y": y, "x": x},
        coordinate_units={"y": "m", "x": "m"},
        times=np.tile(INTERVAL * np.arange(n_times), n_trajectories),
        time_unit="s",
        trajectories=np.repeat(np.arange(n_trajectories), n_times),
        parameters={f"mode_{n + 1}": rows[:, n] * largest[n] for n in range(4)},
        attributes={"title": "Vibrations of a clamped plate"},
    )
