"""Two-dimensional flow past a circular cylinder at Re = 100: periodic vortex shedding, solved from
scratch.

Vorticity w and stream function psi on a polar grid around the cylinder, with xi = ln r (lengths in
diameters D, velocities in the free-stream speed U, time in D/U):

    dw/dt + exp(-2 xi) [ d(psi_theta w)/dxi - d(psi_xi w)/dtheta ] = (1/Re) exp(-2 xi) (w_xixi +
    w_thetatheta) psi_xixi + psi_thetatheta = -exp(2 xi) w,     u_r = psi_theta / r,     u_theta =
    -psi_xi / r

Fourier series in theta (2/3 de-aliased), fourth-order differences in xi, second-order semi-implicit
time stepping (SBDF2).  Every Fourier mode then needs two banded solves per step and nothing else.
The grid fits the wall exactly and reaches 40 D for the price of a few more rings, so there is
hardly any blockage.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.fft
import scipy.sparse
from scipy.linalg.lapack import dgbtrf, dgbtrs

from rom.data.formats.canonical import write_canonical

REYNOLDS = 100.0
WALL = 0.5  # radius of the cylinder in diameters
PRECISION = 2.0**-14  # stored velocities are multiples of this; far below the error of the scheme
SPONGE = (
    15.0,
    30.0,
)  # beyond this radius the viscosity rises smoothly, up to 1 + this factor at the rim
BANDS = 4  # off-diagonals of the one-sided differences next to the two boundaries


@dataclass(frozen=True)
class Setup:
    """Everything that sets the cost and the accuracy of a run."""

    rings: int = 320  # points in xi, wall and outer rim included
    rays: int = 256  # points in theta
    rim: float = 40.0  # outer radius of the domain
    time_step: float = 0.005
    transient: float = 150.0  # time before the first snapshot
    stride: int = 56  # steps between snapshots: 21.7 snapshots per period, so no phase comes twice
    snapshots: int = 200
    spacing: float = 0.125  # of the stored grid


SETUPS = {
    "full": Setup(),
    "small": Setup(
        128, 128, rim=20.0, time_step=0.01, transient=90.0, stride=39, snapshots=60, spacing=0.25
    ),
}


def second_difference(n: int, h: float) -> scipy.sparse.lil_matrix:
    """Fourth-order second derivative; first and last row stay empty for boundary conditions."""
    matrix = scipy.sparse.lil_matrix((n, n))
    for j in range(2, n - 2):
        matrix[j, j - 2 : j + 3] = np.array([-1, 16, -30, 16, -1]) / (12 * h**2)
    matrix[1, 0:6] = np.array([10, -15, -4, 14, -6, 1]) / (12 * h**2)
    matrix[n - 2, n - 6 : n] = np.array([1, -6, 14, -4, -15, 10]) / (12 * h**2)
    return matrix


EDGE = np.array([-25, 48, -36, 16, -3]) / 12  # fourth-order first derivative at an edge, times h


def derivative(f: np.ndarray, h: float) -> np.ndarray:
    """Fourth-order first derivative along the last axis."""
    out = np.empty_like(f)
    out[..., 2:-2] = (8 * (f[..., 3:-1] - f[..., 1:-3]) - (f[..., 4:] - f[..., :-4])) / (12 * h)
    near = np.array([-3, -10, 18, -6, 1]) / (12 * h)
    out[..., 0], out[..., 1] = f[..., :5] @ EDGE / h, f[..., :5] @ near
    out[..., -1], out[..., -2] = -(f[..., :-6:-1] @ EDGE) / h, -(f[..., :-6:-1] @ near)
    return out


class BandedSolver:
    """One factorised band matrix that holds the independent radial problems of all Fourier
    modes.
    """

    def __init__(self, blocks: list[scipy.sparse.spmatrix]) -> None:
        matrix = scipy.sparse.block_diag(blocks).tocoo()
        band = np.zeros((3 * BANDS + 1, matrix.shape[0]))
        band[2 * BANDS + matrix.row - matrix.col, matrix.col] = matrix.data
        self.factors, self.pivots, info = dgbtrf(band, BANDS, BANDS)
        if info:
            raise ValueError("singular radial operator")

    def __call__(self, rhs: np.ndarray) -> np.ndarray:
        columns = np.stack([rhs.real.ravel(), rhs.imag.ravel()], axis=1)
        solution, _ = dgbtrs(self.factors, BANDS, BANDS, columns, self.pivots)
        return (solution[:, 0] + 1j * solution[:, 1]).reshape(rhs.shape)


class CylinderFlow:
    """Time stepping of the Fourier modes; arrays are (mode, ring) or, in real space, (ray,
    ring).
    """

    def __init__(self, setup: Setup, seed: int) -> None:
        self.setup, n = setup, setup.rings
        self.xi, self.h = np.linspace(np.log(WALL), np.log(setup.rim), n, retstep=True)
        self.r = np.exp(self.xi)
        self.modes = np.arange(setup.rays // 3 + 1)[:, None]
        self.build_solvers()
        # Impulsive start: potential flow without vorticity, then a few random blobs of vorticity
        # close behind the cylinder, which break the symmetry and so shorten the wait for the vortex
        # street.
        theta = 2 * np.pi * np.arange(setup.rays)[:, None] / setup.rays
        x, y = self.r * np.cos(theta), self.r * np.sin(theta)
        w = np.zeros_like(x)
        rng = np.random.default_rng(seed)
        for x0, y0, strength in rng.uniform((1, -1, -1), (2, 1, 1), (4, 3)):
            w += strength * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / 0.1)
        self.begin(self.to_modes(w))

    def begin(self, w: np.ndarray) -> None:
        """Start from these modes of the vorticity; the first step takes away the slip they leave at
        the wall.
        """
        self.w = self.w_old = w
        self.psi = self.stream_function(w)
        self.advection_old, _ = self.advection()

    def build_solvers(self) -> None:
        """Factorise the operators, and find for each mode what a unit vorticity at the wall
        does.
        """
        n, h, dt = self.setup.rings, self.h, self.setup.time_step
        depth = np.clip(np.log(self.r / SPONGE[0]) / np.log(self.setup.rim / SPONGE[0]), 0, 1)
        viscosity = (1 + SPONGE[1] * depth**2 * (3 - 2 * depth)) / REYNOLDS
        inner = np.r_[0.0, np.ones(n - 2), 0.0]
        d2, diffusion, laplacian = second_difference(n, h), [], []
        for m in self.modes[:, 0]:
            decay = inner * (1.5 / dt * self.r**2 + viscosity * m**2)
            block = scipy.sparse.lil_matrix(
                scipy.sparse.diags(decay) - scipy.sparse.diags(viscosity) @ d2
            )
            # A single-valued pressure asks for zero wall gradient in the mean; other modes are
            # given there.
            block[0, :5] = EDGE / h if m == 0 else [1, 0, 0, 0, 0]
            block[n - 1, n - 1] = 1.0
            diffusion.append(block)
            block = scipy.sparse.lil_matrix(d2 - m**2 * scipy.sparse.diags(inner))
            # Beyond the rim the disturbance of the free stream is a potential flow, psi ~ r^-m.
            block[0, 0], block[n - 1, n - 5 :] = 1.0, -EDGE[::-1] / h
            block[n - 1, n - 1] += m
            laplacian.append(block)
        self.diffuse, self.poisson = BandedSolver(diffusion), BandedSolver(laplacian)
        self.free_stream = np.zeros(len(self.modes), dtype=complex)
        self.free_stream[1] = (
            -1j * self.setup.rim
        )  # (d/dxi + 1) of the mode r sin(theta) = -i/2 r + c.c.
        unit = np.zeros((len(self.modes), n), dtype=complex)
        unit[1:, 0] = 1.0
        self.w_wall = self.diffuse(unit)
        rhs = -(self.r**2) * self.w_wall
        rhs[:, [0, -1]] = 0.0
        self.psi_wall = self.poisson(rhs)
        self.psi_wall[0] = (
            self.xi - self.xi[0]
        )  # the mean has a free circulation instead of a wall vorticity
        self.slip_wall = self.psi_wall[:, :5] @ EDGE

    def to_modes(self, f: np.ndarray) -> np.ndarray:
        return scipy.fft.rfft(f, axis=0, norm="forward")[: len(self.modes)]

    def to_rays(self, f: np.ndarray) -> np.ndarray:
        return scipy.fft.irfft(f, self.setup.rays, axis=0, norm="forward")

    def stream_function(self, w: np.ndarray) -> np.ndarray:
        rhs = -(self.r**2) * w
        rhs[:, 0], rhs[:, -1] = 0.0, self.free_stream
        return self.poisson(rhs)

    def advection(self) -> tuple[np.ndarray, np.ndarray]:
        """Modes of r^2 div(velocity w), and the vorticity that the flow carries to the rim in one
        step.
        """
        w, psi_theta = self.to_rays(self.w), self.to_rays(1j * self.modes * self.psi)
        psi_xi = self.to_rays(derivative(self.psi, self.h))
        divergence = derivative(self.to_modes(psi_theta * w), self.h)
        divergence -= 1j * self.modes * self.to_modes(psi_xi * w)
        outflow = psi_theta[:, -1] / self.setup.rim**2  # d(xi)/dt of a fluid particle
        rim = w[:, -1] - self.setup.time_step * outflow * (w[:, -1] - w[:, -2]) / self.h
        return divergence, self.to_modes(np.where(outflow > 0, rim, 0.0)[:, None])[:, 0]

    def step(self) -> None:
        """One SBDF2 step: extrapolated advection, implicit diffusion, exact no-slip by
        superposition.
        """
        advection, rim = self.advection()
        rhs = self.r**2 * (4 * self.w - self.w_old) / (2 * self.setup.time_step)
        rhs += self.advection_old - 2 * advection
        rhs[:, 0], rhs[:, -1] = 0.0, rim
        w = self.diffuse(rhs)
        psi = self.stream_function(w)
        wall = (-(psi[:, :5] @ EDGE) / self.slip_wall)[:, None]  # vorticity that stops the slip
        self.w_old, self.advection_old = self.w, advection
        self.w, self.psi = w + wall * self.w_wall, psi + wall * self.psi_wall

    def forces(self) -> tuple[float, float]:
        """Drag and lift coefficient: friction from the wall vorticity, pressure from its normal
        gradient.
        """
        first = self.w[1, :5] @ EDGE / self.h - self.w[1, 0]
        return -2 * np.pi / REYNOLDS * first.imag, -2 * np.pi / REYNOLDS * first.real


class Sampler:
    """Velocity at given points: Fourier series in theta, cubic Lagrange interpolation in xi."""

    def __init__(self, flow: CylinderFlow, x: np.ndarray, y: np.ndarray) -> None:
        self.flow, self.r, theta = flow, np.hypot(x, y), np.arctan2(y, x)
        position = (np.log(self.r) - flow.xi[0]) / flow.h
        self.node = np.clip(position.astype(int) - 1, 0, flow.setup.rings - 4)
        s = position - self.node
        self.lagrange = (
            -(s - 1) * (s - 2) * (s - 3) / 6,
            s * (s - 2) * (s - 3) / 2,
            -s * (s - 1) * (s - 3) / 2,
            s * (s - 1) * (s - 2) / 6,
        )
        self.cos, self.sin = np.cos(theta), np.sin(theta)
        self.wave = np.exp(1j * flow.modes * theta) * np.where(
            flow.modes == 0, 1, 2
        )  # 2: conjugate modes

    def __call__(self) -> tuple[np.ndarray, np.ndarray]:
        def at_points(f: np.ndarray) -> np.ndarray:
            modes = sum(c * f[:, self.node + k] for k, c in enumerate(self.lagrange))
            return (modes * self.wave).sum(axis=0).real / self.r

        u_r = at_points(1j * self.flow.modes * self.flow.psi)
        u_theta = -at_points(derivative(self.flow.psi, self.flow.h))
        return u_r * self.cos - u_theta * self.sin, u_r * self.sin + u_theta * self.cos


def shedding(times: np.ndarray, drag: np.ndarray, lift: np.ndarray) -> tuple[float, float, float]:
    """Strouhal number, mean drag and lift amplitude over the whole periods between upward lift
    crossings.
    """
    k = np.flatnonzero((lift[:-1] < 0) & (lift[1:] >= 0))
    if len(k) < 2:
        raise ValueError("no vortex shedding in the recorded time")
    crossings = times[k] - lift[k] * (times[k + 1] - times[k]) / (lift[k + 1] - lift[k])
    whole = slice(k[0], k[-1])
    strouhal = (len(k) - 1) / (crossings[-1] - crossings[0])
    return float(strouhal), float(drag[whole].mean()), float(np.ptp(lift[whole]) / 2)


def simulate(setup: Setup, seed: int, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, ...]:
    """Snapshot times, velocities (n, points), and the history (time, drag, lift) of every step."""
    flow = CylinderFlow(setup, seed)
    sample, first = Sampler(flow, x, y), round(setup.transient / setup.time_step)
    times, velocities, history = [], [], []
    for k in range(1, first + (setup.snapshots - 1) * setup.stride + 1):
        flow.step()
        history.append((k * setup.time_step, *flow.forces()))
        if k >= first and (k - first) % setup.stride == 0:
            times.append(k * setup.time_step)
            velocities.append(sample())
        if k % round(10 / setup.time_step) == 0:
            print("t = {:6.1f} D/U   drag {:.4f}   lift {:+.4f}".format(*history[-1]), flush=True)
    return np.array(times), *np.swapaxes(velocities, 0, 1), np.array(history)


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Simulate and write the canonical HDF5 file; ``size`` is "full" or "small"."""
    setup = SETUPS[size]
    x_axis = np.arange(-2, 10, setup.spacing) + setup.spacing / 2
    y_axis = np.arange(-2.5, 2.5, setup.spacing) + setup.spacing / 2
    x, y = np.meshgrid(x_axis, y_axis)
    mask = np.hypot(x, y) < WALL  # cells whose centre is inside the cylinder
    times, u, v, history = simulate(setup, seed, x[~mask], y[~mask])
    fields = {name: np.zeros((len(times), *mask.shape), dtype=np.float32) for name in ("u", "v")}
    for name, values in (("u", u), ("v", v)):
        fields[name][:, ~mask] = np.round(values / PRECISION) * PRECISION
    strouhal, drag, lift = shedding(*history[history[:, 0] >= setup.transient].T)
    print(f"Strouhal number {strouhal:.4f}, mean drag {drag:.4f}, lift amplitude {lift:.4f}")
    write_canonical(
        out, fields, axes=("y", "x"), units={"u": "1", "v": "1"},
        coordinates={"y": y_axis, "x": x_axis}, coordinate_units={"y": "D", "x": "D"},
        times=times, time_unit="D/U", weights=np.full(mask.shape, setup.spacing**2), mask=mask,
        attributes={
            "title": "flow past a circular cylinder at Re = 100", "generator": "cylinder_wake",
            "seed": seed, "size": size, "reynolds": REYNOLDS, "strouhal": strouhal,
            "mean_drag": drag, "lift_amplitude": lift, "blockage": WALL / setup.rim,
            "domain_radius": setup.rim, "rings": setup.rings, "rays": setup.rays,
            "time_step": setup.time_step, "transient": setup.transient,
            "sponge_radius": SPONGE[0], "sponge_factor": SPONGE[1],
            "precision": PRECISION, "license": "CC0-1.0",
        },
    )  # fmt: skip
