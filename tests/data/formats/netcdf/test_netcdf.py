"""netCDF-4: values are those of the netCDF library, dimensions and coordinates those of the CF
conventions.
"""

import warnings

import h5py
import netCDF4
import numpy as np
import pytest

import rom
from rom.data.formats.netcdf.cf import DEFAULT_FILL

NT, NY, NX = 6, 3, 4
RNG = np.random.default_rng(0)
U = RNG.normal(size=(NT, NY, NX)).astype("f4")


class File:
    """A file that is closed when it is read: two libraries do not share an open one."""

    def __init__(self, path, **dimensions):
        self.path = path
        self.dataset = netCDF4.Dataset(path, "w")
        for name, n in dimensions.items():
            self.dataset.createDimension(name, n)

    def add(self, name, values, dims=("time", "lat", "lon"), fill_value=None, **attributes):
        """A variable, its values as they are stored."""
        values = np.asarray(values)
        endian = "big" if values.dtype.str[0] == ">" else "native"
        variable = self.dataset.createVariable(
            name, values.dtype, dims, fill_value=fill_value, endian=endian
        )
        variable.set_auto_maskandscale(False)
        for key, value in attributes.items():
            variable.setncattr(key, value)
        variable[:] = values
        return variable

    def open(self, **options):
        if self.dataset.isopen():
            self.dataset.close()
        return rom.open_snapshots(self.path, **options)


@pytest.fixture
def file(tmp_path):
    file = File(tmp_path / "a.nc", time=None, lat=NY, lon=NX)
    yield file
    if file.dataset.isopen():
        file.dataset.close()


def reference(path, name):
    """What the netCDF library reads, missing values as NaN."""
    with netCDF4.Dataset(path) as file:
        values = file[name][:]
    return np.ma.filled(values.astype(np.result_type(values.dtype, np.float32)), np.nan)


STORED = RNG.integers(-120, 120, size=(NT, NY, NX))
I2, U1 = STORED.astype("i2"), (STORED + 120).astype("u1")
FILL = netCDF4.default_fillvals
CASES = {
    "scale and offset": (I2, {"scale_factor": 0.01, "add_offset": 273.15}),
    "scale and offset in single precision": (
        I2,
        {"scale_factor": np.float32(0.01), "add_offset": np.float32(273.15)},
    ),
    "offset only": (I2, {"add_offset": 5.0}),
    "fill": (I2, {"fill_value": I2[0, 0, 0]}),
    "fill, then scale": (I2, {"fill_value": I2[0, 0, 0], "scale_factor": 0.5, "add_offset": -1.0}),
    "missing_value": (I2, {"missing_value": I2[0, 0, :2]}),
    "both": (I2, {"fill_value": I2[0, 0, 0], "missing_value": I2[0, 0, 1]}),
    "NaN as fill": (np.where(U > 0, np.nan, U), {"fill_value": np.nan}),
    "valid_range": (U1, {"valid_range": np.array([20, 200], "u1")}),
    "valid_min": (I2, {"valid_min": np.int16(-50)}),
    "valid_min and valid_max, scaled": (
        I2,
        {"valid_min": np.int16(-50), "valid_max": np.int16(60), "scale_factor": 0.1},
    ),
    "valid_range of floats": (U, {"valid_range": np.array([-0.5, 1], "f4")}),
    "unsigned bytes": (STORED.astype("i1"), {"_Unsigned": "true"}),
    "unsigned, filled, scaled": (
        STORED.astype("i1"),
        {"_Unsigned": "true", "fill_value": STORED.astype("i1")[0, 0, 0], "scale_factor": 0.5},
    ),
    "unsigned with a range": (
        STORED.astype("i1"),
        {"_Unsigned": "true", "fill_value": np.int8(7), "valid_range": np.array([10, -56], "i1")},
    ),
    "filled by the library, i2": (np.where(I2 > 0, FILL["i2"], I2).astype("i2"), {}),
    "filled by the library, u4": (np.where(U1 > 99, FILL["u4"], U1).astype("u4"), {}),
    "filled by the library, f4": (np.where(U > 0, np.float32(FILL["f4"]), U), {}),
    "filled by the library, f8": (np.where(U > 0, FILL["f8"], U), {}),
    "long integers with a scale": (
        1000000 + STORED.astype("i4"),
        {"scale_factor": np.float32(0.001)},
    ),
    "big-endian": (I2.astype(">i2"), {"scale_factor": 0.01, "fill_value": I2[0, 0, 0]}),
}


