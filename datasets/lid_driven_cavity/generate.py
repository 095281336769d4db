"""Write steady flows in a cavity with two moving lids, by Newton on B-splines; see README.md."""

from pathlib import Path

import numpy as np
from scipy.interpolate import BSpline
from scipy.sparse import csc_array, csr_array, diags_array, kron
from scipy.sparse.linalg import splu
from scipy.stats import qmc

from rom.data.formats.canonical import write_canonical

#: Of the splines: cubic, so that velocities are continuous and so are their gradients.
DEGREE = 3
#: The first cells at the walls are narrower than the mean by 1 - CLUSTERING.
CLUSTERING = 0.75
#: Number of snapshots, spline cells and stored cells along a side.
SIZES = {"full": (256, 48, 64), "small": (32, 12, 16)}
#: Re of the top lid is 100 to 1000, the bottom lid has -1 to 1 times its speed; as log10 and half.
LOWEST, HIGHEST = np.array([2.0, -0.5]), np.array([3.0, 0.5])
#: Newton ends when the stream function, of size 0.1, changes by less.
TOLERANCE, MAX_NEWTON = 1e-9, 10
#: Way between two flows (1 is the whole range) that is not halved any more.
SHORTEST = 1e-3


class Splines:
    """Cubic B-splines on [0, 1], with cells that are narrow at the ends."""

    def __init__(self, n_cells: int) -> None:
        s = np.linspace(0, 1, n_cells + 1)
        self.ends = s - CLUSTERING / (2 * np.pi) * np.sin(2 * np.pi * s)
        # the ends repeated, so that one spline alone has a value there and two have a slope
        self.knots = np.concatenate([[0.0] * DEGREE, self.ends, [1.0] * DEGREE])

    def __call__(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """A derivative of all splines (columns) at points (rows)."""
        n_splines = len(self.knots) - DEGREE - 1
        return BSpline(self.knots, np.eye(n_splines), DEGREE)(x, nu=order)

    def clamped(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """Those without a value or a slope at the ends: all but two at each."""
        return self(x, order)[:, 2:-2]

    def sliding(self, x: np.ndarray, order: int = 0) -> np.ndarray:
        """The two with slope 1 at the right and at the left end, and without a value there."""
        slopes = self(np.array([1.0, 0.0]), 1)[[0, 1], [-2, 1]]
        return self(x, order)[:, [-2, 1]] / slopes

    def quadrature(self) -> tuple[np.ndarray, np.ndarray]:
        """Gauss points and weights, DEGREE + 1 in each cell."""
        points, weights = np.polynomial.legendre.leggauss(DEGREE + 1)
        widths = np.diff(self.ends)[:, None]
        x = self.ends[:-1, None] + widths * (points + 1) / 2
        return x.ravel(), (widths * weights / 2).ravel()


class Cavity:
    """Galerkin's method for the stream function psi of a steady flow, u = psi_y and v = -psi_x.

    psi is a product of splines along y and x. The pressure drops out and there is no divergence.
    """

    def __init__(self, n_cells: int) -> None:
        self.splines = Splines(n_cells)
        x, weights = self.splines.quadrature()
        self.weights = np.kron(weights, weights)
        inner = [csr_array(self.splines.clamped(x, order)) for order in range(3)]
        self.d_x = csr_array(kron(inner[0], inner[1]))
        self.d_y = csr_array(kron(inner[1], inner[0]))
        self.laplace = csr_array(kron(inner[0], inner[2]) + kron(inner[2], inner[0]))
        self.friction = self.laplace.T @ diags_array(self.weights) @ self.laplace
        # each lid moves the sum of the clamped splines: speed 1 but for the last cells at the
        # corners, where lid and wall meet and the exact velocity has two values
        along = [self.splines.clamped(x, order).sum(axis=1, keepdims=True) for order in range(3)]
        lids = [self.splines.sliding(x, order) for order in range(3)]
        self.lids_x, self.lids_y = np.kron(lids[0], along[1]), np.kron(lids[1], along[0])
        self.lids_laplace = np.kron(lids[0], along[2]) + np.kron(lids[2], along[0])

    def equations(
        self,
        psi: np.ndarray,
        reynolds: float,
        lids: np.ndarray,
    ) -> tuple[np.ndarray, csc_array]:
        """What Newton makes zero, and its derivative.

        For every clamped spline f: int lap(psi) (psi_y f_x - psi_x f_y) + lap(psi) lap(f) / Re,
        which is the vorticity equation times f, integrated by parts.
        """
        minus_vorticity = self.laplace @ psi + self.lids_laplace @ lids
        u, minus_v = self.d_y @ psi + self.lids_y @ lids, self.d_x @ psi + self.lids_x @ lids
        along_flow = diags_array(self.weights * u) @ self.d_x
        along_flow -= diags_array(self.weights * minus_v) @ self.d_y
        residual = along_flow.T @ minus_vorticity
        residual += self.laplace.T @ (self.weights * minus_vorticity) / reynolds
        turning = self.d_x.T @ diags_array(self.weights * minus_vorticity) @ self.d_y
        slope = self.friction / reynolds + along_flow.T @ self.laplace + turning - turning.T
        return residual, csc_array(slope)

    def solve(self, reynolds: float, ratio: float, start: np.ndarray | None = None) -> np.ndarray:
        """Coefficients of psi in the clamped splines, from those of a flow nearby."""
        psi = np.zeros(self.laplace.shape[1]) if start is None else start
        for _ in range(MAX_NEWTON):
            residual, slope = self.equations(psi, reynolds, np.array([1.0, ratio]))
            # an ordering for symmetric patterns: it fills in less and is three times as fast
            change = splu(slope, permc_spec="MMD_AT_PLUS_A").solve(residual)
            psi = psi - change
            if np.abs(change).max() < TOLERANCE:
                return psi
        raise ArithmeticError(f"Newton does not converge at Re = {reynolds}, ratio = {ratio}")

    def fields(
        self, psi: np.ndarray, ratio: float, y: np.ndarray, x: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Stream function, u and v at the points of a grid, (y, x)."""
        inner = [(self.splines.clamped(y, k), self.splines.clamped(x, k)) for k in (0, 1)]
        n = inner[0][0].shape[1]
        lids = [self.splines.sliding(y, k) @ np.array([1.0, ratio]) for k in (0, 1)]

        def derivative(along_y: int, along_x: int) -> np.ndarray:
            right = inner[along_x][1]
            lid = np.outer(lids[along_y], right.sum(axis=1))
            return inner[along_y][0] @ psi.reshape(n, n) @ right.T + lid

        return derivative(0, 0), derivative(1, 0), -derivative(0, 1)


def family(cavity: Cavity, places: np.ndarray) -> list[np.ndarray]:
    """Flows at all (log10 Re, ratio / 2), each from the nearest one that is there already.

    In both coordinates the whole range is 1.
    """
    flows: dict[int, np.ndarray] = {}
    # from slow flows to fast ones: from rest Newton finds the slowest alone
    for number in np.argsort(places[:, 0]):
        there = places[number]
        if flows:
            near = min(flows, key=lambda other: float(np.linalg.norm(places[other] - there)))
            flows[number] = follow(cavity, flows[near], places[near], there)
        else:
            flows[number] = cavity.solve(10 ** there[0], 2 * there[1])
    return [flows[number] for number in range(len(places))]


def follow(cavity: Cavity, psi: np.ndarray, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    """The flow of another place; where Newton does not get there at once, by way of the middle.

    That is needed near a ratio of 0.65 at Re = 1000, where one large vortex becomes two.
    """
    try:
        return cavity.solve(10 ** there[0], 2 * there[1], psi)
    except ArithmeticError:
        if np.linalg.norm(there - here) < SHORTEST:
            raise
    middle = (here + there) / 2
    return follow(cavity, follow(cavity, psi, here, middle), middle, there)


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file; the seed scrambles the Sobol points of the parameters."""
    n_snapshots, n_cells, n_points = SIZES[size]
    points = qmc.Sobol(2, seed=seed).random(n_snapshots)
    places = LOWEST + (HIGHEST - LOWEST) * points
    reynolds, ratio = 10 ** places[:, 0], 2 * places[:, 1]
    cavity, centres = Cavity(n_cells), (np.arange(n_points) + 0.5) / n_points
    flows = family(cavity, places)
    grids = [cavity.fields(*flow, centres, centres)[1:] for flow in zip(flows, ratio, strict=True)]
    u, v = np.array(grids, np.float32).transpose(1, 0, 2, 3)
    write_canonical(
        out,
        {"u": u, "v": v},
        axes=("y", "x"),
        units={"u": "1", "v": "1"},
        coordinates={"y": centres, "x": centres},
        coordinate_units={"y": "1", "x": "1"},
        parameters={"reynolds": reynolds, "lid_ratio": ratio},
        attributes={"title": "Steady flow in a cavity with two moving lids"},
    )
