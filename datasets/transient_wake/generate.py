"""Write the wake on its way from the steady flow to vortex shedding; see README.md.

The solver is that of the data set cylinder_wake.
"""

from __future__ import annotations

import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from rom.data.formats.canonical import write_canonical

WAKE = runpy.run_path(str(Path(__file__).resolve().parents[1] / "cylinder_wake" / "generate.py"))
Setup, CylinderFlow, Sampler = WAKE["Setup"], WAKE["CylinderFlow"], WAKE["Sampler"]
#: Window of the stored grid (x, then y) and its spacing, in diameters.
WINDOW, SPACING = ((-2.0, 10.0), (-2.5, 2.5)), 0.25
#: Stored velocities are multiples of this.
PRECISION = 2.0**-13
#: Of a disturbance: blobs of vorticity, where they may lie behind the cylinder, their squared
#: width.
BLOBS, NEAR_WAKE, WIDTH = 4, ((0.8, -1.0), (4.0, 1.0)), 0.2
#: Strengths of the weakest and the strongest disturbance; in between they are drawn in the
#: logarithm.
STRENGTHS = (0.001, 0.01)


@dataclass(frozen=True)
class Size:
    """What sets the cost of the data set; times in D/U."""

    flow: Any
    settle: float  # until the symmetric flow is steady
    skip: float  # from the disturbance to the first snapshot: it leaves the window meanwhile
    interval: float  # between snapshots
    snapshots: int  # of each trajectory
    trajectories: int


SIZES = {
    "full": Size(Setup(220, 180, rim=40.0, time_step=0.01), 230.0, 20.0, 1.75, 40, 10),
    "small": Size(Setup(64, 64, rim=20.0, time_step=0.02), 20.0, 4.0, 1.0, 12, 4),
}


def steady_flow(flow: Any, duration: float) -> np.ndarray:
    """Modes of the vorticity of the steady flow, which vortex shedding grows from.

    It is unstable, but only to disturbances that break the mirror symmetry y -> -y. So the flow
    that is kept symmetric comes to rest at it. The vorticity is then odd in theta: its modes are
    imaginary.
    """
    flow.begin(np.zeros_like(flow.w))
    for _ in range(round(duration / flow.setup.time_step)):
        flow.step()
        flow.w, flow.psi = 1j * flow.w.imag, 1j * flow.psi.imag
    return flow.w


def disturbance(flow: Any, rng: np.random.Generator) -> np.ndarray:
    """Modes of a few blobs of vorticity in the near wake, without any symmetry."""
    theta = 2 * np.pi * np.arange(flow.setup.rays)[:, None] / flow.setup.rays
    x, y = flow.r * np.cos(theta), flow.r * np.sin(theta)
    strength = np.exp(rng.uniform(*np.log(STRENGTHS)))
    w = np.zeros_like(x)
    for x0, y0 in rng.uniform(*NEAR_WAKE, (BLOBS, 2)):
        sign = rng.choice([-1, 1])
        w += sign * strength * np.exp(-((x - x0) ** 2 + (y - y0) ** 2) / WIDTH)
    return flow.to_modes(w)


def trajectory(flow: Any, sample: Any, w: np.ndarray, size: Size) -> dict[str, np.ndarray]:
    """Snapshots from a state on: times, velocities (snapshot, point), drag and lift."""
    flow.begin(w)
    every, first = (round(t / flow.setup.time_step) for t in (size.interval, size.skip))
    rows = []
    for step in range(1, first + (size.snapshots - 1) * every + 1):
        flow.step()
        if step >= first and (step - first) % every == 0:
            rows.append((step * flow.setup.time_step, *sample(), *flow.forces()))
    columns = zip(*rows, strict=True)
    return dict(zip(("time", "u", "v", "drag", "lift"), map(np.array, columns), strict=True))


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Simulate and write the file; the seed draws the disturbances, one for each trajectory."""
    how = SIZES[size]
    x_axis, y_axis = (np.arange(low, high, SPACING) + SPACING / 2 for low, high in WINDOW)
    x, y = np.meshgrid(x_axis, y_axis)
    mask = np.hypot(x, y) < WAKE["WALL"]  # cells whose centre is inside the cylinder
    flow = CylinderFlow(how.flow, seed)
    sample = Sampler(flow, x[~mask], y[~mask])
    steady = steady_flow(flow, how.settle)
    print(f"steady flow: drag {flow.forces()[0]:.4f}", flush=True)
    parts = []
    for number in range(how.trajectories):
        rng = np.random.default_rng([seed, number])
        parts.append(trajectory(flow, sample, steady + disturbance(flow, rng), how))
        print(f"trajectory {number}: lift up to {np.abs(parts[-1]['lift']).max():.4f}", flush=True)
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    fields = {}
    for name in ("u", "v"):
        fields[name] = np.zeros((len(columns["time"]), *mask.shape), dtype=np.float32)
        fields[name][:, ~mask] = np.round(columns[name] / PRECISION) * PRECISION
    write_canonical(
        out,
        fields,
        axes=("y", "x"),
        units={"u": "1", "v": "1"},
        coordinates={"y": y_axis, "x": x_axis},
        coordinate_units={"y": "D", "x": "D"},
        times=columns["time"],
        time_unit="D/U",
        trajectories=np.repeat(np.arange(how.trajectories), how.snapshots),
        parameters={"drag": columns["drag"], "lift": columns["lift"]},
        weights=np.full(mask.shape, SPACING**2),
        mask=mask,
        attributes={
            "title": "from the steady wake to vortex shedding, Re = 100",
            "reynolds": WAKE["REYNOLDS"],
            "seed": seed,
            "size": size,
            "precision": PRECISION,
        },
    )