@pytest.mark.parametrize("case", CASES)
def test_values_are_those_that_the_netcdf_library_reads(file, case):
    values, attributes = CASES[case]
    file.add("u", values, **attributes)
    snapshots = file.open()
    expected = reference(file.path, "u").reshape(NT, -1)
    np.testing.assert_array_equal(snapshots[:], expected)
    assert snapshots.dtype == expected.dtype


OTHER_THAN_THE_LIBRARY = {
    # netCDF4 leaves such a missing_value out with a warning
    "missing_value in double precision": (
        np.where(U > 0, np.float32(1e20), U),
        {"missing_value": 1e20},
        U > 0,
    ),
    # netCDF4 masks these; but nothing was filled, and the netCDF User Guide has no default for
    # bytes
    "filling was off": (np.where(U > 0, np.float32(FILL["f4"]), U), {"fill_value": False}, None),
    "bytes": (np.where(U1 > 99, 255, U1).astype("u1"), {}, None),
}


@pytest.mark.parametrize("case", OTHER_THAN_THE_LIBRARY)
def test_values_that_the_netcdf_library_masks_otherwise(file, case):
    values, attributes, missing = OTHER_THAN_THE_LIBRARY[case]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "WARNING: missing_value cannot be safely cast")
        file.add("u", values, **attributes)
    expected = values if missing is None else np.where(missing, np.nan, values)
    np.testing.assert_array_equal(file.open()[:], expected.reshape(NT, -1))


def test_without_scale_and_offset_the_values_would_be_others(file):
    file.add("T", I2, scale_factor=0.01, add_offset=273.15, units="K")
    snapshots = file.open()
    np.testing.assert_allclose(snapshots[:].mean(), I2.mean() * 0.01 + 273.15)
    assert abs(snapshots[:].mean() - I2.mean()) > 100
    mapped = file.open(dataset="T", axes="t y x")
    np.testing.assert_array_equal(mapped[:], snapshots[:])
    assert mapped.layout.axes == ("y", "x")


def test_a_range_that_may_mean_stored_or_decoded_values_is_not_used(file):
    file.add("T", I2, scale_factor=0.01, valid_range=np.array([-1.0, 1.0]))
    snapshots = file.open()
    np.testing.assert_allclose(snapshots[:], I2.reshape(NT, -1) * 0.01)
    assert (
        "valid_range of 'T' is not of the type of its stored values: not used"
        in snapshots.assumptions
    )


def test_units_times_and_coordinates(file):
    file.add(
        "time",
        np.arange(NT)[::-1] * 6.0,
        ("time",),
        units="hours since 2000-01-01",
        calendar="noleap",
    )
    file.add("lat", [-60.0, 0, 60], ("lat",), units="degrees_north")
    file.add("lon", np.arange(NX) * 10.0, ("lon",), units="degrees_east")
    file.add("u", U, units="m s-1")
    snapshots = file.open()
    layout = snapshots.layout
    assert (layout.axes, layout.units, snapshots.time_unit) == (
        ("lat", "lon"),
        ("m s-1",),
        "hours since 2000-01-01 (noleap)",
    )
    np.testing.assert_array_equal(snapshots.times, np.arange(NT) * 6)
    np.testing.assert_array_equal(snapshots[:], U[::-1].reshape(NT, -1))
    assert layout.coordinate_units == {"lat": "degrees_north", "lon": "degrees_east"}
    np.testing.assert_allclose(layout.weights[:, 0], [0.5, 1, 0.5])


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("when", {"axis": "T"}),
        ("when", {"standard_name": "time"}),
        ("when", {"units": "days since 1-1-1"}),
        ("Time", {}),
        ("t", {}),
    ],
)
def test_what_says_that_a_dimension_is_time(tmp_path, name, attributes):
    file = File(tmp_path / "a.nc", **{"x": NX, name: NT})
    file.add(name, np.arange(NT) * 1.0, (name,), **attributes)
    file.add("u", U[:, 0].T, ("x", name))
    snapshots = file.open()
    np.testing.assert_array_equal(snapshots[:], U[:, 0])
    np.testing.assert_array_equal(snapshots.times, np.arange(NT))


def test_times_may_be_a_variable_of_another_name(file):
    file.add("XTIME", np.arange(NT) * 10.0, ("time",), units="minutes since 2000-01-01")
    file.add("u", U)
    np.testing.assert_array_equal(file.open().times, np.arange(NT) * 10)


