"""The transient wake: what its generator does, and the physics of the file that comes along."""

import dataclasses
import runpy

import numpy as np
import pytest

import rom
from rom.data.catalog import datasets_folder, find_card
from rom.data.split import split_snapshots

WAKE = runpy.run_path(str(datasets_folder() / "transient_wake" / "generate.py"))
N_TRAJECTORIES, N_TIMES = WAKE["SIZES"]["full"].trajectories, WAKE["SIZES"]["full"].snapshots
#: Times in D/U
STEP = WAKE["SIZES"]["full"].interval


@pytest.fixture(scope="module")
def snapshots():
    return rom.open_snapshots("transient_wake")


@pytest.fixture(scope="module")
def fields(snapshots):
    """Of the file, (trajectory, time, variable, y, x), zero inside the cylinder."""
    return np.nan_to_num(snapshots[:]).reshape(N_TRAJECTORIES, N_TIMES, 2, 20, 48)


@pytest.fixture(scope="module")
def asymmetry(fields):
    """Size of the part of each snapshot that the mirror y -> -y changes, (trajectory, time)."""
    mirrored = fields[..., ::-1, :] * np.array([1, -1])[:, None, None]
    return np.linalg.norm((fields - mirrored).reshape(N_TRAJECTORIES, N_TIMES, -1), axis=-1) / 2


@pytest.fixture(scope="module")
def lift(snapshots):
    return snapshots.parameters["lift"].reshape(N_TRAJECTORIES, N_TIMES)


def oscillation(samples: np.ndarray) -> tuple[float, float]:
    """Growth rate and frequency of samples of exp(s t) cos(w t + phase), by least squares.

    Three samples of it in a row obey a recurrence: the next is 2 exp(s h) cos(w h) times this one,
    minus exp(2 s h) times the last one, for a step of h.
    """
    past = np.stack([samples[1:-1], samples[:-2]], axis=1)
    first, second = np.linalg.lstsq(past, samples[2:], rcond=None)[0]
    factor = np.sqrt(-second)
    return np.log(factor) / STEP, np.arccos(first / 2 / factor) / (2 * np.pi * STEP)


def test_an_oscillation_is_recognised():
    times = STEP * np.arange(12)
    samples = np.exp(0.1 * times) * np.cos(2 * np.pi * 0.15 * times + 0.3)
    np.testing.assert_allclose(oscillation(samples), (0.1, 0.15), rtol=1e-10)


def test_the_file_says_what_it_holds(snapshots):
    layout = snapshots.layout
    assert (layout.variables, layout.units, layout.axes) == (("u", "v"), ("1", "1"), ("y", "x"))
    assert set(layout.coordinate_units.values()) == {"D"}
    assert snapshots.shape == (N_TRAJECTORIES * N_TIMES, 2 * 20 * 48)
    assert snapshots.ordered
    assert snapshots.time_unit == "D/U"
    assert set(snapshots.parameters) == {"drag", "lift"}
    np.testing.assert_array_equal(snapshots.trajectories, np.repeat(range(N_TRAJECTORIES), N_TIMES))
    missing = np.isnan(snapshots[:]).reshape(-1, 2, 20, 48)
    x, y = np.meshgrid(layout.coordinates["x"], layout.coordinates["y"])
    assert (missing == (np.hypot(x, y) < 0.5)).all()


def test_the_split_of_the_card_tests_on_trajectories_that_were_not_trained_on(snapshots):
    split = split_snapshots(snapshots, **find_card("transient_wake").split)
    rows = (split.train, split.validation, split.test)
    parts = [set(snapshots.trajectories[part]) for part in rows]
    assert [len(part) for part in parts] == [7, 1, 2]
    assert len(set.union(*parts)) == N_TRAJECTORIES


def test_all_start_near_one_symmetric_flow(fields, asymmetry):
    first, last = fields[:, 0], fields[:, -1]
    apart = np.linalg.norm((first - first.mean(axis=0)).reshape(N_TRAJECTORIES, -1), axis=1)
    way = np.linalg.norm((last - first).reshape(N_TRAJECTORIES, -1), axis=1)
    assert apart.max() < 0.15 * way.min()
    assert asymmetry[:, 0].max() < 0.15 * asymmetry[:, -1].min()
    # they do not start at one place, though
    assert asymmetry[:, 0].max() > 10 * asymmetry[:, 0].min()


