"""Write the Burgers snapshots: the closed-form solution on a grid; see README.md."""

from pathlib import Path

import numpy as np

from rom.data.formats.canonical import write_canonical

REYNOLDS = 1000.0
SIZES = {"full": (200, 2048), "small": (40, 128)}


def solution(x: np.ndarray, t: np.ndarray) -> np.ndarray:
    """u(x, t) for all times (rows) and points (columns).

    u = x/(t+1) / (1 + sqrt((t+1)/t0) exp(Re x^2 / (4t+4))), t0 = exp(Re/8). The square root and the
    exponential are multiplied as exponents, because t0 alone is near 1e54.
    """
    s = t[:, None] + 1
    exponent = 0.5 * np.log(s) - REYNOLDS / 16 + REYNOLDS * x**2 / (4 * s)
    return x / s / (1 + np.exp(exponent))


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file. The seed changes nothing: there is no randomness."""
    n_times, n_points = SIZES[size]
    x, t = np.linspace(0, 1, n_points), np.linspace(0, 2, n_times)
    write_canonical(
        out,
        {"u": solution(x, t)},
        axes=("x",),
        units={"u": "1"},
        coordinates={"x": x},
        coordinate_units={"x": "1"},
        # each snapshot is a closed form of its time alone: a parameter, not the steps of a run
        parameters={"time": t},
        attributes={"title": "Burgers, closed form", "reynolds": REYNOLDS},
    )