def test_the_unlimited_dimension_is_time_where_none_says_so(tmp_path):
    file = File(tmp_path / "a.nc", record=None, x=NX)
    file.add("u", U[:, 0], ("record", "x"))
    snapshots = file.open()
    assert len(snapshots) == NT
    assert "the unlimited dimension 'record' is taken" in snapshots.assumptions[0]


def test_what_is_no_field_is_left_out_and_said(file):
    file.dataset.createDimension("nv", 2)
    file.add("time", np.arange(NT) * 1.0, ("time",), bounds="time_bnds", units="s")
    file.add("time_bnds", np.zeros((NT, 2)), ("time", "nv"))
    file.add("u", U, grid_mapping="crs", ancillary_variables="flag")
    file.add("flag", I2)
    file.add("crs", 0, ())
    file.add("orography", U[0], ("lat", "lon"))
    file.add("energy", U[:, 0, 0], ("time",))
    file.add("label", np.full(NT, b"a", "S1"), ("time",))
    snapshots = file.open()
    assert snapshots.layout.variables == ("u",)
    assert snapshots.assumptions == [
        "left out (not real numbers): label",
        "left out (no time): orography",
        "left out (single values): energy",
    ]
    with pytest.raises(rom.InputError, match="no variable 'orography'; it is left out: no time"):
        file.open(variables="orography")
    np.testing.assert_array_equal(file.open(variables="energy")[:, 0], U[:, 0, 0])


def test_several_grids_are_an_error_that_the_variables_decide(file):
    file.dataset.createDimension("depth", 2)
    file.add("u", U)
    file.add("v", U.transpose(0, 2, 1), ("time", "lon", "lat"))
    file.add("w", np.stack([U, U], 1), ("time", "depth", "lat", "lon"))
    message = (
        r"u, v on \(time, lat, lon\); w on \(time, depth, lat, lon\); choose with variables=\['u',"
        r" 'v'\]"
    )
    with pytest.raises(rom.InputError, match=message):
        file.open()
    both = file.open(variables=["u", "v"])
    np.testing.assert_array_equal(both[:, : NY * NX], both[:, NY * NX :])
    assert file.open(variables="w").layout.axes == ("depth", "lat", "lon")
    with pytest.raises(rom.InputError, match="u, w are not on one grid"):
        file.open(variables=["u", "w"])


def test_dimensions_of_one_value_are_no_axes(file):
    file.dataset.createDimension("level", 1)
    file.add("u", U[:, None], ("time", "level", "lat", "lon"))
    file.add("p", U)
    snapshots = file.open()
    assert (snapshots.layout.axes, snapshots.layout.variables) == (("lat", "lon"), ("p", "u"))
    assert "dimensions of one value left out: level" in snapshots.assumptions


def test_areas_of_cells_are_the_weights(file):
    area = np.arange(1.0, 1 + NY * NX).reshape(NY, NX)
    file.add("u", U, cell_measures="area: areacella", cell_methods="area: mean")
    file.add("areacella", area.T, ("lon", "lat"), standard_name="cell_area")
    snapshots = file.open()
    np.testing.assert_array_equal(snapshots.layout.weights, area)
    assert "cell weights: areacella (cell_measures)" in snapshots.assumptions


def test_areas_in_another_file_are_missed_and_said(file):
    file.add("u", U, cell_measures="area: areacella")
    snapshots = file.open()
    assert snapshots.layout.weights is None
    assert "cell areas areacella are not in the file" in snapshots.assumptions


def test_a_curvilinear_grid_has_points(tmp_path):
    lon, lat = RNG.normal(size=(2, NY, NX))
    file = File(tmp_path / "a.nc", time=NT, j=NY, i=NX)
    file.add("u", U, ("time", "j", "i"), coordinates="TLON TLAT other")
    file.add("TLON", lon.T, ("i", "j"), units="degrees_east")
    file.add("TLAT", lat, ("j", "i"), standard_name="latitude")
    file.add("other", lat, ("j", "i"))
    snapshots = file.open()
    points = snapshots.layout.mesh.points
    np.testing.assert_array_equal(
        points, np.column_stack([lon.ravel(), lat.ravel(), np.zeros(NY * NX)])
    )
    assert snapshots.layout.axes == ("j", "i")
    assert "auxiliary coordinates left out: other" in snapshots.assumptions


