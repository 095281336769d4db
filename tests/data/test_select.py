"""Part of the data: by numbers and values, along the grid, time and parameters."""

import numpy as np
import pytest

import rom
from rom.data.layout import FieldLayout
from rom.data.mesh import Mesh
from rom.data.snapshots import Snapshots
from rom.data.sources import ArraySource

NT, NZ, NY, NX = 24, 3, 4, 5
FIELDS = np.random.default_rng(0).normal(size=(NT, 2, NZ, NY, NX))


@pytest.fixture
def snapshots():
    mask = np.zeros((2, NZ, NY, NX), dtype=bool)
    mask[1, :, 0, 0] = True
    layout = FieldLayout(
        ("u", "v"), (NZ, NY, NX), ("level", "lat", "lon"),
        coordinates={"level": np.array([1000.0, 850, 500]), "lat": np.array([-30.0, 0, 30, 60])},
        coordinate_units={"level": "hPa"}, periodic=("lon",), mask=mask,
        weights=np.random.default_rng(1).uniform(1, 2, (NZ, NY, NX)),
    )  # fmt: skip
    return Snapshots(
        ArraySource(FIELDS.reshape(NT, -1)), layout, times=31.0 * np.arange(NT),
        time_unit="days since 1990-01-01", parameters={"Re": np.arange(NT) % 3 * 100.0},
    )  # fmt: skip


def test_by_numbers_it_is_what_numpy_takes(snapshots):
    part = snapshots.isel(t=slice(2, 20, 3), level=1, lat=[0, 2], lon=slice(1, 4))
    wanted = FIELDS[2:20:3][:, :, 1][:, :, [0, 2]][..., 1:4]
    assert part.layout.axes == ("lat", "lon")
    assert part.layout.coordinates["lat"].tolist() == [-30, 30]
    assert part.layout.periodic == ()
    np.testing.assert_array_equal(part.layout.mask[1], snapshots.layout.mask[1, 1][[0, 2]][:, 1:4])
    np.testing.assert_array_equal(part.layout.weights, snapshots.layout.weights[1][[0, 2]][:, 1:4])
    np.testing.assert_array_equal(part[:].reshape(wanted.shape), wanted)
    np.testing.assert_array_equal(part.times, snapshots.times[2:20:3])
    assert part.pack().shape[1] == part.layout.valid.sum()
    packed = snapshots.pack().isel(level=1, lat=[0, 2], lon=slice(1, 4))
    np.testing.assert_array_equal(packed[2:20:3], part.pack()[:])


def test_by_values_of_coordinates_dates_and_parameters(snapshots):
    part = snapshots.sel(level=850, lat=slice(0, 60), time=slice("1990-03", "1991"), Re=200)
    assert part.layout.axes == ("lat", "lon")
    days = np.datetime64("1990-01-01") + part.times.astype(int)
    assert days[0] >= np.datetime64("1990-03-01")
    assert days[-1] < np.datetime64("1992-01-01")
    assert set(part.parameters["Re"]) == {200}
    assert part.layout.coordinates["lat"].tolist() == [0, 30, 60]
    assert "level = 850: 1 of 3; lat = 0:60: 3 of 4" in part.assumptions[-1]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ({"level": 700}, "no level = 700; the nearest is 850"),
        ({"lat": slice(70, 80)}, "no lat in 70:80; there are -30 to 60"),
        ({"depth": 3}, "nothing is called 'depth'"),
        ({"time": "yesterday"}, "no date such as 1990"),
        ({"level": "high"}, "'high' is no number"),
    ],
)
def test_what_is_not_there_is_refused(snapshots, where, words):
    with pytest.raises(rom.InputError, match=words):
        snapshots.sel(**where)


@pytest.mark.parametrize("where", [{"lon": 9}, {"lon": [2, 1]}, {"lon": slice(4, 2)}, {"z": 1}])
def test_numbers_that_are_not_there_are_refused(snapshots, where):
    with pytest.raises(rom.InputError):
        snapshots.isel(**where)


def test_a_mesh_with_cells_is_not_cut():
    mesh = Mesh(
        np.zeros((4, 3)), np.array([0, 1, 2, 1, 2, 3]), np.array([0, 3, 6]), np.array([5, 5]),
        values_at="cells",
    )  # fmt: skip
    layout = FieldLayout(("u",), (2,), mesh=mesh)
    with pytest.raises(rom.InputError, match="mesh with cells"):
        Snapshots(ArraySource(np.ones((3, 2))), layout).isel(point=[0])


def test_options_of_every_file(tmp_path):
    u, times = FIELDS[:, 0, 0][:, :, :4], np.arange(NT) * 0.5
    np.savez(tmp_path / "a.npz", u=u, t=times, y=np.arange(4.0) * 2)
    path = tmp_path / "a.npz"
    part = rom.open_snapshots(path, dataset="u", axes="t y x", select="y=2:4, time=1:8", every=3)
    assert part.times.tolist() == [1.0, 2.5, 4.0, 5.5, 7.0]
    np.testing.assert_array_equal(part[:].reshape(5, 2, 4), u[2:17:3, 1:3])
    half = rom.open_snapshots(path, dataset="u", axes="t y x", coarsen=2)
    np.testing.assert_array_equal(half[:].reshape(NT, 2, 2), u[:, ::2, ::2])
    assert "one cell along each axis in 2 is taken" in half.assumptions
    with pytest.raises(rom.InputError, match="NAME=VALUE"):
        rom.open_snapshots(path, dataset="u", axes="t y x", select="y")
    with pytest.raises(rom.InputError, match="at least 1"):
        rom.open_snapshots(path, dataset="u", axes="t y x", every=0)


def test_dates_of_another_calendar():
    times = np.arange(720.0)
    snapshots = rom.Snapshots.from_array(np.eye(720), times=times)
    snapshots = snapshots.replace(time_unit="days since 1990-01-01 (360_day)")
    pytest.importorskip("cftime")
    assert snapshots.sel(time="1990-02").times.tolist() == list(range(30, 60))
    assert snapshots.sel(time="1990-02-30").times.tolist() == [59]
    assert len(snapshots.sel(time=slice("1991", None))) == 360
    for wrong in ("1990-02-31", "spring", "1990-01-01-01"):
        with pytest.raises(rom.InputError, match="is no date"):
            snapshots.sel(time=wrong)
