"""The cavity flows against manufactured and published solutions, symmetries and conditions at the
walls.
"""

import runpy

import numpy as np
import pytest
from scipy.linalg import eigvals
from scipy.optimize import minimize, minimize_scalar
from scipy.sparse import diags_array
from scipy.sparse.linalg import splu

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots

CAVITY = runpy.run_path(str(datasets_folder() / "lid_driven_cavity" / "generate.py"))
HALF = np.array([0.5])
INSIDE = np.linspace(0.05, 0.95, 19)


def cavity(n_cells):
    return CAVITY["Cavity"](n_cells)


def velocity(flow, psi, ratio, y=INSIDE, x=INSIDE):
    return np.array(flow.fields(psi, ratio, y, x)[1:])


@pytest.fixture(scope="module")
def one_lid():
    """Flows with one moving lid, by Reynolds number, each from the one before."""
    flow, psi, flows = cavity(32), None, {}
    for reynolds in (100, 400, 1000):
        psi = flows[reynolds] = flow.solve(reynolds, 0.0, psi)
    return flow, flows


@pytest.fixture(scope="module")
def snapshots(tmp_path_factory):
    path = tmp_path_factory.mktemp("cavity") / "cavity.h5"
    CAVITY["main"](path, size="small")
    return rom.open_snapshots(path)


def manufactured_error(n_cells):
    """Relative errors of psi and its gradient where psi = sin^2(pi x) sin^2(pi y) exp(x) / 10 is
    made the solution.
    """
    flow = cavity(n_cells)
    s = flow.splines.quadrature()[0]
    square = np.array(
        [
            np.sin(np.pi * s) ** 2,
            np.pi * np.sin(2 * np.pi * s),
            2 * np.pi**2 * np.cos(2 * np.pi * s),
        ]
    )
    grown = np.exp(s) * np.array(
        [square[0], square[0] + square[1], square[0] + 2 * square[1] + square[2]]
    )
    exact, d_y, d_x, lap = 0.1 * np.array(
        [
            np.kron(square[0], grown[0]),
            np.kron(square[1], grown[0]),
            np.kron(square[0], grown[1]),
            np.kron(square[2], grown[0]) + np.kron(square[0], grown[2]),
        ]
    )
    reynolds, w = 20.0, flow.weights
    source = (
        flow.d_x.T @ (w * lap * d_y)
        - flow.d_y.T @ (w * lap * d_x)
        + flow.laplace.T @ (w * lap) / reynolds
    )
    psi = np.zeros(len(source))
    for _ in range(6):
        residual, slope = flow.equations(psi, reynolds, np.zeros(2))
        psi -= splu(slope).solve(residual - source)
    values = flow.splines.clamped(s)
    found = (values @ psi.reshape(values.shape[1], -1) @ values.T).ravel()
    gradient = np.sqrt(
        w @ ((flow.d_y @ psi - d_y) ** 2 + (flow.d_x @ psi - d_x) ** 2) / (w @ (d_y**2 + d_x**2))
    )
    return np.sqrt(w @ (found - exact) ** 2 / (w @ exact**2)), gradient


def test_the_order_is_four_in_the_stream_function_and_three_in_the_velocity():
    coarse, fine = np.array(manufactured_error(12)), np.array(manufactured_error(24))
    np.testing.assert_allclose(np.log2(coarse / fine), [4.3, 3.2], atol=0.2)


def test_the_derivative_that_newton_uses():
    flow, rng = cavity(6), np.random.default_rng(0)
    psi, direction = rng.standard_normal((2, flow.laplace.shape[1]))
    lids = np.array([1.0, -0.4])
    slope = flow.equations(psi, 50.0, lids)[1]
    # the equations are quadratic: central differences are exact
    ahead, behind = (flow.equations(psi + sign * direction, 50.0, lids)[0] for sign in (1, -1))
    np.testing.assert_allclose((ahead - behind) / 2, slope @ direction, rtol=1e-9, atol=1e-9)


