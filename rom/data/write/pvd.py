"""Snapshots as a series of ParaView: a VTU file for each, and a PVD file that names them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import numpy as np

from rom.data.extras import extra
from rom.data.layout import FieldLayout
from rom.data.write.geometry import centres_along, directions
from rom.errors import InputError
from rom.files import place_folder, unfinished_name, writing

if TYPE_CHECKING:
    import pyvista

    from rom.data.snapshots import Snapshots

HEAD = '<?xml version="1.0"?>\n<VTKFile type="Collection" version="0.1">\n<Collection>\n'
TAIL = "</Collection>\n</VTKFile>\n"


def write_pvd(path: Path, snapshots: Snapshots) -> list[Path]:
    """Write ``NAME.pvd`` and ``NAME/NAME_0000.vtu``, ...: all of them or none.

    Raises
    ------
    InputError
        If pyvista is not installed, or the folder holds other files.
    """
    layout, folder = snapshots.layout.unpack(), path.with_suffix("")
    names = [f"{path.stem}_{i:04d}.vtu" for i in range(len(snapshots))]
    ours = re.compile(rf"{re.escape(path.stem)}_\d+\.vtu")
    if folder.exists() and not (
        folder.is_dir() and all(ours.fullmatch(file.name) for file in folder.iterdir())
    ):
        raise InputError(f"{folder}: holds other files; choose another name")
    grid, at = grid_of(layout)
    times = np.arange(float(len(snapshots))) if snapshots.times is None else snapshots.times
    unfinished, before = unfinished_name(folder), unfinished_name(folder)
    unfinished.mkdir()
    try:
        rows = (row for block in snapshots.blocks() for row in block)
        for name, row in zip(names, rows, strict=True):
            data = grid.cell_data if at == "cells" else grid.point_data
            for variable, values in zip(
                layout.variables, snapshots.layout.to_fields(row[None])[0], strict=True
            ):
                data[variable] = values.ravel()
            grid.save(unfinished / name)
        listed = "".join(
            f'<DataSet timestep="{time!r}" file={quoteattr(f"{folder.name}/{name}")}/>\n'
            for name, time in zip(names, times.tolist(), strict=True)
        )
        with writing(path) as part:
            part.write_text(HEAD + listed + TAIL, encoding="utf-8")
            if folder.exists():
                folder.replace(before)
            place_folder(unfinished, folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)
    return [path, *(folder / name for name in names)]


def grid_of(layout: FieldLayout) -> tuple[pyvista.UnstructuredGrid, str]:
    """The grid of a layout in the order of its values, and whether these lie at "points" or
    "cells".
    """
    pyvista = extra("pyvista", "mesh", "a PVD file")
    mesh = layout.mesh
    if mesh is None:
        return _rectilinear(layout, pyvista), "points"
    if len(mesh.types):
        counts = np.diff(mesh.offsets)
        # each cell with the number of its points before them
        cells = np.insert(mesh.connectivity, mesh.offsets[:-1], counts)
        grid = pyvista.UnstructuredGrid(cells, mesh.types.astype(np.uint8), mesh.points)
        return grid, mesh.values_at
    if len(layout.grid_shape) in (2, 3):
        grid = pyvista.StructuredGrid()
        grid.points = mesh.points
        grid.dimensions = [*layout.grid_shape[::-1], 1][:3]
        return grid.cast_to_unstructured_grid(), "points"
    return pyvista.PolyData(mesh.points).cast_to_unstructured_grid(), "points"


def _rectilinear(layout: FieldLayout, pyvista: Any) -> pyvista.UnstructuredGrid:
    if len(layout.axes) > 3:
        raise InputError(f"a grid of {len(layout.axes)} axes has no picture: VTK knows three")
    along = [centres_along(layout, axis) for axis in layout.axes]
    points = np.zeros((layout.n_cells, 3))  # in the order of the values
    places = np.meshgrid(*along, indexing="ij")
    for direction, values in zip(directions(layout.axes), places, strict=True):
        points[:, direction] = values.ravel()
    grid = pyvista.StructuredGrid()
    grid.points = points
    grid.dimensions = [*layout.grid_shape[::-1], 1, 1][:3]
    return grid.cast_to_unstructured_grid()
