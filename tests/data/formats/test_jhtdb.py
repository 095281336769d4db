"""Cutouts of the JHTDB: axes z, y, x; times by number; capital letters; staggered and stretched
grids; damage.
"""

import h5py
import netCDF4
import numpy as np
import pytest

import rom
from tests.writers.jhtdb import cutout

NZ, NY, NX = 2, 3, 4
Z, Y, X = 10.0 * np.arange(NZ), np.array([0.0, 1.0, 3.0]), 0.5 * np.arange(NX)
GRID = {"x": X, "y": Y, "z": Z}


def linear(a, b, c, n=1):
    """a x + b y + c z, the same for n components but for a factor, in the order of a cutout: z, y,
    x, component.
    """
    z, y, x = np.meshgrid(Z, Y, X, indexing="ij")
    return np.stack([(i + 1) * (a * x + b * y + c * z) for i in range(n)], axis=-1)


def test_axes_are_z_y_x_and_coordinates_belong_to_them(tmp_path):
    cutout(
        tmp_path / "a.h5", {f"Velocity_{i:04d}": i * linear(1, 20, 300, 3) for i in (1, 2)}, **GRID
    )
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    layout = snapshots.layout
    assert (layout.axes, layout.grid_shape) == (("z", "y", "x"), (NZ, NY, NX))
    x, y, z = (layout.coordinates[axis] for axis in "xyz")
    expected = x + 20 * y[:, None] + 300 * z[:, None, None]
    fields = layout.to_fields(snapshots[:])
    np.testing.assert_allclose(fields, np.einsum("t,c,zyx->tczyx", [1, 2], [1, 2, 3], expected))
    # the grid is stretched along y alone: a linear field has its mean by the trapezoidal rule
    assert np.average(fields[0, 0], weights=layout.weights) == pytest.approx(
        0.75 + 20 * 1.5 + 300 * 5
    )


def test_times_are_sorted_by_number_and_letters_may_be_small_or_capital(tmp_path):
    fields = {
        f"{name}_{i:04d}": i * linear(1, 1, 1)
        for i in (2, 9999, 10000, 30)
        for name in ("pressure", "DENSITY")
    }
    cutout(tmp_path / "a.h5", fields, XCOOR=X, YCOOR=Y, ZCOOR=Z)
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    assert snapshots.layout.variables == ("density", "pressure")
    np.testing.assert_array_equal(snapshots.times, [2, 30, 9999, 10000])
    np.testing.assert_array_equal(snapshots[:].max(axis=1), linear(1, 1, 1).max() * snapshots.times)
    assert "no physical times" in " ".join(snapshots.assumptions)


def test_files_of_one_time_each(tmp_path):
    for i in (10, 9, 11):
        cutout(tmp_path / f"t{i}.h5", {f"Velocity_{i:04d}": i * linear(1, 1, 1, 3)}, **GRID)
    snapshots = rom.open_snapshots(str(tmp_path / "t*.h5"))
    np.testing.assert_array_equal(snapshots.times, [9, 10, 11])
    np.testing.assert_allclose(
        snapshots[:].max(axis=1), 3 * linear(1, 1, 1).max() * snapshots.times
    )
    cutout(tmp_path / "t12.h5", {"Velocity_0012": linear(1, 1, 1, 3)}, x=X + 1, y=Y, z=Z)
    with pytest.raises(rom.InputError, match=r"t12\.h5: its coordinates along x differ"):
        rom.open_snapshots(str(tmp_path / "t*.h5"))


def test_a_file_of_the_database_is_netcdf_and_still_a_cutout(tmp_path):
    with netCDF4.Dataset(tmp_path / "a.h5", "w") as file:
        for name, values in {"zcoor": Z, "ycoor": Y, "xcoor": X}.items():
            file.createDimension(name, len(values))
            file.createVariable(name, "f4", (name,))[:] = values
        file.createDimension("values", 3)
        for i in (1, 2):
            axes = ("zcoor", "ycoor", "xcoor", "values")
            file.createVariable(f"Velocity_{i:04d}", "f4", axes)[:] = i * linear(1, 20, 300, 3)
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    assert "JHTDB" in snapshots.read_as
    assert snapshots.layout.variables == ("velocity_x", "velocity_y", "velocity_z")


def test_a_staggered_grid_says_where_the_vertical_velocity_lies(tmp_path):
    fields = {f"Velocity_{i:04d}": i * linear(1, 1, 1, 3) for i in (1, 2)}
    cutout(tmp_path / "a.h5", fields, x=X, y=Y, zcoor_uv=Z, zcoor_w=Z + 5)
    snapshots = rom.open_snapshots(tmp_path / "a.h5")
    np.testing.assert_array_equal(snapshots.layout.coordinates["z"], Z)
    assert "half a cell higher, at zcoor_w" in " ".join(snapshots.assumptions)


def test_quantities_at_different_times_must_be_chosen_from(tmp_path):
    fields = {f"Velocity_{i:04d}": i * linear(1, 1, 1, 3) for i in (1, 2, 3)}
    cutout(tmp_path / "a.h5", fields | {"Pressure_0001": linear(1, 1, 1)}, **GRID)
    with pytest.raises(
        rom.InputError, match=r"pressure and velocity are not there at the same times .*variables="
    ):
        rom.open_snapshots(tmp_path / "a.h5")
    assert len(rom.open_snapshots(tmp_path / "a.h5", variables=["velocity_y", "velocity_x"])) == 3


@pytest.mark.parametrize(
    ("fields", "grid", "words"),
    [
        (
            {"Velocity_0002": linear(1, 1, 1, 3)[:1]},
            GRID,
            r"Velocity_0002 \(time 2\) has shape \(1, 3, 4, 3\)",
        ),
        (
            {"Velocity_00001": linear(1, 1, 1, 3)},
            GRID,
            "Velocity_00001 and Velocity_0001 are of one quantity",
        ),
        ({}, {"x": Z, "y": Y, "z": X}, "zcoor has 4 values"),
    ],
)
def test_damaged_files(tmp_path, fields, grid, words):
    cutout(tmp_path / "a.h5", {"Velocity_0001": linear(1, 1, 1, 3)} | fields, **grid)
    with pytest.raises(rom.InputError, match=words) as error:
        rom.open_snapshots(tmp_path / "a.h5")
    assert "a.h5" in str(error.value)


def test_other_files_with_numbered_names_are_not_cutouts(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["Velocity_0001"] = linear(1, 1, 1, 3)
    with pytest.raises(rom.InputError, match="not recognised"):
        rom.open_snapshots(tmp_path / "a.h5")