def test_the_instability_grows_at_one_rate(lift):
    for course in lift:
        # the last samples of the linear phase
        end = np.argmax(np.abs(course) > 0.02)
        rate, frequency = oscillation(course[end - 7 : end])
        assert rate == pytest.approx(0.124, abs=0.006)
        assert frequency == pytest.approx(0.1185, abs=0.0015)


def test_all_end_on_the_cycle_of_cylinder_wake(lift, asymmetry):
    found = np.array([oscillation(course[-8:]) for course in lift])
    settled = found[:, 0] < 0.01
    # two start late
    assert settled.sum() == 8
    np.testing.assert_allclose(found[settled, 1], 0.1644, rtol=0.01)
    # of two samples of a sin(p), a sin(p + q): a^2 sin(q)^2 = the bracket of the squares below
    one, two, q = lift[settled, -5:-1], lift[settled, -4:], 2 * np.pi * STEP * 0.1644
    squares = (one**2 + two**2 - 2 * one * two * np.cos(q)) / np.sin(q) ** 2
    # the last few per cent take long
    np.testing.assert_allclose(np.sqrt(squares.mean(axis=1)), 0.321, rtol=0.05)
    end = asymmetry[settled, -8:].mean(axis=1)
    np.testing.assert_allclose(end, end.mean(), rtol=0.005)


def test_drag_rises_from_that_of_the_steady_flow_to_that_of_the_cycle(snapshots):
    drag = snapshots.parameters["drag"].reshape(N_TRAJECTORIES, N_TIMES)
    np.testing.assert_allclose(drag[:, 0], 1.066, atol=0.003)
    assert (np.diff(drag[:, ::7], axis=1) > -0.005).all()
    np.testing.assert_allclose(np.sort(drag[:, -4:].mean(axis=1))[2:], 1.324, rtol=0.01)


@pytest.fixture(scope="module")
def flow():
    """The coarse flow of the size for tests."""
    return WAKE["CylinderFlow"](WAKE["SIZES"]["small"].flow, 0)


def test_the_symmetric_flow_comes_to_rest(flow):
    changes = []
    for duration in (4.0, 12.0):
        WAKE["steady_flow"](flow, duration)
        before = flow.w
        flow.step()
        changes.append(np.abs(flow.w - before)[:, 1:].max())
        # not kept symmetric in this step, and yet so to rounding
        assert flow.forces()[1] == pytest.approx(0, abs=1e-10)
    assert changes[1] < changes[0] / 2


def test_a_disturbance_is_small_and_has_no_symmetry(flow):
    one, two = (WAKE["disturbance"](flow, np.random.default_rng(seed)) for seed in (1, 2))
    for modes in (one, two):
        size = np.abs(flow.to_rays(modes)).max()
        # blobs may lie on each other
        assert 0.001 <= size <= 4 * 0.01
        assert np.abs(modes.real).max() > 0.01 * size
        assert np.abs(modes.imag).max() > 0.01 * size
    assert np.abs(one - two).max() > 0.1 * np.abs(one).max()


def test_a_seed_gives_the_same_file_again_and_another_seed_another(tmp_path, monkeypatch):
    # the first few time units show it already
    short = dataclasses.replace(
        WAKE["SIZES"]["small"], settle=2.0, skip=1.0, interval=0.5, snapshots=2, trajectories=3
    )
    monkeypatch.setitem(WAKE["SIZES"], "small", short)
    found = []
    for seed in (0, 0, 1):
        WAKE["main"](tmp_path / "wake.h5", seed=seed, size="small")
        found.append(rom.open_snapshots(tmp_path / "wake.h5"))
        found[-1] = found[-1].parameters["lift"]
    assert len(found[0]) == 6
    np.testing.assert_array_equal(found[0], found[1])
    assert np.abs(found[0] - found[2]).min() > 0
