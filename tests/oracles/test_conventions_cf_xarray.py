"""What a netCDF file says of itself by the CF conventions: ours next to cf-xarray's."""

import netCDF4
import numpy as np
import pytest

import rom

xarray = pytest.importorskip("xarray")
pytest.importorskip("cf_xarray")

NT, NY, NX = 6, 4, 5
U = np.random.default_rng(0).normal(size=(NT, NY, NX))
#: How files say what a dimension is: attributes of the coordinates of time, y and x.
SAID = {
    "axis": ({"axis": "T"}, {"axis": "Y"}, {"axis": "X"}),
    "standard names": (
        {"standard_name": "time"},
        {"standard_name": "latitude"},
        {"standard_name": "longitude"},
    ),
    "units": ({}, {"units": "degrees_north"}, {"units": "degrees_east"}),
    "projection": (
        {"standard_name": "time"},
        {"standard_name": "projection_y_coordinate", "units": "m"},
        {"standard_name": "projection_x_coordinate", "units": "m"},
    ),
}


def write(path, said, *, names=("when", "j", "i"), calendar="standard", auxiliary=False):
    """A field on a grid; with `auxiliary`, on a curvilinear one with areas and a bare time
    dimension.
    """
    with netCDF4.Dataset(path, "w") as file:
        for name, n in (*zip(names, (NT, NY, NX), strict=True), ("two", 2)):
            file.createDimension(name, n)
        time = file.createVariable("time_centered" if auxiliary else names[0], "f8", names[:1])
        time.setncatts({"units": "days since 2001-02-27", "calendar": calendar, **said[0]})
        time[:] = np.arange(NT) + 0.5
        if not auxiliary:
            time.bounds = "time_edges"
            file.createVariable("time_edges", "f8", (names[0], "two"))[:] = 0.0
        for k, n in ((1, NY), (2, NX)):
            if auxiliary:
                there = file.createVariable(("lat", "lon")[k - 1], "f8", names[1:])
                there[:] = np.add.outer(np.arange(NY) * (3 - k), np.arange(NX) * k)
            else:
                there = file.createVariable(names[k], "f8", names[k : k + 1])
                there[:] = 10.0 * np.arange(n)
            there.setncatts(said[k])
        field = file.createVariable("u", "f8", names)
        field[:] = U
        if auxiliary:
            field.coordinates, field.cell_measures = "time_centered lat lon", "area: cell_area"
            file.createVariable("cell_area", "f8", names[1:])[:] = 1 + np.arange(20.0).reshape(4, 5)
    return path


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize("calendar", ["standard", "noleap", "360_day", "julian"])
def test_dimensions_and_times(tmp_path, said, calendar):
    path = write(tmp_path / "a.nc", said, calendar=calendar)
    snapshots = rom.open_snapshots(path)
    with xarray.open_dataset(path) as decoded, xarray.open_dataset(path, decode_times=False) as raw:
        # where only the units say it, it is a guess there
        assert decoded.cf.guess_coord_axis().cf.axes["T"] == ["when"]
        np.testing.assert_array_equal(snapshots.times, raw["when"])
        # bounds are no variables
        assert decoded.cf.bounds["when"] == ["time_edges"]
        assert snapshots.layout.variables == ("u",)
        for axis in snapshots.layout.axes:
            np.testing.assert_array_equal(snapshots.layout.coordinates[axis], raw[axis])
        # cells get smaller towards the pole where there are a longitude and a latitude
        on_a_sphere = {"longitude", "latitude"} <= set(decoded.cf.coordinates)
        assert (snapshots.layout.weights is not None) == on_a_sphere
        # 2001-02-27 and the days after it, in months of any length
        months = (
            [date.month for date in decoded["when"].dt.floor("D").values.tolist()]
            if (calendar != "standard")
            else decoded["when"].dt.month.values.tolist()
        )
    february = snapshots.sel(time="2001-02")
    assert len(february) == months.count(2)
    assert len(snapshots.sel(time=slice("2001-03", None))) == months.count(3)


def test_auxiliary_coordinates_and_areas(tmp_path):
    path = write(tmp_path / "a.nc", SAID["standard names"], auxiliary=True)
    snapshots = rom.open_snapshots(path)
    with xarray.open_dataset(path, decode_times=False) as stored:
        found = stored["u"].cf.coordinates
        assert found["time"] == ["time_centered"]
        np.testing.assert_array_equal(snapshots.times, stored["time_centered"])
        x, y = (stored[found[name][0]].values.ravel() for name in ("longitude", "latitude"))
        area = stored.set_coords("cell_area")["u"].cf["area"].values
    np.testing.assert_array_equal(snapshots.layout.mesh.points[:, :2], np.column_stack([x, y]))
    weights = snapshots.layout.weights
    np.testing.assert_allclose(weights / weights.sum(), area / area.sum())