# minimum of u on the vertical, maximum and minimum of v on the horizontal centre line:
# Marchi, Suero, Araki 2009 (Re = 100), Botella, Peyret 1998 (Re = 1000)
EXTREMA = {100: (-0.2140417, 0.1795728, -0.2538030), 1000: (-0.3885698, 0.3769447, -0.5270771)}


@pytest.mark.parametrize("reynolds", EXTREMA)
def test_extrema_of_the_published_flows(one_lid, reynolds):
    flow, flows = one_lid

    def u(y):
        return velocity(flow, flows[reynolds], 0.0, np.array([y]), HALF)[0].item()

    def v(x):
        return velocity(flow, flows[reynolds], 0.0, HALF, np.array([x]))[1].item()

    found = (
        minimize_scalar(u, bounds=(0.1, 0.6), method="bounded").fun,
        -minimize_scalar(lambda x: -v(x), bounds=(0.1, 0.4), method="bounded").fun,
        minimize_scalar(v, bounds=(0.7, 0.97), method="bounded").fun,
    )
    np.testing.assert_allclose(found, EXTREMA[reynolds], rtol=1e-3)


def test_the_vortex_of_botella_and_peyret(one_lid):
    flow, flows = one_lid

    def psi(place):
        return flow.fields(flows[1000], 0.0, place[1:], place[:1])[0].item()

    vortex = minimize(psi, [0.55, 0.6], method="Nelder-Mead")
    assert vortex.fun == pytest.approx(-0.1189366, rel=2e-4)
    np.testing.assert_allclose(vortex.x, [0.5308, 0.5652], atol=3e-4)


# on the centre lines, Ghia, Ghia, Shin 1982, tables I and II: u over y, v over x
GHIA = {
    100: (
        {0.0547: -0.03717, 0.1719: -0.10150, 0.5: -0.20581, 0.9531: 0.68717},
        {0.2344: 0.17527, 0.8047: -0.24533},
    ),
    400: (
        {0.1016: -0.14612, 0.2813: -0.32726, 0.5: -0.11477, 0.9531: 0.55892},
        {0.2266: 0.30203, 0.8594: -0.44993},
    ),
    1000: (
        {0.0547: -0.18109, 0.1719: -0.38289, 0.5: -0.06080, 0.9531: 0.46604},
        {0.1563: 0.37095, 0.9063: -0.51550},
    ),
}


@pytest.mark.parametrize("reynolds", GHIA)
def test_centre_lines_of_ghia(one_lid, reynolds):
    flow, flows = one_lid
    u, v = (np.array(list(table.items())).T for table in GHIA[reynolds])
    # theirs are of second order on 129 points: at Re = 1000 they are off by 2 %
    np.testing.assert_allclose(
        velocity(flow, flows[reynolds], 0.0, u[0], HALF)[0, :, 0], u[1], atol=0.012
    )
    np.testing.assert_allclose(
        velocity(flow, flows[reynolds], 0.0, HALF, v[0])[1, 0], v[1], atol=0.012
    )


def test_walls_hold_the_fluid_and_lids_take_it_along(one_lid):
    flow, flows = one_lid
    ends = np.array([0.0, 1.0])
    u, v = velocity(flow, flows[400], 0.0, ends)
    np.testing.assert_allclose(u, [0 * INSIDE, 1 + 0 * INSIDE], atol=1e-13)
    np.testing.assert_allclose(v, 0, atol=1e-13)
    np.testing.assert_allclose(velocity(flow, flows[400], 0.0, INSIDE, ends), 0, atol=1e-13)


def test_either_lid_may_be_the_fast_one():
    # upside down and in units of the bottom lid's speed
    flow = cavity(12)
    slow, fast = flow.solve(200, 0.5), flow.solve(100, 2.0)
    u, v = velocity(flow, fast, 2.0) / 2
    np.testing.assert_allclose(velocity(flow, slow, 0.5), [u[::-1], -v[::-1]], atol=1e-9)


