"""netCDF-3: read without a copy, filled values, and what is wrong with a damaged one."""

import gc
import warnings

import netCDF4
import numpy as np
import pytest
from scipy.io import netcdf_file

import rom
from rom.data.formats.netcdf.file3 import Netcdf3File

FIELD = np.random.default_rng(0).normal(size=(12, 3, 4)).astype(np.float32)


def write(path, *, unlimited=True, kind="NETCDF3_CLASSIC", values=FIELD):
    with netCDF4.Dataset(path, "w", format=kind) as file:
        for name, n in {"time": None if unlimited else 12, "y": 3, "x": 4}.items():
            file.createDimension(name, n)
        time = file.createVariable("time", "f8", ("time",))
        time.units = "hours since 2000-01-01"
        time[:] = np.arange(12.0)
        for name in ("u", "v"):
            file.createVariable(name, "f4", ("time", "y", "x"))[:] = values
        file.createVariable("code", "S1", ("x",))
    return path


@pytest.mark.parametrize("unlimited", [True, False])
@pytest.mark.parametrize("kind", ["NETCDF3_CLASSIC", "NETCDF3_64BIT_OFFSET"])
def test_values_and_times_are_those_of_the_netcdf_library(tmp_path, unlimited, kind):
    path = write(tmp_path / "a.nc", unlimited=unlimited, kind=kind)
    snapshots = rom.open_snapshots(path)
    assert snapshots.layout.variables == ("u", "v")
    assert "netCDF-3" in snapshots.read_as
    assert snapshots.time_unit == "hours since 2000-01-01"
    assert snapshots.dtype == np.float32
    fields = snapshots.layout.to_fields(snapshots[:])
    np.testing.assert_array_equal(fields[:, 0], FIELD)
    np.testing.assert_array_equal(snapshots[[1, 5]], snapshots[:][[1, 5]])
    np.testing.assert_array_equal(snapshots.times, np.arange(12))


def test_a_file_of_several_is_one_series_and_options_name_its_variables(tmp_path):
    for i, name in enumerate("ab"):
        path = write(tmp_path / f"{name}.nc")
        with netCDF4.Dataset(path, "a") as file:
            file["time"][:] = np.arange(12.0) + 12 * i
    series = rom.open_snapshots(str(tmp_path / "*.nc"), variables="v")
    assert series.shape == (24, 12)
    named = rom.open_snapshots(tmp_path / "a.nc", dataset="u", axes="t y x", time="time")
    np.testing.assert_array_equal(named[:], FIELD.reshape(12, -1))
    assert named.time_unit == "hours since 2000-01-01"


def test_what_was_never_written_is_missing(tmp_path):
    path = tmp_path / "a.nc"
    with netCDF4.Dataset(path, "w", format="NETCDF3_CLASSIC") as file:
        for name, n in {"time": 4, "x": 5}.items():
            file.createDimension(name, n)
        file.createVariable("u", "f4", ("time", "x"))[:, :4] = np.ones((4, 4))
    assert np.isnan(rom.open_snapshots(path)[:][:, 4]).all()
    assert (rom.open_snapshots(path)[:][:, :4] == 1).all()


def test_the_file_is_mapped_and_let_go_without_a_word(tmp_path):
    path = write(tmp_path / "a.nc")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        file = Netcdf3File(path)
        kept = file.array("u").values
        assert not kept.flags.owndata
        del file
        gc.collect()
    np.testing.assert_array_equal(kept, FIELD)


@pytest.mark.parametrize("length", [4, 20, 200, 600])
def test_files_that_are_cut_short_are_refused(tmp_path, length):
    whole = write(tmp_path / "a.nc").read_bytes()
    (tmp_path / "b.nc").write_bytes(whole[:length])
    with pytest.raises(rom.InputError, match=r"b\.nc: damaged"):
        rom.open_snapshots(tmp_path / "b.nc")


def test_64_bit_data_say_how_to_convert_them(tmp_path):
    path = write(tmp_path / "a.nc", kind="NETCDF3_64BIT_DATA")
    with pytest.raises(rom.InputError, match="nccopy -k nc4"):
        rom.open_snapshots(path)


def test_packed_values_are_decoded(tmp_path):
    path = tmp_path / "a.nc"
    with netcdf_file(path, "w") as file:
        for name, n in {"time": 3, "x": 4}.items():
            file.createDimension(name, n)
        u = file.createVariable("u", "h", ("time", "x"))
        u[:] = np.arange(12).reshape(3, 4)
        u.scale_factor, u.add_offset, u.missing_value = 0.5, 10.0, np.int16(3)
    expected = 10 + 0.5 * np.arange(12.0).reshape(3, 4)
    expected[0, 3] = np.nan
    np.testing.assert_array_equal(rom.open_snapshots(path)[:], expected)
