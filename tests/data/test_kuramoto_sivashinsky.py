"""The Kuramoto-Sivashinsky data: order of the scheme, closed forms, balances, another solver."""

import runpy

import numpy as np
import pytest
from scipy.integrate import simpson, solve_ivp

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots

KS = runpy.run_path(str(datasets_folder() / "kuramoto_sivashinsky" / "generate.py"))
scheme, march, nonlinear = KS["scheme"], KS["march"], KS["nonlinear"]
# written anew, as an oracle
K = 2 * np.pi * np.arange(33) / 22


def energies(modes: np.ndarray, power: int = 0) -> np.ndarray:
    """The mean over x of the square of a derivative of u, by Parseval."""
    return 2 * (K ** (2 * power) * np.abs(modes) ** 2)[..., 1:].sum(axis=-1)


@pytest.fixture(scope="module")
def state():
    """Modes of three trajectories on the attractor."""
    return march(KS["initial"](3, np.random.default_rng(7)), scheme(), 2000)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    path = tmp_path_factory.mktemp("ks") / "ks.h5"
    KS["main"](path, size="small")
    return rom.open_snapshots(path)


@pytest.fixture(scope="module")
def modes(snapshots):
    """Of the file, (trajectory, time, mode)."""
    return np.fft.rfft(snapshots[:].reshape(*KS["SIZES"]["small"], 64), norm="forward")


def test_the_order_of_the_scheme_is_four(state):
    exact = march(state, scheme(1 / 1024), 1024)
    errors = [np.linalg.norm(march(state, scheme(1 / n), n) - exact) for n in (128, 256)]
    # coarser steps are not yet in the range of the order, see the README
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.25)


def test_another_solver_on_the_points_agrees(state):
    symbol = np.array([1j * K, -(K**2) + K**4])

    def slope(_, u):
        u_x, linear = np.fft.irfft(symbol * np.fft.rfft(u))
        return -u * u_x - linear

    u = np.fft.irfft(state[0], 64, norm="forward")
    other = solve_ivp(slope, (0, 1), u, method="Radau", rtol=1e-9, atol=1e-11).y[:, -1]
    ours = np.fft.irfft(march(state[0], scheme(), 20), 64, norm="forward")
    np.testing.assert_allclose(ours, other, atol=5e-6)
    finer = np.fft.irfft(march(state[0], scheme(1 / 256), 256), 64, norm="forward")
    np.testing.assert_allclose(finer, other, atol=1e-8)


def test_a_growth_rate_of_zero_has_the_limits_of_the_coefficients():
    found = [getattr(scheme(0.3), name)[0] for name in ("E", "E2", "Q", "f1", "f2", "f3")]
    np.testing.assert_allclose(found, [1, 1, 0.15, 0.05, 0.1, 0.05], rtol=1e-13)


def test_tiny_perturbations_grow_at_the_closed_rates():
    # one mode in each trajectory, so that none is forced by the square of another
    tiny = np.zeros((10, 33), complex)
    tiny[np.arange(10), np.arange(1, 11)] = 1e-8
    grown = march(tiny, scheme(), 40)[np.arange(10), np.arange(1, 11)]
    rates = K[1:11] ** 2 - K[1:11] ** 4
    np.testing.assert_allclose(grown, 1e-8 * np.exp(2 * rates), rtol=1e-11)
    assert list(np.flatnonzero(np.abs(grown) > 1e-8) + 1) == [1, 2, 3]


def test_the_mean_is_conserved(state):
    moved = state.copy()
    moved[:, 0] = [0.3, -1.0, 0.0]
    np.testing.assert_allclose(march(moved, scheme(), 100)[:, 0], moved[:, 0], atol=1e-15)


def test_energy_changes_by_what_the_linear_part_puts_in(state):
    course = [state]
    for _ in range(200):
        course.append(march(course[-1], scheme(), 1))
    course = np.array(course)
    supply = simpson(energies(course, 1) - energies(course, 2), dx=0.05, axis=0)
    change = (energies(course[-1]) - energies(course[0])) / 2
    assert np.abs(change).max() > 0.05
    np.testing.assert_allclose(change, supply, atol=1e-5)


def test_the_nonlinear_part_does_no_work_on_fields_that_the_grid_hardly_holds():
    # aliasing would break this: the spectrum is flat up to the last mode
    rng = np.random.default_rng(0)
    rough = rng.standard_normal(33) + 1j * rng.standard_normal(33)
    rough[[0, -1]] = 0
    work = np.real(rough.conj() * nonlinear(rough))
    assert abs(work.sum()) < 1e-13 * np.abs(work).sum()


def test_translated_and_mirrored_fields_go_the_same_way(state):
    shift = np.exp(-1j * K * 1.234)
    there = march(state, scheme(), 40)
    np.testing.assert_allclose(march(state * shift, scheme(), 40), there * shift, atol=1e-12)
    # u(x) to -u(-x)
    np.testing.assert_allclose(march(-state.conj(), scheme(), 40), -there.conj(), atol=1e-12)


def test_a_seed_gives_the_same_fields_again_and_another_seed_others(tmp_path, monkeypatch):
    # the first few time units show it already
    monkeypatch.setitem(KS["main"].__globals__, "TRANSIENT", 10.0)
    monkeypatch.setitem(KS["main"].__globals__, "SIZES", {"small": (2, 2)})
    fields = []
    for seed in (0, 0, 1):
        KS["main"](tmp_path / "ks.h5", seed=seed, size="small")
        fields.append(rom.open_snapshots(tmp_path / "ks.h5")[:])
    np.testing.assert_array_equal(fields[0], fields[1])
    assert np.abs(fields[0] - fields[2]).max() > 1


def test_the_file_says_what_it_holds(snapshots):
    layout = snapshots.layout
    assert (layout.variables, layout.units, layout.axes) == (("u",), ("1",), ("x",))
    assert layout.periodic == ("x",)
    # the last point is one spacing away from the first, around the end
    np.testing.assert_allclose(np.diff(layout.coordinates["x"], append=22.0), 22 / 64)
    assert snapshots.ordered
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(range(4), 40))
    np.testing.assert_allclose(snapshots.times, np.tile(250 + 5.0 * np.arange(40), 4))


def test_the_split_of_the_card_tests_on_trajectories_that_were_not_trained_on(snapshots):
    split = split_snapshots(snapshots, **find_card("kuramoto_sivashinsky").split)
    rows = (split.train, split.validation, split.test)
    parts = [set(snapshots.trajectories[part]) for part in rows]
    assert [len(part) for part in parts] == [2, 1, 1]
    assert len(set.union(*parts)) == 4


def test_trajectories_differ_also_in_what_a_shift_does_not_change(modes):
    sizes = np.abs(modes)
    for one in range(4):
        for two in range(one):
            distance = np.linalg.norm(sizes[one] - sizes[two], axis=-1)
            assert np.median(distance) > 0.15 * np.sqrt(np.mean(energies(modes)))


def test_the_statistics_are_those_of_the_attractor(modes):
    # in the mean over time nothing is gained or lost: production and dissipation are equal
    production, dissipation = energies(modes, 1).mean(), energies(modes, 2).mean()
    assert production == pytest.approx(dissipation, rel=0.05)
    # long-time means of many runs: energy, and what 8 modes of all translates leave of it
    assert energies(modes).mean() / 2 == pytest.approx(0.70, abs=0.1)
    pairs = np.sort((np.abs(modes) ** 2).mean(axis=(0, 1))[1:])[::-1]
    assert pairs[4:].sum() / pairs.sum() == pytest.approx(0.0305, rel=0.15)
