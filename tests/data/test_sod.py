"""The shock tubes against Toro's book and against the conservation laws."""

import runpy

import numpy as np
import pytest

import rom
from rom.data.catalog import datasets_folder

SOD = runpy.run_path(str(datasets_folder() / "sod" / "generate.py"))
State, GAMMA = SOD["State"], SOD["GAMMA"]
LEFT, RIGHT = State(1.0, 0.0, 1.0), State(0.125, 0.0, 0.1)
# Toro 2009, table 4.1 and 4.2: left, right, p*, u*
TORO = [
    ((1, 0, 1), (0.125, 0, 0.1), 0.30313, 0.92745),
    ((1, -2, 0.4), (1, 2, 0.4), 0.00189, 0.00000),
    ((1, 0, 1000), (1, 0, 0.01), 460.894, 19.5975),
    ((1, 0, 0.01), (1, 0, 100), 46.0950, -6.19633),
    ((5.99924, 19.5975, 460.894), (5.99242, -6.19633, 46.0950), 1691.64, 8.68975),
]


@pytest.mark.parametrize(("left", "right", "pressure", "velocity"), TORO)
def test_the_star_states_of_the_book(left, right, pressure, velocity):
    found = SOD["star_state"](State(*left), State(*right))
    assert found == pytest.approx((pressure, velocity), rel=2e-5, abs=5e-6)


def test_the_densities_of_sods_tube():
    velocity = SOD["star_state"](LEFT, RIGHT)[1]
    beside = SOD["solution"](LEFT, RIGHT, np.array([velocity - 1e-9, velocity + 1e-9]))
    assert beside[0] == pytest.approx([0.42632, 0.26557], abs=5e-6)
    assert beside[1] == pytest.approx(velocity)


@pytest.mark.parametrize(("left", "right"), [row[:2] for row in TORO])
def test_mass_momentum_and_energy_are_conserved(left, right):
    left, right = State(*left), State(*right)
    reach = 1.2 * max(abs(s.velocity) + 3 * s.sound for s in (left, right))
    speed = np.linspace(-reach, reach, 400_001)
    rho, u, p = SOD["solution"](left, right, speed)
    conserved = np.array([rho, rho * u, p / (GAMMA - 1) + rho * u**2 / 2])
    fluxes = np.array([rho * u, rho * u**2 + p, u * (p * GAMMA / (GAMMA - 1) + rho * u**2 / 2)])
    # in a frame that moves with speed s: d/ds int q ds = s q - f, which the integral over all waves
    # must satisfy
    total = np.trapezoid(conserved, speed, axis=1)
    ends = (
        speed[-1] * conserved[:, -1] - fluxes[:, -1] - (speed[0] * conserved[:, 0] - fluxes[:, 0])
    )
    np.testing.assert_allclose(total, ends, rtol=2e-4, atol=2e-4 * np.abs(ends).max())


def test_a_mirror_changes_the_sign_of_the_velocity_alone():
    speed = np.linspace(-3, 3, 1001)
    there = SOD["solution"](State(1, 0.3, 1), State(0.5, -0.2, 0.3), speed)
    back = SOD["solution"](State(0.5, 0.2, 0.3), State(1, -0.3, 1), -speed)
    np.testing.assert_allclose(there * np.array([[1], [-1], [1]]), back, atol=1e-12)


def test_entropy_rises_in_the_shock_and_not_in_the_fan():
    speed = np.linspace(-2, 2, 2001)
    rho, _, p = SOD["solution"](LEFT, RIGHT, speed)
    entropy = np.log(p / rho**GAMMA)
    contact = SOD["star_state"](LEFT, RIGHT)[1]
    assert np.ptp(entropy[speed < contact]) < 1e-12
    ahead, behind = entropy[-1], entropy[(speed > contact)][0]
    assert behind > ahead


def test_gases_that_part_are_refused():
    with pytest.raises(ValueError, match="vacuum"):
        SOD["star_state"](State(1, -20, 0.4), State(1, 20, 0.4))


def test_the_file_has_independent_parameters(tmp_path):
    SOD["main"](tmp_path / "sod.h5", size="small")
    snapshots = rom.open_snapshots(tmp_path / "sod.h5")
    assert snapshots.layout.variables == ("rho", "u", "p")
    assert not snapshots.ordered
    logarithms = np.log(
        [snapshots.parameters[name] for name in ("driver_pressure", "driver_density")]
    )
    assert abs(np.corrcoef(logarithms)[0, 1]) < 0.1
    # the driver gas stands still on the left
    fields = snapshots[:].reshape(len(snapshots), 3, -1)
    np.testing.assert_allclose(fields[:, 2, 0], snapshots.parameters["driver_pressure"])
    np.testing.assert_allclose(fields[:, 0, 0], snapshots.parameters["driver_density"])
