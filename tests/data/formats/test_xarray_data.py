"""Data of xarray: the same snapshots as from a file, lazily, and what is said of them."""

import pickle

import numpy as np
import pytest

import rom
from rom.data.formats import xarray_data
from rom.reducers import coding
from rom.reducers.coding import encode
from rom.reducers.field_model import FieldModel
from tests.writers import netcdf
from tests.writers.field import Field

xarray = pytest.importorskip("xarray")
FIELD = Field()


def dataset():
    time = np.datetime64("2001-01-01") + np.arange(40) * np.timedelta64(6, "h")
    return xarray.Dataset(
        {
            "u": (("time", "y", "x"), FIELD.u, {"units": "m s-1"}),
            "v": (("time", "y", "x"), FIELD.v, {"units": "m s-1"}),
            "depth_of_sea": (("y", "x"), np.ones((5, 7))),
        },
        {"time": time, "y": ("y", FIELD.y, {"units": "m"}), "x": ("x", FIELD.x, {"units": "m"})},
    )


@pytest.mark.parametrize("chunks", [None, {"time": 7, "x": 3}])
def test_a_dataset_has_its_times_coordinates_units_and_names(chunks):
    data = dataset()
    data = data if chunks is None else data.chunk(chunks)
    snapshots = rom.open_snapshots(data)
    assert snapshots.layout.variables == ("u", "v")
    assert snapshots.layout.units == ("m s-1", "m s-1")
    assert snapshots.layout.axes == ("y", "x")
    assert snapshots.layout.coordinate_units == {"y": "m", "x": "m"}
    np.testing.assert_array_equal(snapshots.layout.coordinates["x"], FIELD.x)
    assert snapshots.time_unit == "hours since 2001-01-01"
    np.testing.assert_array_equal(snapshots.times, 6.0 * np.arange(40))
    fields = snapshots.layout.to_fields(snapshots[[3, 20]])
    np.testing.assert_array_equal(fields, np.stack([FIELD.u, FIELD.v], axis=1)[[3, 20]])
    assert "left out (no time): depth_of_sea" in snapshots.assumptions
    assert snapshots.read_as == "xarray, a Dataset"


def test_a_data_array_is_one_variable_and_may_have_no_name():
    u = dataset()["u"]
    assert rom.open_snapshots(u).layout.variables == ("u",)
    assert rom.open_snapshots(u.rename(None)).layout.variables == ("value",)
    table = rom.compare(u.chunk({"time": 10}), reducers=["pod"], n_components=[2], jobs=1).table
    assert set(table.dataset) == {"u"}


def test_options_win_over_what_the_data_say():
    mapped = rom.open_snapshots(dataset(), dataset="u", axes="t b a", time="time")
    assert mapped.layout.axes == ("b", "a")
    assert mapped.time_unit == "hours since 2001-01-01"
    with pytest.raises(rom.InputError, match="no variable 'w'; Known: u, v"):
        rom.open_snapshots(dataset(), variables="w")
    with pytest.raises(rom.InputError, match="no variable 'q'"):
        rom.open_snapshots(dataset(), dataset="q", axes="t y x")


def test_dates_of_another_calendar_keep_it():
    data = dataset().assign_coords(
        time=xarray.date_range("2001-01-01", periods=40, calendar="360_day", use_cftime=True)
    )
    snapshots = rom.open_snapshots(data)
    assert snapshots.time_unit == "days since 2001-01-01 (360_day)"
    np.testing.assert_array_equal(snapshots.times, np.arange(40))


def test_a_netcdf_file_is_the_same_by_xarray(tmp_path):
    path = netcdf.write(tmp_path, FIELD).data
    ours = rom.open_snapshots(path)
    with xarray.open_dataset(path, engine="netcdf4") as data:
        theirs = rom.open_snapshots(data)
        np.testing.assert_allclose(theirs[:], ours[:], rtol=1e-6)
        assert theirs.layout.axes == ours.layout.axes
        assert theirs.time_unit.startswith("days since 2000-01-01")
        np.testing.assert_allclose(theirs.times, ours.times)


def test_a_curvilinear_grid_has_its_points():
    lon, lat = np.meshgrid(np.linspace(0, 30, 7), np.linspace(40, 60, 5))
    data = dataset().drop_vars(["y", "x"]).assign_coords(
        lon=(("y", "x"), lon + 0.1 * lat, {"units": "degrees_east"}),
        lat=(("y", "x"), lat, {"units": "degrees_north"}),
    )  # fmt: skip
    mesh = rom.open_snapshots(data).layout.mesh
    assert mesh is not None
    np.testing.assert_allclose(mesh.points[:, 1], lat.ravel())