def test_cells_in_a_list_are_points_without_neighbours(tmp_path):
    file = File(tmp_path / "a.nc", time=NT, cell=NX)
    file.add("u", U[:, 0], ("time", "cell"), coordinates="clon clat")
    file.add("clon", np.arange(NX) * 1.0, ("cell",), units="degrees_east")
    file.add("clat", np.arange(NX) * 2.0, ("cell",), units="degrees_north")
    snapshots = file.open()
    assert not snapshots.layout.has_grid
    np.testing.assert_array_equal(snapshots.layout.mesh.points[:, 1], np.arange(NX) * 2)
    np.testing.assert_array_equal(snapshots[:], U[:, 0])


def test_variables_in_groups_have_their_path_as_name(file):
    file.add("time", np.arange(NT) * 1.0, ("time",), units="days since 2000-01-01")
    file.add("forecast/u", U)
    snapshots = file.open()
    assert snapshots.layout.variables == ("forecast/u",)
    np.testing.assert_array_equal(snapshots[:], U.reshape(NT, -1))
    np.testing.assert_array_equal(snapshots.times, np.arange(NT))


def test_a_variable_with_the_name_of_a_dimension_it_does_not_have(file):
    file.add("lat", U[:, 0], ("time", "lon"))
    snapshots = file.open()
    assert snapshots.layout.variables == ("lat",)
    np.testing.assert_array_equal(snapshots[:], U[:, 0])


def test_what_was_never_written_along_an_unlimited_dimension_is_an_error(file):
    file.add("u", U)
    short = file.add("v", U[:4])
    assert len(short) == NT  # is what the library says; the file holds four
    with pytest.raises(
        rom.InputError, match="'v' holds 4 of the 6 values along 'time', the rest was never written"
    ):
        file.open()
    assert len(file.open(variables="u")) == NT


@pytest.mark.parametrize(
    ("attributes", "words"),
    [
        ({"scale_factor": "abc"}, r"scale_factor of 'u' is .*abc.*, one number expected"),
        ({"add_offset": [1.0, 2.0]}, r"add_offset of 'u' is \[1.0, 2.0\]"),
    ],
)
def test_damaged_attributes(file, attributes, words):
    file.add("u", U, **attributes)
    with pytest.raises(rom.InputError, match=words):
        file.open()


def test_a_file_without_fields(file):
    file.add("orography", U[0], ("lat", "lon"))
    file.add("time", np.arange(NT) * 1.0, ("time",))
    with pytest.raises(rom.InputError, match="no variable is a field in time"):
        file.open()


def series(folder, units):
    for number, unit in enumerate(units):
        file = File(folder / f"part{number}.nc", time=None, x=NX)
        file.add("time", np.arange(3.0), ("time",), units=unit)
        file.add("u", U[3 * number : 3 * number + 3, 0], ("time", "x"))
        file.dataset.close()
    return str(folder / "part*.nc")


def test_files_that_count_from_different_dates(tmp_path):
    data = series(tmp_path, ["days since 2000-01-30", "days since 2000-2-2 00:00:00"])
    snapshots = rom.open_snapshots(data)
    np.testing.assert_array_equal(snapshots.times, np.arange(6))
    assert snapshots.time_unit == "days since 2000-01-30"
    np.testing.assert_array_equal(snapshots[:], U[:, 0])
    assert "times of all files count from the date of the first" in snapshots.assumptions


@pytest.mark.parametrize(
    "second", ["hours since 2000-01-01", "days since launch", "days since 2001-02-30"]
)
def test_times_that_do_not_fit_together(tmp_path, second):
    with pytest.raises(
        rom.InputError, match=f"part1.nc: its times are in '{second}', those of .*part0.nc in 'days"
    ):
        rom.open_snapshots(series(tmp_path, ["days since 2000-01-01", second]))


def test_a_file_may_be_one_snapshot_with_its_time(tmp_path):
    for number in range(NT):
        file = File(tmp_path / f"step{number}.nc", x=NX)
        file.add("time", float(NT - number), (), units="days since 2000-01-01")
        file.add("u", U[number, 0], ("x",))
        file.dataset.close()
    snapshots = rom.open_snapshots(str(tmp_path / "step*.nc"))
    np.testing.assert_array_equal(snapshots[:], U[::-1, 0])
    np.testing.assert_array_equal(snapshots.times, np.arange(1, NT + 1))


def test_a_file_of_an_older_library_is_recognised_by_its_dimensions(file):
    file.add("u", U)
    file.dataset.close()
    with h5py.File(file.path, "r+") as again:
        del again.attrs["_NCProperties"]
    snapshots = file.open()
    np.testing.assert_array_equal(snapshots[:], U.reshape(NT, -1))
    assert "dimension time with _Netcdf4Dimid" in snapshots.read_as


