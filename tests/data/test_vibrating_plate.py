"""The vibrating plate against closed forms, published frequencies and deflections, and another
solver.
"""

import runpy

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots

PLATE = runpy.run_path(str(datasets_folder() / "vibrating_plate" / "generate.py"))
CLAMPED, SUPPORTED = 2, 1
DAMPING, N_MODES = PLATE["DAMPING"], PLATE["N_MODES"]


def unit_plate(ratio, n_cells, fixed):
    """A plate of sides `ratio` and 1 where D = m = 1."""
    return PLATE["Plate"]((ratio, 1.0), (n_cells, n_cells), fixed, 1.0, 1.0)


@pytest.fixture(scope="module")
def plate():
    return PLATE["Plate"]()


@pytest.fixture(scope="module")
def frequencies(plate):
    return plate.modes()[0]


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    path = tmp_path_factory.mktemp("plate") / "plate.h5"
    PLATE["main"](path, size="small")
    return rom.open_snapshots(path)


# Leissa 1973, case 21 (clamped), omega a^2 sqrt(m / D) by a / b
LEISSA = {
    1.0: [35.992, 73.413, 73.413, 108.27, 131.64, 132.24],
    1.5: [60.772, 93.860, 148.82, 149.74, 179.66, 226.92],
}


@pytest.mark.parametrize("ratio", LEISSA)
def test_frequencies_of_leissa(ratio):
    found = unit_plate(ratio, 14, CLAMPED).modes(6)[0] * ratio**2
    # both are bounds from above: his, of 36 products of beam functions, are the higher ones
    np.testing.assert_allclose(found, LEISSA[ratio], rtol=7e-4)


def test_the_order_is_four_in_the_closed_frequencies_of_a_supported_plate():
    waves = np.arange(1, 9) ** 2
    closed = np.sort(np.pi**2 * np.add.outer(waves / 1.4**2, waves), axis=None)[:N_MODES]
    errors = [unit_plate(1.4, n, SUPPORTED).modes()[0] / closed - 1 for n in (10, 20)]
    assert (errors[1] > 0).all()
    assert errors[1].max() < 1e-4
    np.testing.assert_allclose(np.log2(errors[0] / errors[1]), 4, atol=0.4)


@pytest.mark.parametrize(("fixed", "coefficient"), [(CLAMPED, 0.00126), (SUPPORTED, 0.00406)])
def test_deflections_of_timoshenko(fixed, coefficient):
    plate = unit_plate(1.0, 10, fixed)
    middle = plate.at(plate.bent()[:, None], np.array([0.5]), np.array([0.5]))
    assert middle.item() == pytest.approx(coefficient, abs=6e-6)