def test_only_what_is_asked_for_is_computed():
    seen = []

    def block(block_info=None):
        place = block_info[None]["array-location"]
        seen.append(place)
        return np.zeros([b - a for a, b in place])

    import dask.array

    values = dask.array.map_blocks(block, chunks=((10,) * 4, (5,), (7,)), dtype=float)
    snapshots = rom.open_snapshots(xarray.DataArray(values, dims=("time", "y", "x"), name="u"))
    seen.clear()
    assert snapshots[12:15].shape == (3, 35)
    assert {place[0] for place in seen} == {(10, 20)}


def test_snapshots_of_xarray_go_to_another_process():
    snapshots = pickle.loads(pickle.dumps(rom.open_snapshots(dataset())))
    np.testing.assert_array_equal(snapshots[3], rom.open_snapshots(dataset())[3])


def test_a_zarr_store_is_opened_by_its_name(tmp_path):
    pytest.importorskip("zarr")
    dataset().to_zarr(
        tmp_path / "a.zarr", consolidated=False, encoding={"u": {"chunks": (8, 5, 7)}}
    )
    snapshots = rom.open_snapshots(tmp_path / "a.zarr")
    assert "Zarr" in snapshots.read_as
    np.testing.assert_array_equal(snapshots.layout.to_fields(snapshots[5:9])[:, 1], FIELD.v[5:9])
    assert snapshots.time_unit == "hours since 2001-01-01"
    with pytest.raises(rom.InputError, match="is a folder"):
        rom.open_snapshots(tmp_path)


def test_snapshots_and_latents_go_back_to_xarray():
    data = dataset().drop_vars("depth_of_sea")
    snapshots = rom.open_snapshots(data)
    back = snapshots.to_xarray()
    xarray.testing.assert_allclose(back[["u", "v"]], data)
    assert back["u"].attrs["units"] == "m s-1"
    np.testing.assert_array_equal(rom.open_snapshots(back)[:], snapshots[:])
    pipeline = rom.Pipeline().fit(snapshots)
    model = FieldModel(pipeline, rom.POD(3).fit(pipeline.transform(snapshots)))
    latents = encode(model, snapshots).to_xarray()
    assert latents["latents"].dims == ("time", "latent")
    assert latents["time"].dtype.kind == "M"
    modes = coding.modes(model).to_xarray()
    assert modes["u"].dims == ("snapshot", "y", "x")
    assert modes["latent"].values.tolist() == [0, 1, 2]
    decoded = coding.decode(model, encode(model, snapshots)).to_xarray()
    assert decoded["v"].shape == (40, 5, 7)


def test_parameters_masks_and_points_go_to_xarray_too():
    X = np.random.default_rng(0).normal(size=(6, 4))
    cloud = rom.Snapshots.from_array(X, parameters={"Re": np.arange(6.0)}).to_xarray()
    assert cloud["x"].dims == ("snapshot", "point")
    assert cloud["Re"].dims == ("snapshot",)
    X[:, 1] = np.nan
    masked = rom.Snapshots.from_array(X).resolve_missing().pack().to_xarray()
    assert np.isnan(masked["x"][:, 1]).all()


def test_an_array_with_coordinates_is_no_plain_array():
    data = xarray.DataArray(np.zeros((4, 3)), dims=("time", "x"))
    with pytest.raises(rom.InputError, match=r"DataArray of xarray .* rom\.open_snapshots"):
        rom.Snapshots.from_array(data)
    with pytest.raises(rom.InputError, match="DataArray of xarray"):
        rom.Snapshots.from_array(data, axes="t x")


def test_boxes_of_a_store_are_read_in_pieces_that_cut_no_chunk(tmp_path, monkeypatch):
    pytest.importorskip("zarr")
    data = dataset()[["u"]].chunk({"time": 7, "x": 3})
    data.to_zarr(tmp_path / "flow.zarr", consolidated=False)
    array = xarray_data.open_file(tmp_path / "flow.zarr").array("u")
    box = (slice(5, 38), slice(1, 4), slice(2, 7))
    whole = array.read(box)
    monkeypatch.setattr(xarray_data, "PIECE_BYTES", 3 * 5 * 8)
    np.testing.assert_array_equal(array.read(box), whole)
    np.testing.assert_array_equal(whole, FIELD.u[box])
    pieces = xarray_data._pieces(box[0], array.chunks, 3 * 5 * 8)
    assert [(piece.start, piece.stop) for piece in pieces] == [
        (5, 7), (7, 14), (14, 21), (21, 28), (28, 35), (35, 38),
    ]  # fmt: skip


@pytest.mark.parametrize("scheduler", ["threads", "synchronous", "processes"])
def test_dask_computes_under_the_scheduler_that_is_chosen(scheduler):
    import dask

    box = (slice(5, 38), slice(1, 4), slice(2, 7))
    array = xarray_data.XarrayFile(dataset().chunk({"time": 7, "x": 3})).array("u")
    with dask.config.set(scheduler=scheduler, num_workers=1):
        np.testing.assert_array_equal(array.read(box), FIELD.u[box])