def test_a_dimension_that_was_deleted_is_an_unknown_one(file):
    file.add("u", U)
    file.dataset.createDimension("bound", 2)
    file.add("time_bounds", np.zeros((NT, 2)), ("time", "bound"))
    file.add("time", np.arange(float(NT)), ("time",), units="s", bounds="time_bounds")
    file.dataset.close()
    with h5py.File(file.path, "r+") as again:
        del again["bound"]
    np.testing.assert_array_equal(file.open()[:], U.reshape(NT, -1))


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("x", {"axis": "X", "units": "m"}),
        ("rlat", {"standard_name": "grid_latitude", "units": "degrees"}),
        ("easting", {"standard_name": "projection_x_coordinate", "units": "km"}),
        ("level", {"positive": "down", "units": "dbar"}),
        ("depth", {"units": "m"}),
    ],
)
@pytest.mark.parametrize("with_time", [True, False])
def test_an_unlimited_dimension_of_space_is_no_time(tmp_path, name, attributes, with_time):
    """A single map whose rows were written one after the other is not a series of its rows."""
    file = File(tmp_path / "a.nc", **{name: None, "lon": NX})
    file.add(name, np.arange(5.0), (name,), **attributes)
    file.add("u", np.ones((5, NX), "f4"), (name, "lon"))
    if with_time:
        file.add("time", 3.0, (), units="days since 2000-01-01")
    snapshots = file.open()
    assert snapshots.shape == (1, 5 * NX)
    assert snapshots.layout.axes[0] == name


def test_a_scalar_time_says_that_a_file_is_one_snapshot(tmp_path):
    file = File(tmp_path / "a.nc", row=None, lon=NX)
    file.add("time", 3.0, (), units="days since 2000-01-01")
    file.add("u", np.ones((5, NX), "f4"), ("row", "lon"))
    snapshots = file.open()
    assert snapshots.shape == (1, 5 * NX)
    assert snapshots.times == [3.0]


def test_auxiliary_times_with_a_date_win_over_a_count(tmp_path):
    """As ocean models write months: the dimension counts from 0 in each file."""
    paths = []
    for month in range(3):
        file = File(tmp_path / f"m{month}.nc", time_counter=None, lat=NY, lon=NX)
        file.add("time_counter", [0.0], ("time_counter",), axis="T", standard_name="time")
        centred = {"units": "seconds since 1900-01-01", "standard_name": "time"}
        file.add("time_centered", [86400.0 * 30 * month], ("time_counter",), **centred)
        dims = ("time_counter", "lat", "lon")
        file.add("u", U[:1] + month, dims, coordinates="time_centered")
        file.dataset.close()
        paths.append(file.path)
    snapshots = rom.open_snapshots(paths)
    np.testing.assert_array_equal(snapshots.times, 86400.0 * 30 * np.arange(3))
    assert snapshots.time_unit == "seconds since 1900-01-01"
    assert snapshots.trajectories is None


def test_of_several_grids_the_largest_with_time_is_proposed(file):
    file.add("time", np.arange(6.0), ("time",), units="days since 2000-01-01")
    file.dataset.createDimension("edge", 2)
    file.add("bnd", np.ones((6, 2), "f4"), ("time", "edge"))
    file.add("u", U)
    file.add("v", U)
    with pytest.raises(rom.InputError, match=r"choose with variables=\['u', 'v'\]"):
        file.open()


def test_dimension_scales_of_hdf5_are_dimensions(tmp_path):
    """As netCDF-4 has them, without what its library adds."""
    values = np.random.default_rng(0).normal(size=(6, 4))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["time"], file["x"], file["u"] = np.arange(6.0), np.linspace(0, 1, 4), values
        file["time"].attrs["units"] = "seconds since 2000-01-01"
        for name in ("time", "x"):
            file[name].make_scale(name)
        file["u"].dims[0].attach_scale(file["time"])
        file["u"].dims[1].attach_scale(file["x"])
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    assert "dimension scales of u" in snapshots.read_as
    np.testing.assert_array_equal(snapshots[:], values)
    np.testing.assert_array_equal(snapshots.times, np.arange(6))
    np.testing.assert_allclose(snapshots.layout.coordinates["x"], np.linspace(0, 1, 4))


def test_unwritten_values_are_those_of_the_netcdf_library():
    library = pytest.importorskip("netCDF4").default_fillvals
    assert {name: library[name] for name in DEFAULT_FILL} == DEFAULT_FILL
