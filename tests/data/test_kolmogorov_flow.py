"""The Kolmogorov flow: exact solutions, order of the scheme, balances, stability, another
solver.
"""

import runpy

import numpy as np
import pytest
from scipy.integrate import simpson, solve_ivp

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots

KF = runpy.run_path(str(datasets_folder() / "kolmogorov_flow" / "generate.py"))
flow, fields, march, nonlinear = KF["flow"], KF["fields"], KF["march"], KF["nonlinear"]
SMALL = KF["SIZES"]["small"]
N = 48
# written anew, as an oracle
X = 2 * np.pi * np.arange(N) / N
Y = X[:, None]
KX, KY = np.arange(N // 2 + 1), np.fft.fftfreq(N, 1 / N)[:, None]
SQUARED = np.where(KX**2 + KY**2 == 0, 1, KX**2 + KY**2)
# modes with kx > 0 stand for their conjugates too
TWICE = np.where((KX > 0) & (KX < N // 2), 2, 1)


def modes_of(w: np.ndarray) -> np.ndarray:
    return np.fft.rfft2(w, norm="forward")


def mean_square(modes: np.ndarray, power: int = 0) -> np.ndarray:
    """The mean of w^2 (power 0), |grad w|^2 (1) or |velocity|^2 (-1), by Parseval."""
    return (TWICE * SQUARED**power * np.abs(modes) ** 2).sum(axis=(-2, -1))


def dissipation(modes: np.ndarray) -> np.ndarray:
    return mean_square(modes) / 40


def supply(modes: np.ndarray) -> np.ndarray:
    """The mean of u sin(4 y)."""
    u = np.fft.irfft2(1j * KY / SQUARED * modes, norm="forward")
    return (u * np.sin(4 * Y)).mean(axis=(-2, -1))


@pytest.fixture(scope="module")
def state():
    """Modes of two trajectories, a while after the start."""
    how = flow(n_points=N)
    return march(KF["initial"](2, np.random.default_rng(7), how), how, 250)


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    path = tmp_path_factory.mktemp("kf") / "kf.h5"
    KF["main"](path, size="small")
    return rom.open_snapshots(path)


@pytest.fixture(scope="module")
def modes(snapshots):
    """Of the file, (trajectory, time, ky, kx)."""
    return modes_of(snapshots[:].reshape(*SMALL[:2], N, N))


def test_the_order_of_the_scheme_is_four(state):
    exact = march(state, flow(1 / 200, N), 200)
    errors = [np.linalg.norm(march(state, flow(1 / n, N), n) - exact) for n in (25, 50)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize(
    "pattern",
    [
        pytest.param(np.cos(3 * X) * np.cos(4 * Y), id="Taylor-Green"),
        pytest.param(np.sin(3 * X + 4 * Y), id="one mode"),
        # any sum of modes of one length: laplace w = -25 w, so the stream function is a multiple of
        # w
        pytest.param(
            np.sin(5 * X) + np.cos(3 * X - 4 * Y) + np.cos(4 * X + 3 * Y), id="one length"
        ),
    ],
)
def test_without_a_force_fields_of_one_wavelength_decay_as_they_are(pattern):
    start, free = modes_of(pattern), flow(0.04, N)._replace(force=0)
    np.testing.assert_allclose(nonlinear(start, free), 0, atol=1e-15)
    end = march(start, free, 50)
    np.testing.assert_allclose(fields(end), np.exp(-25 * 2 / 40) * pattern, atol=1e-13)


def test_the_laminar_flow_stays():
    # u = Re / n^2 sin(n y)
    laminar = modes_of(-40 / 4 * np.cos(4 * Y) * np.ones(N))
    assert supply(laminar) == pytest.approx(40 / (2 * 4**2))
    assert dissipation(laminar) == pytest.approx(40 / (2 * 4**2))
    np.testing.assert_allclose(march(laminar, flow(n_points=N), 25), laminar, atol=1e-13)


def fastest(reynolds: float, kx: int) -> tuple[float, np.ndarray]:
    """Growth rate of what grows fastest on the laminar flow at a wavenumber kx, and its modes.

    With U = Re / 16 sin(4 y) and w = sum a_m exp(i kx x + i m y), m = 0, 4, -4, ... (Meshalkin and
    Sinai): w_t = -i kx U (w - 16 psi) + laplace w / Re, and the sine of U couples m to m + 4 and m
    - 4.
    """
    m = 4 * np.arange(-3, 4)
    carried = kx * reynolds / 32 * (1 - 16 / (kx**2 + m**2))
    matrix = (
        np.diag(carried[1:], 1) - np.diag(carried[:-1], -1) - np.diag((kx**2 + m**2) / reynolds)
    )
    rates, vectors = np.linalg.eig(matrix)
    best = np.argmax(rates.real)
    disturbance = np.zeros((N, N // 2 + 1), complex)
    disturbance[m, kx] = vectors[:, best]
    return rates[best].real, disturbance


@pytest.mark.parametrize(("reynolds", "kx"), [(9.9, 1), (10.1, 1), (40.0, 1), (40.0, 2)])
def test_tiny_disturbances_of_the_laminar_flow_grow_as_linear_theory_says(reynolds, kx):
    rate, disturbance = fastest(reynolds, kx)
    assert (rate > 0) == (reynolds > 9.967)
    laminar = modes_of(-reynolds / 4 * np.cos(4 * Y) * np.ones(N))
    start, time = laminar + 1e-7 * disturbance, 0.6
    # modes beyond |m| = 12 are neither in the matrix nor large
    end = march(start, flow(0.02, N, reynolds), 30)[:, kx]
    grown = np.vdot(disturbance[:, kx], end) / 1e-7
    assert np.log(grown.real) / time == pytest.approx(rate, abs=1e-4)


def test_energy_and_enstrophy_change_by_what_the_force_puts_in_and_viscosity_takes_out(state):
    how, course = flow(n_points=N), [state]
    for _ in range(100):
        course.append(march(course[-1], how, 1))
    course = np.array(course)
    net = simpson(supply(course) - dissipation(course), dx=0.04, axis=0)
    change = (mean_square(course[-1], -1) - mean_square(course[0], -1)) / 2
    assert np.abs(change).max() > 0.02
    np.testing.assert_allclose(change, net, atol=1e-5)
    # the force has one wavenumber: its work on the vorticity is 4^2 times that on the velocity
    net = simpson(16 * supply(course) - mean_square(course, 1) / 40, dx=0.04, axis=0)
    change = (mean_square(course[-1]) - mean_square(course[0])) / 2
    np.testing.assert_allclose(change, net, atol=2e-4)


def test_the_nonlinear_part_changes_neither_energy_nor_enstrophy():
    # aliasing would break this: the spectrum is flat up to the last mode
    how = flow(n_points=N)._replace(force=0)
    rough = np.where(how.kept, modes_of(np.random.default_rng(0).standard_normal((N, N))), 0)
    rough[0, 0] = 0
    for against in (rough, rough / SQUARED):
        work = TWICE * np.real(against.conj() * nonlinear(rough, how))
        assert abs(work.sum()) < 1e-13 * np.abs(work).sum()


def test_another_solver_with_another_form_of_the_products_agrees(state):
    kept = (KX < 16) & (np.abs(KY) < 16)
    laplace = -SQUARED / 40
    symbols = np.array(
        [
            1j * KY / SQUARED,
            -1j * KX / SQUARED,
            1j * KX * np.ones_like(KY),
            1j * KY * np.ones(KX.size),
        ]
    )

    def slope(_, packed):
        w = packed.view(complex).reshape(N, -1)
        u, v, w_x, w_y = np.fft.irfft2(symbols * w, norm="forward")
        products = modes_of(-u * w_x - v * w_y - 4 * np.cos(4 * Y))
        return (np.where(kept, products, 0) + laplace * w).ravel().view(float)

    start = state[0].copy()
    start[:, 0] = (start[:, 0] + start[-np.arange(N), 0].conj()) / 2
    other = solve_ivp(
        slope, (0, 1), start.ravel().view(float), method="DOP853", rtol=1e-9, atol=1e-12
    ).y[:, -1]
    ours = march(start, flow(0.02, N), 50)
    np.testing.assert_allclose(
        fields(ours), fields(other.copy().view(complex).reshape(N, -1)), atol=1e-5
    )


def test_moved_turned_and_mirrored_flows_go_the_same_way(state):
    how = flow(n_points=N)

    def later(w: np.ndarray) -> np.ndarray:
        return fields(march(modes_of(w), how, 25))

    def turned(w: np.ndarray) -> np.ndarray:
        return np.roll(w[::-1, ::-1], (1, 1), axis=(0, 1))

    def mirrored(w: np.ndarray) -> np.ndarray:
        return -np.roll(w[:, ::-1], (N // 8, 1), axis=(0, 1))

    w = fields(state[0])
    there = later(w)
    # along x by any distance, along y by the period of the force
    np.testing.assert_allclose(later(np.roll(w, 5, axis=1)), np.roll(there, 5, axis=1), atol=1e-11)
    np.testing.assert_allclose(
        later(np.roll(w, N // 4, axis=0)), np.roll(there, N // 4, axis=0), atol=1e-11
    )
    # half a turn: (x, y) to (-x, -y)
    np.testing.assert_allclose(later(turned(w)), turned(there), atol=1e-11)
    # x to -x together with half of the force's period
    np.testing.assert_allclose(later(mirrored(w)), mirrored(there), atol=1e-11)


def test_the_grid_of_the_data_set_is_fine_enough():
    coarse, fine = flow(), flow(n_points=96)
    w = march(KF["initial"](1, np.random.default_rng(3), coarse), coarse, 250)[0]
    density = (np.abs(w) ** 2).max(axis=1)
    assert density[19:22].max() < 1e-5 * density.max()
    embedded = np.zeros((96, 49), complex)
    rows = np.r_[0:22, -21:0]
    embedded[rows, :22] = w[rows, :22]
    difference = (
        fields(march(embedded, fine, 12))[::3, ::3] - fields(march(w, coarse, 12))[::2, ::2]
    )
    assert np.sqrt((difference**2).mean()) < 2e-3 * fields(w).std()


def test_a_seed_gives_the_same_fields_again_and_another_seed_others(tmp_path, monkeypatch):
    monkeypatch.setitem(KF["SIZES"], "small", (2, 2, 24, 2.4))
    found = []
    for seed in (0, 0, 1):
        KF["main"](tmp_path / "kf.h5", seed=seed, size="small")
        found.append(rom.open_snapshots(tmp_path / "kf.h5")[:])
    np.testing.assert_array_equal(found[0], found[1])
    assert np.abs(found[0] - found[2]).max() > 1


def test_the_file_says_what_it_holds(snapshots):
    layout = snapshots.layout
    assert (layout.variables, layout.units, layout.axes) == (("vorticity",), ("1",), ("y", "x"))
    assert layout.periodic == ("y", "x")
    for axis in ("y", "x"):
        # the last point is one spacing away from the first, around the end
        np.testing.assert_allclose(
            np.diff(layout.coordinates[axis], append=2 * np.pi), 2 * np.pi / N
        )
    assert snapshots.ordered
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(range(4), 10))
    np.testing.assert_allclose(snapshots.times, np.tile(48 + 2.4 * np.arange(10), 4))


def test_the_times_of_the_data_set_are_whole_steps():
    for time in (KF["INTERVAL"], *(size[-1] for size in KF["SIZES"].values())):
        assert time / KF["STEP"] == pytest.approx(round(time / KF["STEP"]))


def test_the_split_of_the_card_tests_on_trajectories_that_were_not_trained_on(snapshots):
    split = split_snapshots(snapshots, **find_card("kolmogorov_flow").split)
    parts = [
        set(snapshots.trajectories[part]) for part in (split.train, split.validation, split.test)
    ]
    assert [len(part) for part in parts] == [2, 1, 1]
    assert len(set.union(*parts)) == 4


def test_trajectories_differ_also_in_what_a_shift_does_not_change(modes):
    sizes = np.abs(modes)
    for one in range(4):
        for two in range(one):
            distance = np.linalg.norm(sizes[one] - sizes[two], axis=(-2, -1))
            assert np.median(distance) > 0.15 * np.sqrt(np.mean(mean_square(modes)))


def test_the_statistics_are_those_of_the_attractor(modes):
    np.testing.assert_allclose(modes[..., 0, 0], 0, atol=1e-6)
    # over long times nothing is gained or lost, neither energy nor enstrophy
    assert supply(modes).mean() == pytest.approx(dissipation(modes).mean(), rel=0.05)
    assert mean_square(modes, 1).mean() / mean_square(modes).mean() == pytest.approx(16, rel=0.05)
    # long-time means of many runs, as shares of the laminar flow's
    assert dissipation(modes).mean() / 1.25 == pytest.approx(0.094, abs=0.04)
    assert mean_square(modes, -1).mean() / 2 / 1.5625 == pytest.approx(0.438, abs=0.05)
