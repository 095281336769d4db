"""Exodus II in netCDF, as SEACAS and MOOSE write it: quadrilaterals, values at nodes."""

from pathlib import Path

import netCDF4
import numpy as np


def write(path: Path, times, fields: dict[str, np.ndarray], nx: int, ny: int) -> Path:
    """Fields (n, nodes) on nx x ny cells of a plane, in netCDF-3 as most are."""
    x, y = np.meshgrid(np.arange(nx + 1) * 0.2, np.arange(ny + 1) * 0.5)
    corner = (np.arange(ny)[:, None] * (nx + 1) + np.arange(nx)).ravel() + 1
    quads = np.column_stack([corner, corner + 1, corner + nx + 2, corner + nx + 1])
    with netCDF4.Dataset(path, "w", format="NETCDF3_64BIT_OFFSET") as file:
        file.api_version, file.version = np.float32(5.1), np.float32(5.1)
        file.floating_point_word_size, file.file_size, file.title = np.int32(8), np.int32(1), "a"
        sizes = {
            "len_string": 33, "len_name": 33, "num_dim": 2, "num_nodes": x.size,
            "num_elem": len(quads), "num_el_blk": 1, "num_el_in_blk1": len(quads),
            "num_nod_per_el1": 4, "num_nod_var": len(fields), "time_step": None,
        }  # fmt: skip
        for name, n in sizes.items():
            file.createDimension(name, n)
        file.createVariable("time_whole", "f8", ("time_step",))[:] = times
        for name, values in {"coordx": x, "coordy": y}.items():
            file.createVariable(name, "f8", ("num_nodes",))[:] = values.ravel()
        file.createVariable("eb_status", "i4", ("num_el_blk",))[:] = 1
        number = file.createVariable("eb_prop1", "i4", ("num_el_blk",))
        number.setncattr("name", "ID")
        number[:] = 1
        connect = file.createVariable("connect1", "i4", ("num_el_in_blk1", "num_nod_per_el1"))
        connect.elem_type = "QUAD4"
        connect[:] = quads
        names = file.createVariable("name_nod_var", "S1", ("num_nod_var", "len_name"))
        for i, (name, values) in enumerate(fields.items()):
            names[i] = netCDF4.stringtochar(np.array([name], "S33"))[0]
            variable = file.createVariable(f"vals_nod_var{i + 1}", "f8", ("time_step", "num_nodes"))
            variable[:] = values
    return path