@pytest.mark.parametrize(
    ("ratio", "sides", "signs"), [(1.0, (-1, 1), (1, -1)), (-1.0, (-1, -1), (-1, -1))]
)
def test_equal_speeds_give_symmetric_flows(ratio, sides, signs):
    flow = cavity(12)
    found = velocity(flow, flow.solve(200, ratio), ratio)
    turned = found[:, :: sides[0], :: sides[1]] * np.array(signs)[:, None, None]
    np.testing.assert_allclose(found, turned, atol=1e-9)


@pytest.mark.parametrize("ratio", [-1.0, 0.0, 0.9])
def test_the_flows_are_stable(ratio):
    flow, psi = cavity(14), None
    for reynolds in (100, 300, 600, 1000):
        psi = flow.solve(reynolds, ratio, psi)
    slope = flow.equations(psi, 1000.0, np.array([1.0, ratio]))[1].toarray()
    weights = diags_array(flow.weights)
    inertia = (flow.d_x.T @ weights @ flow.d_x + flow.d_y.T @ weights @ flow.d_y).toarray()
    rates = eigvals(-slope, inertia).real
    assert -0.2 < rates.max() < -0.03


def test_a_far_flow_is_reached_by_way_of_the_middle():
    class Stubborn:
        def solve(self, reynolds, ratio, start):
            here, there = start[0], np.log10(reynolds)
            if abs(there - here) > 0.3:
                raise ArithmeticError
            return np.array([there])

    there = np.array([3.0, 0.0])
    assert CAVITY["follow"](
        Stubborn(), np.array([2.0]), np.array([2.0, 0.0]), there
    ) == pytest.approx(3.0)


def test_a_flow_that_is_not_reached_is_an_error():
    class Never:
        def solve(self, *_):
            raise ArithmeticError("no")

    with pytest.raises(ArithmeticError, match="no"):
        CAVITY["follow"](Never(), np.zeros(1), np.array([2.0, 0.0]), np.array([3.0, 0.0]))


def test_the_file_says_what_it_holds(snapshots):
    layout = snapshots.layout
    assert (layout.variables, layout.units, layout.axes) == (("u", "v"), ("1", "1"), ("y", "x"))
    assert snapshots.shape == (32, 2 * 16 * 16)
    assert not snapshots.ordered
    reynolds, ratio = snapshots.parameters["reynolds"], snapshots.parameters["lid_ratio"]
    assert 100 < reynolds.min() < 120
    assert 850 < reynolds.max() < 1000
    np.testing.assert_allclose([ratio.min(), ratio.max()], [-1, 1], atol=0.07)
    assert abs(np.corrcoef(np.log(reynolds), ratio)[0, 1]) < 0.1


def test_the_fields_are_those_of_the_parameters(snapshots):
    # solved anew from rest
    number = int(np.argmin(snapshots.parameters["reynolds"]))
    reynolds, ratio = (snapshots.parameters[name][number] for name in ("reynolds", "lid_ratio"))
    flow, centres = cavity(CAVITY["SIZES"]["small"][1]), snapshots.layout.coordinates["x"]
    expected = velocity(flow, flow.solve(reynolds, ratio), ratio, centres, centres)
    np.testing.assert_allclose(snapshots[number].reshape(2, 16, 16), expected, atol=1e-6)


def test_the_split_of_the_card(snapshots):
    split = split_snapshots(snapshots, **find_card("lid_driven_cavity").split)
    assert [len(part) for part in (split.train, split.validation, split.test)] == [23, 3, 6]


def test_the_seed_draws_the_parameters(tmp_path, monkeypatch):
    monkeypatch.setitem(CAVITY["main"].__globals__, "SIZES", {"small": (4, 6, 6)})
    fields = []
    for seed in (0, 0, 1):
        CAVITY["main"](tmp_path / "cavity.h5", seed=seed, size="small")
        fields.append(rom.open_snapshots(tmp_path / "cavity.h5")[:])
    np.testing.assert_array_equal(fields[0], fields[1])
    assert np.abs(fields[0] - fields[2]).max() > 0.05
