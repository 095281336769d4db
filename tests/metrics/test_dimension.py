import numpy as np
import pytest

from rom.errors import InputError
from rom.metrics import intrinsic_dimension

RNG = np.random.default_rng(0)


def cycle(n, period, dt=1.0):
    phase = 2 * np.pi * np.arange(n) * dt / period
    return np.stack([np.cos(phase), np.sin(phase), 0.3 * np.cos(2 * phase)], axis=1)


@pytest.mark.parametrize("d", [1, 2, 3, 5])
def test_a_plane_in_twenty_dimensions(d):
    Z = RNG.uniform(size=(1500, d)) @ RNG.normal(size=(d, 20))
    found = intrinsic_dimension(Z)
    assert found.two_neighbours == pytest.approx(d, rel=0.12)
    assert found.many_neighbours == pytest.approx(d, rel=0.15)


def test_curved_surfaces():
    sphere = RNG.normal(size=(2000, 3))
    sphere /= np.linalg.norm(sphere, axis=1)[:, None]
    t = 1.5 * np.pi * (1 + 2 * RNG.uniform(size=2000))
    roll = np.stack([t * np.cos(t), 21 * RNG.uniform(size=2000), t * np.sin(t)], axis=1)
    for surface in (sphere, roll):
        found = intrinsic_dimension(surface)
        assert found.two_neighbours == pytest.approx(2, abs=0.2)
        assert found.many_neighbours == pytest.approx(2, abs=0.2)


@pytest.mark.parametrize("period", [24.7, 31.4159, 22.9])
@pytest.mark.parametrize("n", [150, 1000])
def test_a_cycle_sampled_at_a_constant_rate_has_dimension_one(n, period):
    found = intrinsic_dimension(cycle(n, period), window=6)
    assert found.many_neighbours == pytest.approx(1, abs=0.35)
    if np.isnan(found.two_neighbours):
        assert "equally far" in found.reason
    repeated = intrinsic_dimension(cycle(n, 23.0), window=6)
    assert "23 snapshots are too few" in repeated.reason


def test_a_dense_series_needs_its_window():
    # an orbit on a torus, so slow that the nearest snapshots are those before and after
    turns = 2 * np.pi * np.arange(2000) / 2000 * np.array([[1], [14.3]])
    Z = np.concatenate([np.cos(turns), np.sin(turns)]).T
    assert intrinsic_dimension(Z).many_neighbours < 1.3
    assert intrinsic_dimension(Z, window=30).many_neighbours > 1.6
    apart = np.arange(2000)  # every snapshot a trajectory of its own: nothing is left out
    assert intrinsic_dimension(Z, window=30, trajectories=apart) == intrinsic_dimension(Z)


def test_snapshots_that_occur_twice_count_once():
    Z = RNG.normal(size=(200, 2))
    one, three = intrinsic_dimension(Z), intrinsic_dimension(np.repeat(Z, 3, axis=0))
    assert three.n == 200
    assert three.two_neighbours == pytest.approx(one.two_neighbours)


def test_scale_and_rotation_change_nothing():
    Z = RNG.normal(size=(300, 3))
    turned = 1e3 * Z @ np.linalg.qr(RNG.normal(size=(3, 3)))[0] + 5
    one, other = intrinsic_dimension(Z), intrinsic_dimension(turned)
    assert one.two_neighbours == pytest.approx(other.two_neighbours, rel=1e-6)


def test_nan_with_a_reason():
    few = intrinsic_dimension(RNG.normal(size=(10, 2)))
    assert np.isnan([few.two_neighbours, few.many_neighbours]).all()
    assert "10 snapshots are too few" in few.reason
    constant = intrinsic_dimension(np.ones((100, 2)))
    assert "too few" in constant.reason
    wide = intrinsic_dimension(RNG.normal(size=(100, 2)), window=99)
    assert "neighbours are too few" in wide.reason


def test_mistakes():
    with pytest.raises(InputError, match="window"):
        intrinsic_dimension(np.eye(3), window=-1)
    with pytest.raises(InputError, match="trajectories"):
        intrinsic_dimension(np.eye(3), trajectories=[0, 1])
    with pytest.raises(InputError, match="NaN"):
        intrinsic_dimension([[np.nan, 1.0]])
