"""Write the shock tubes: exact solutions of the Riemann problem of an ideal gas; see README.md."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.stats import qmc

from rom.data.formats.canonical import write_canonical

GAMMA = 1.4
TIME, DIAPHRAGM = 0.15, 0.5
SIZES = {"full": (512, 256), "small": (64, 64)}
#: Of the driver gas (left); Sod's tube is 1 and 1.
PRESSURE, DENSITY = (0.4, 2.5), (0.4, 2.5)


class State(NamedTuple):
    """A uniform gas: density, velocity, pressure."""

    density: float
    velocity: float
    pressure: float

    @property
    def sound(self) -> float:
        return float(np.sqrt(GAMMA * self.pressure / self.density))


#: The driven gas (right) of Sod's tube.
DRIVEN = State(0.125, 0.0, 0.1)


def star_state(left: State, right: State) -> tuple[float, float]:
    """Pressure and velocity between the two waves: the root of ``f(p, left) + f(p, right) + u_right
    - u_left = 0``.

    Raises ValueError where the gases part and leave a vacuum.
    """
    jump = right.velocity - left.velocity
    if 2 / (GAMMA - 1) * (left.sound + right.sound) <= jump:
        raise ValueError("the two gases part: there is a vacuum between them")

    def excess(pressure: float) -> float:
        return _wave(pressure, left) + _wave(pressure, right) + jump

    high = max(left.pressure, right.pressure)
    while excess(high) < 0:
        high *= 2
    pressure = float(brentq(excess, 0.0, high, xtol=1e-300, rtol=1e-15))
    return pressure, 0.5 * (
        left.velocity + right.velocity + _wave(pressure, right) - _wave(pressure, left)
    )


def _wave(pressure: float, gas: State) -> float:
    """The change of velocity across a shock (Rankine-Hugoniot) or a rarefaction (isentropic) to a
    pressure.
    """
    if pressure > gas.pressure:
        a, b = 2 / ((GAMMA + 1) * gas.density), (GAMMA - 1) / (GAMMA + 1) * gas.pressure
        return float((pressure - gas.pressure) * np.sqrt(a / (pressure + b)))
    return float(
        2 * gas.sound / (GAMMA - 1) * ((pressure / gas.pressure) ** ((GAMMA - 1) / (2 * GAMMA)) - 1)
    )


def solution(left: State, right: State, speed: np.ndarray) -> np.ndarray:
    """Density, velocity and pressure, (3, n), where x / t is `speed`."""
    pressure, velocity = star_state(left, right)
    fields = np.empty((3, len(speed)))
    # the right half is the left half in a mirror
    for gas, sign in ((left, 1.0), (right, -1.0)):
        side = speed <= velocity if gas is left else speed > velocity
        mirrored = State(gas.density, sign * gas.velocity, gas.pressure)
        fields[:, side] = _half(mirrored, pressure, sign * velocity, sign * speed[side])
        fields[1, side] *= sign
    return fields


def _half(gas: State, pressure: float, velocity: float, speed: np.ndarray) -> np.ndarray:
    """The part on the left of the contact."""
    ratio, gain = pressure / gas.pressure, (GAMMA - 1) / (GAMMA + 1)
    fields = np.empty((3, len(speed)))
    if pressure > gas.pressure:
        density = gas.density * (ratio + gain) / (gain * ratio + 1)
        front = gas.velocity - gas.sound * np.sqrt(
            (GAMMA + 1) / (2 * GAMMA) * ratio + (GAMMA - 1) / (2 * GAMMA)
        )
        fields[:] = np.where(
            speed < front, np.array(gas)[:, None], np.array([density, velocity, pressure])[:, None]
        )
        return fields
    density = gas.density * ratio ** (1 / GAMMA)
    head, tail = (
        gas.velocity - gas.sound,
        velocity - gas.sound * ratio ** ((GAMMA - 1) / (2 * GAMMA)),
    )
    inside = np.clip(speed, head, tail)
    factor = 2 / (GAMMA + 1) + gain / gas.sound * (gas.velocity - inside)
    fan_velocity = 2 / (GAMMA + 1) * (gas.sound + (GAMMA - 1) / 2 * gas.velocity + inside)
    fan = [
        gas.density * factor ** (2 / (GAMMA - 1)),
        fan_velocity,
        gas.pressure * factor ** (2 * GAMMA / (GAMMA - 1)),
    ]
    behind = np.array([density, velocity, pressure])[:, None]
    return np.where(
        speed < head, np.array(gas)[:, None], np.where(speed > tail, behind, np.array(fan))
    )


def main(out: Path, *, seed: int = 0, size: str = "full") -> None:
    """Write the file; the seed scrambles the Sobol points of the parameters, whose logarithms are
    uniform.
    """
    n, n_points = SIZES[size]
    x = (np.arange(n_points) + 0.5) / n_points
    points = qmc.Sobol(2, seed=seed).random(n)
    pressures, densities = (
        low * (high / low) ** column
        for (low, high), column in zip((PRESSURE, DENSITY), points.T, strict=True)
    )
    tubes = [
        solution(State(density, 0.0, pressure), DRIVEN, (x - DIAPHRAGM) / TIME)
        for density, pressure in zip(densities, pressures, strict=True)
    ]
    fields = np.array(tubes)
    write_canonical(
        out,
        {"rho": fields[:, 0], "u": fields[:, 1], "p": fields[:, 2]},
        axes=("x",),
        units={"rho": "1", "u": "1", "p": "1"},
        coordinates={"x": x},
        coordinate_units={"x": "1"},
        parameters={"driver_pressure": pressures, "driver_density": densities},
        attributes={"title": "Shock tubes, exact", "gamma": GAMMA, "time": TIME},
    )
