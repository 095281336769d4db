"""Files that VTK reads, by pyvista: their times, and the mesh and fields at each of them.

VTK dies of many broken files, so that this runs in a process of its own (:mod:`rom.data.helper`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from rom.data.extras import extra
from rom.data.formats.mesh.exodus import is_exodus
from rom.data.formats.mesh.names import FOAM
from rom.data.formats.mesh.step import Step
from rom.errors import InputError, nearest, reading

if TYPE_CHECKING:
    import pyvista

#: The block of an OpenFOAM case that is the volume; others are patches.
VOLUME = "internalMesh"


#: Files that are held open.
OPEN = 8
#: What is read: the file, its blocks, and when it was changed.
Key = tuple[str, str, int]
_open: dict[Key, Reader] = {}


def answer(what: str, path: str, block: str, *arguments: Any) -> Any:
    """The answer to what a :class:`rom.data.formats.mesh.vtk_file.VTKFile` asks: the "times", the
    "step" of a number, or the "sizes" of its cells or points.
    """
    with reading(path):
        key = path, block, Path(path).stat().st_mtime_ns
        reader = _open.pop(key, None) or Reader(Path(path), block)
        _open[key] = reader
        while len(_open) > OPEN:
            del _open[next(iter(_open))]
        if what == "times":
            return reader.times
        grid = reader.step(arguments[0])
        return plain(grid) if what == "step" else sizes_of(grid, arguments[1])


class Reader:
    """A file or case, open: one of its times is held at a time.

    Parameters
    ----------
    path : Path
    block : names of blocks or regions, with commas; "" for the volume, or all
    """

    def __init__(self, path: Path, block: str = "") -> None:
        vtk = extra("pyvista", "mesh", path)
        self.path, self.block = path, block
        self._reader = vtk.get_reader(*_named(path))
        if isinstance(self._reader, vtk.OpenFOAMReader):
            self._reader.cell_to_point_creation = False
        self.times = self._times()
        self._held: tuple[int, Any] | None = None

    def _times(self) -> np.ndarray | None:
        from pyvista import ExodusIIReader, HDFReader, PVDReader, TimeReader

        if isinstance(self._reader, HDFReader):
            return _times_of_vtkhdf(self._reader)
        if not isinstance(self._reader, TimeReader):
            return None
        times = np.asarray(self._reader.time_values, dtype=np.float64)
        # what stands at time zero of a case are initial conditions, which may lack most fields
        is_series = isinstance(self._reader, ExodusIIReader | PVDReader) or len(times) > 1
        return times if is_series and len(times) else None

    def step(self, number: int) -> pyvista.UnstructuredGrid:
        """The mesh with its fields at a time."""
        if self._held is None or self._held[0] != number:
            if self.times is not None:
                self._choose(number)
            self._held = number, self._grid(self._reader.read())
        return self._held[1]

    def _choose(self, number: int) -> None:
        from pyvista import HDFReader

        if isinstance(self._reader, HDFReader):  # pyvista has no times for it
            self._reader.reader.SetStep(number)
        else:
            self._reader.set_active_time_point(number)

    def _grid(self, data: Any) -> pyvista.UnstructuredGrid:
        import pyvista

        if isinstance(data, pyvista.MultiBlock):
            blocks = dict(leaves(data))
            wanted = [name.strip() for name in self.block.split(",") if name.strip()]
            for name in wanted:
                if name not in blocks:
                    raise InputError(
                        f"{self.path}: no block {name!r}; {nearest(name, list(blocks))}"
                    )
            if not wanted and VOLUME in blocks:
                wanted = [VOLUME]
            chosen = [blocks[name] for name in wanted] or _of_most_dimensions(blocks)
            grids = [_unstructured(block) for block in chosen]
            data = grids[0] if len(grids) == 1 else pyvista.merge(grids, merge_points=False)
        elif self.block:
            raise InputError(f"{self.path}: has no blocks, {self.block!r} was asked for")
        if data is None or not data.n_points:
            raise InputError(f"{self.path}: holds no mesh")
        return _unstructured(data)


def fields(grid: pyvista.UnstructuredGrid, at: str) -> dict[str, np.ndarray]:
    """The fields of real numbers at "points" or "cells"; numbers that VTK gives to cells and points
    are left out.
    """
    data = grid.point_data if at == "points" else grid.cell_data
    return {
        name: np.asarray(values)
        for name, values in data.items()
        if values.dtype.kind in "fiu"
        and not name.startswith("vtk")
        and not (values.dtype.kind in "iu" and name.endswith(("Id", "Ids")))
    }


def leaves(data: pyvista.MultiBlock) -> list[tuple[str, Any]]:
    """The blocks that are meshes, by name; one in another block has its name alone."""
    import pyvista

    found: list[tuple[str, Any]] = []
    for i in range(len(data)):
        block, name = data[i], data.get_block_name(i) or f"block {i}"
        if isinstance(block, pyvista.MultiBlock):
            found += leaves(block)
        elif block is not None and block.n_points:
            found.append((name, block))
    return found


def plain(grid: pyvista.UnstructuredGrid) -> Step:
    """The mesh and its fields as arrays."""
    return Step(
        np.asarray(grid.points, dtype=np.float64),
        np.asarray(grid.cell_connectivity, dtype=np.int64),
        _offsets(grid),
        np.asarray(grid.celltypes, dtype=np.int64),
        {at: fields(grid, at) for at in ("points", "cells")},
        {name: np.array(values) for name, values in grid.field_data.items()},
    )


def sizes_of(grid: pyvista.UnstructuredGrid, at: str) -> np.ndarray:
    """Volume of each cell, area or length where cells have none; of a point its share of them."""
    sized = grid.compute_cell_sizes()
    names = ("Volume", "Area", "Length")
    cells = next((s for n in names if (s := np.abs(np.asarray(sized[n]))).sum() > 0), None)
    if cells is None:
        return np.ones(grid.n_cells if at == "cells" else grid.n_points)
    if at == "cells":
        return cells
    counts = np.diff(_offsets(grid))
    points = np.zeros(grid.n_points)
    corners = np.asarray(grid.cell_connectivity, dtype=np.int64)
    np.add.at(points, corners, np.repeat(cells / counts, counts))
    return points


def _offsets(grid: pyvista.UnstructuredGrid) -> np.ndarray:
    """Where each cell begins in the connectivity, and where the last ends."""
    return np.asarray(
        extra("pyvista", "mesh", "a mesh").convert_array(grid.GetCells().GetOffsetsArray()),
        dtype=np.int64,
    )


def _unstructured(data: Any) -> pyvista.UnstructuredGrid:
    return data.cast_to_unstructured_grid()


def _of_most_dimensions(blocks: Mapping[str, Any]) -> list[Any]:
    """The volumes, or the surfaces where there are none: patches repeat values of the volume."""
    dimensions = {
        name: max((cell.dimension for cell in _first_cells(block)), default=0)
        for name, block in blocks.items()
    }
    most = max(dimensions.values(), default=0)
    return [block for name, block in blocks.items() if dimensions[name] == most]


def _first_cells(block: Any) -> list[Any]:
    return [block.get_cell(i) for i in range(min(1, block.n_cells))]


def _named(path: Path) -> tuple[str, str | None]:
    """The file that VTK is given, and the ending by which it is read where it has another."""
    if path.is_dir():
        return str(path / FOAM), ".foam"
    if is_exodus(path):
        return str(path), ".e"
    is_vtkhdf = h5py.is_hdf5(path) and path.suffix.lower() != ".cgns"
    return str(path), ".vtkhdf" if is_vtkhdf else None


def _times_of_vtkhdf(reader: Any) -> np.ndarray | None:
    """The times that VTK finds in a file of VTKHDF, of whatever kind."""
    from vtkmodules.vtkCommonExecutionModel import vtkStreamingDemandDrivenPipeline

    reader.reader.UpdateInformation()
    found = reader.reader.GetOutputInformation(0).Get(vtkStreamingDemandDrivenPipeline.TIME_STEPS())
    return np.array(found) if found else None