def test_the_deflection_of_navier():
    # the series for a supported plate, with signs of the odd sines in the middle
    odd = np.arange(1, 200, 2)
    sign = (-1.0) ** (odd // 2)
    series = np.outer(sign / odd, sign / odd) / np.add.outer((odd / 1.4) ** 2, odd**2) ** 2
    plate = unit_plate(1.4, 16, SUPPORTED)
    middle = plate.at(plate.bent()[:, None], np.array([0.5]), np.array([0.7])).item()
    assert middle == pytest.approx(16 / np.pi**6 * series.sum(), rel=1e-4)


def test_edges_do_not_move_and_do_not_turn(plate):
    modes = plate.modes()[1]
    near = PLATE["LENGTH"] * np.array([0, 1e-6])
    values = plate.at(modes, np.array([0.2]), near)[:, 0]
    np.testing.assert_allclose(values[:, 0], 0, atol=1e-14)
    # a slope would leave a share of 1e-6
    assert np.abs(values[:, 1]).max() < 1e-9


def test_a_mode_alone_decays_at_its_damping(frequencies):
    time = np.linspace(0, 0.05, 51)
    found = PLATE["respond"](frequencies, np.ones(N_MODES), np.zeros((51, N_MODES)), 1e-3)
    damped = frequencies * np.sqrt(1 - DAMPING**2)
    waves = np.cos(np.outer(time, damped)) + DAMPING * frequencies / damped * np.sin(
        np.outer(time, damped)
    )
    np.testing.assert_allclose(
        found, np.exp(-DAMPING * np.outer(time, frequencies)) * waves, atol=1e-11
    )


def test_forces_that_are_linear_in_time_are_exact(frequencies):
    time = np.linspace(0, 0.01, 11)
    found = PLATE["respond"](
        frequencies, np.zeros(N_MODES), np.outer(1 + 200 * time, frequencies**2), 1e-3
    )
    for number in (0, N_MODES - 1):
        omega = frequencies[number]

        def slope(t, state, omega=omega):
            q, speed = state
            return [speed, omega**2 * (1 + 200 * t - q) - 2 * DAMPING * omega * speed]

        other = solve_ivp(slope, (0, 0.01), [0, 0], t_eval=time, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(found[:, number], other.y[0], atol=1e-7)


def test_the_order_of_the_steps_is_two_where_the_force_is_a_wave(frequencies):
    # the steady answer to a wave in closed form; what the start adds has decayed to 1e-9 at the end
    drive, end = 2 * np.pi * 300, 4.0
    transfer = 1 / (frequencies**2 - drive**2 + 2j * DAMPING * frequencies * drive)
    steady = np.imag(transfer * np.exp(1j * drive * end))
    errors = []
    for n in (8000, 16000):
        wave = np.sin(drive * np.linspace(0, end, n + 1))
        found = PLATE["respond"](
            frequencies, np.zeros(N_MODES), np.repeat(wave[:, None], N_MODES, 1), end / n
        )
        errors.append(np.linalg.norm(found[-1] - steady) / np.linalg.norm(steady))
    assert errors[1] < 0.02
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.15)


def test_a_hammer_gives_its_momentum_to_the_modes(plate, frequencies):
    # a blow much shorter than the periods: the speed after it is the integral of the force
    slow = frequencies / 1000
    time = np.linspace(0, 2 * PLATE["CONTACT"], 401)
    blow = PLATE["force_history"]("hammer", time, 0.0)
    course = PLATE["respond"](
        slow, np.zeros(N_MODES), np.repeat(blow[:, None], N_MODES, 1), time[1]
    )
    speed = (course[-1] - course[-2]) / time[1]
    np.testing.assert_allclose(speed, 2 * PLATE["CONTACT"] / np.pi, rtol=1e-3)


def test_a_sweep_passes_the_band():
    time = np.linspace(0, 0.2, 20_001)
    turns = np.diff(np.sign(PLATE["force_history"]("sweep", time, 0.0)[1:])) != 0
    # two in a period: from 50 to 250 Hz in the first half, from 250 to 450 Hz in the second
    assert turns[:10_000].sum() == pytest.approx(2 * 150 * 0.1, abs=1)
    assert turns[10_000:].sum() == pytest.approx(2 * 350 * 0.1, abs=1)


def test_the_first_snapshot_of_a_release_is_bent_and_the_others_start_flat(snapshots):
    first = np.abs(snapshots[:][::40]).max(axis=1)
    assert 1e-4 < first[0] < 6e-4
    np.testing.assert_array_equal(first[1:], 0)


def test_the_file_says_what_it_holds(snapshots):
    layout = snapshots.layout
    assert (layout.variables, layout.units, layout.axes) == (("w",), ("m",), ("y", "x"))
    assert snapshots.shape == (160, 10 * 14)
    assert snapshots.ordered
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(range(4), 40))
    np.testing.assert_allclose(snapshots.times, np.tile(1e-3 * np.arange(40), 4))
    assert sorted(snapshots.parameters) == [f"mode_{n}" for n in (1, 2, 3, 4)]


def test_the_snapshots_are_ten_modes_and_pod_finds_their_span(snapshots, plate):
    fields = snapshots[:].astype(float)
    fields -= fields.mean(axis=0)
    values, axes = np.linalg.svd(fields, full_matrices=False)[1:]
    assert values[9] > 1e-4 * values[0]
    assert values[10] < 1e-6 * values[0]
    grid = snapshots.layout.coordinates
    modes = plate.at(plate.modes()[1], grid["y"], grid["x"]).reshape(N_MODES, -1)
    inside = axes[:10] @ np.linalg.qr(modes.T)[0]
    np.testing.assert_allclose(np.linalg.svd(inside, compute_uv=False), 1, atol=1e-6)


def test_amplitudes_that_are_stored_are_those_of_the_fields(snapshots, plate):
    grid = snapshots.layout.coordinates
    modes = plate.at(plate.modes()[1], grid["y"], grid["x"]).reshape(N_MODES, -1)
    amplitudes = np.linalg.lstsq(modes.T, snapshots[:].T.astype(float), rcond=None)[0]
    for number in range(4):
        stored = snapshots.parameters[f"mode_{number + 1}"]
        expected = amplitudes[number] * np.abs(modes[number]).max()
        np.testing.assert_allclose(stored, expected, atol=1e-6 * np.abs(stored).max())


def test_the_split_of_the_card_tests_on_trajectories_that_were_not_trained_on(snapshots):
    split = split_snapshots(snapshots, **find_card("vibrating_plate").split)
    parts = [
        set(snapshots.trajectories[rows]) for rows in (split.train, split.validation, split.test)
    ]
    assert [len(part) for part in parts] == [2, 1, 1]
    assert len(set.union(*parts)) == 4


def test_a_seed_gives_the_same_fields_again_and_another_seed_others(tmp_path, monkeypatch):
    monkeypatch.setitem(PLATE["main"].__globals__, "SIZES", {"small": (4, 3, (4, 6))})
    fields = []
    for seed in (0, 0, 1):
        PLATE["main"](tmp_path / "plate.h5", seed=seed, size="small")
        fields.append(rom.open_snapshots(tmp_path / "plate.h5")[:])
    np.testing.assert_array_equal(fields[0], fields[1])
    assert np.abs(fields[0] - fields[2]).max() > 1e-5
